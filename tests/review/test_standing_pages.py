"""What was sent in stays where it is: no moving, copying, unpublishing or deleting by hand.

Every way that Wagtail offers, posted by an editor and by a superuser, on an item that waits, one
in the pool, and an issued number.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from cms.bulletins.models import BulletinFolder
from cms.review.actions import Refused
from cms.review.models import GatedPage
from infoflow.units.models import User
from tests.builders import Office, fresh, own_bulletin
from tests.ground import grounded

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

REFUSED = (302, 403, 404, 405, 409)


# Address by name and what is posted; PARENT and OTHER stand for folders.
WAYS: dict[str, tuple[str, dict[str, str]]] = {
    "move": ("wagtailadmin_pages:move", {"new_parent_page": "OTHER"}),
    "move, confirmed": ("wagtailadmin_pages:move_confirm", {}),
    "set position": ("wagtailadmin_pages:set_page_position", {"position": "0"}),
    "copy": (
        "wagtailadmin_pages:copy",
        {"new_title": "副本", "new_slug": "fuben", "new_parent_page": "PARENT"},
    ),
    "copy as alias": (
        "wagtailadmin_pages:copy",
        {"new_title": "副本", "new_slug": "fuben", "new_parent_page": "PARENT", "alias": "on"},
    ),
    "unpublish": ("wagtailadmin_pages:unpublish", {}),
    "delete": ("wagtailadmin_pages:delete", {}),
    "lock": ("wagtailadmin_pages:lock", {}),
    "edit": ("wagtailadmin_pages:edit", {"title": "改过的标题"}),
    "cancel its road": ("wagtailadmin_pages:edit", {"action-cancel-workflow": "1"}),
    "restart its road": ("wagtailadmin_pages:edit", {"action-restart-workflow": "1"}),
    "view restrictions": ("wagtailadmin_pages:set_privacy", {"restriction_type": "login"}),
}
BULK = ("move", "delete", "unpublish", "publish")


@pytest.fixture(params=["editor", "superuser"])
def poster(request: pytest.FixtureRequest, office: Office, client: Client) -> Client:
    """Who tries: an editor, and the worst case."""
    if request.param == "editor":
        client.force_login(fresh(office.editor))
    else:
        root = User.objects.create_superuser("root", password="x" * 12, name="超级管理员")
        client.force_login(root)
    return client


@grounded
def pages(office: Office) -> list[GatedPage]:
    """An item that waits, one in the pool, an issued number."""
    made: list[GatedPage] = [office.screened(), office.pooled(), office.issued()]
    return [type(page).objects.get(pk=page.pk) for page in made]


def state(page: GatedPage) -> tuple[object, ...]:
    """Everything that must not change by hand."""
    now = Page.objects.get(pk=page.pk)
    open_tasks = list(page.open_tasks.values_list("task_state_id", flat=True))
    return (
        Page.objects.count(),
        now.path,
        now.title,
        now.live,
        now.live_revision_id,
        now.latest_revision_id,
        now.locked,
        now.get_view_restrictions().count(),
        open_tasks,
    )


@pytest.mark.parametrize("number", range(3), ids=["waiting", "pooled", "issued"])
def test_nothing_that_was_sent_in_is_moved_by_hand(
    poster: Client, pages: list[GatedPage], number: int
) -> None:
    page = pages[number]
    other = BulletinFolder.objects.get(bulletin=own_bulletin("另一种刊物"))
    folders = {"PARENT": str(page.get_parent().pk), "OTHER": str(other.pk)}
    before = state(page)
    for way, (name, data) in WAYS.items():
        args = [page.pk, other.pk] if name.endswith("move_confirm") else [page.pk]
        posted = {key: folders.get(value, value) for key, value in data.items()}
        answer = poster.post(reverse(name, args=args), posted)
        assert answer.status_code in REFUSED, way
        assert state(page) == before, way
    for action in BULK:
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        answer = poster.post(
            f"{url}?id={page.pk}&next=/office/",
            {"chooser": str(other.pk), "include_descendants": "on"},
        )
        assert answer.status_code in REFUSED, f"bulk {action}"
        assert state(page) == before, f"bulk {action}"
    folder = page.get_parent()
    before_folder = (Page.objects.count(), folder.path)
    for name in ("delete", "move", "copy", "unpublish", "edit"):
        answer = poster.post(reverse(f"wagtailadmin_pages:{name}", args=[folder.pk]), {})
        assert answer.status_code in REFUSED, f"folder, {name}"
    assert (Page.objects.count(), Page.objects.get(pk=folder.pk).path) == before_folder


def test_the_tester_says_the_same_as_the_addresses(office: Office, pages: list[GatedPage]) -> None:
    root = User.objects.create_superuser("root", password="x" * 12, name="超级管理员")
    for page in pages:
        for who in (root, fresh(office.editor), fresh(office.officer)):
            tester = page.permissions_for_user(who)
            assert not any(
                (
                    tester.can_move(),
                    tester.can_copy(),
                    tester.can_unpublish(),
                    tester.can_publish(),
                    tester.can_delete(),
                    tester.can_edit(),
                    tester.can_lock(),
                    tester.can_unlock(),
                    tester.can_reorder_children(),
                    tester.can_set_view_restrictions(),
                )
            ), (page, who)


def test_deleting_in_code_is_refused_too(office: Office) -> None:
    item = office.signed()
    with pytest.raises((Refused, Exception), match="protected"):
        type(item).objects.get(pk=item.pk).delete()
