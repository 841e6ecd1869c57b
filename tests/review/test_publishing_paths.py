"""Every path on which Wagtail can publish leaves an uncleared page unpublished.

Paths a person can meet are driven over HTTP as the worst case, a superuser; the others are
called as a programmer or a data load would.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, TaskState

from cms.bulletins.models import BulletinFolder, IssuePage
from cms.items.models import ItemPage
from cms.review.actions import Refused
from cms.review.gate import NotCleared
from cms.review.models import Clearance
from infoflow.units.models import User
from tests.builders import Office, own_bulletin
from tests.ground import grounded

pytestmark = pytest.mark.django_db

BLOCKED = (NotCleared, Refused, IntegrityError)


@pytest.fixture
def root(client: Client) -> Client:
    """A client logged in as a superuser: every stock permission, no right to publish."""
    client.force_login(User.objects.create_superuser("root", password="x" * 12, name="超级管理员"))
    client.raise_request_exception = True
    return client


@grounded
def draft(office: Office) -> IssuePage:
    """An issue that nobody has cleared."""
    return office.issue()


def is_live(page: Page) -> bool:
    return Page.objects.filter(pk=page.pk, live=True).exists()


def edit_data(issue: IssuePage, **extra: str) -> dict[str, str]:
    entries = list(issue.entries.all())
    data = {
        "title": issue.title,
        "report_to": "",
        "send_to": "",
        "distribute_to": "",
        "entries-TOTAL_FORMS": str(len(entries)),
        "entries-INITIAL_FORMS": str(len(entries)),
        "entries-MIN_NUM_FORMS": "0",
        "entries-MAX_NUM_FORMS": "1000",
        **extra,
    }
    for n, entry in enumerate(entries):
        data |= {
            f"entries-{n}-id": str(entry.pk),
            f"entries-{n}-title": entry.title,
            f"entries-{n}-body": "正文一行。",
            f"entries-{n}-ORDER": str(n + 1),
            f"entries-{n}-DELETE": "",
        }
    return data


def test_edit_form(root: Client, draft: IssuePage) -> None:
    url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    response = root.post(url, edit_data(draft, **{"action-publish": "1"}))
    assert response.status_code == 302
    assert not is_live(draft)


def test_edit_form_offers_no_publishing(root: Client, draft: IssuePage) -> None:
    page = root.get(reverse("wagtailadmin_pages:edit", args=[draft.pk])).content.decode()
    assert "action-publish" not in page
    assert "action-submit" not in page
    assert "送审" in page


def test_edit_form_on_ones_own_task(client: Client, office: Office) -> None:
    item = office.signed()
    task = item.current_workflow_task_state
    client.force_login(office.editor)
    url = reverse("wagtailadmin_pages:edit", args=[item.pk])
    response = client.post(url, {"title": item.title, "action-publish": "1"})
    assert response.status_code == 302
    assert not is_live(item)
    task.refresh_from_db()
    assert task.status == TaskState.STATUS_IN_PROGRESS


@pytest.mark.parametrize("descendants", ["", "on"])
def test_bulk_publish(root: Client, draft: IssuePage, descendants: str) -> None:
    target = draft.get_parent() if descendants else draft
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = root.post(
        f"{url}?id={target.pk}&next=/office/", {"include_descendants": descendants}
    )
    assert response.status_code == 302
    assert not is_live(draft)


def test_bulk_publish_of_the_whole_tree(root: Client, draft: IssuePage, office: Office) -> None:
    item = office.draft()
    home = Page.objects.get(depth=2)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = root.post(f"{url}?id={home.pk}&next=/office/", {"include_descendants": "on"})
    assert response.status_code == 302
    assert not is_live(draft)
    assert not is_live(item)


def test_create_and_publish(root: Client) -> None:
    bulletin = own_bulletin()
    folder = BulletinFolder.objects.get(bulletin=bulletin)
    url = reverse("wagtailadmin_pages:add", args=["bulletins", "issuepage", folder.pk])
    response = root.post(
        url,
        {
            "title": "新建即发布",
            "entries-TOTAL_FORMS": "0",
            "entries-INITIAL_FORMS": "0",
            "entries-MIN_NUM_FORMS": "0",
            "entries-MAX_NUM_FORMS": "1000",
            "action-publish": "1",
        },
    )
    assert response.status_code == 302
    made = IssuePage.objects.get(title="新建即发布")
    assert not made.live
    assert made.bulletin == bulletin


def test_create_item_in_the_admin_is_closed(root: Client, office: Office) -> None:
    year = office.draft().get_parent()
    url = reverse("wagtailadmin_pages:add", args=["items", "itempage", year.pk])
    before = ItemPage.objects.count()
    assert root.post(url, {"title": "后台新建", "action-publish": "1"}).status_code == 302
    assert ItemPage.objects.count() == before


def test_schedule_then_publish_scheduled(draft: IssuePage) -> None:
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    revision = draft.save_revision()
    with pytest.raises(BLOCKED), transaction.atomic():
        revision.publish()
    # A schedule that somebody wrote past every check still does not go live.
    type(revision).objects.filter(pk=revision.pk).update(
        approved_go_live_at=timezone.now() - timedelta(hours=1)
    )
    with pytest.raises(BLOCKED), transaction.atomic():
        call_command("publish_scheduled")
    assert not is_live(draft)


@pytest.mark.parametrize("publish_copies", ["", "on"])
def test_copy(root: Client, office: Office, publish_copies: str) -> None:
    item = office.pooled()
    before = Page.objects.filter(live=True).count()
    response = root.post(
        reverse("wagtailadmin_pages:copy", args=[item.pk]),
        {
            "new_title": "副本",
            "new_slug": "fuben",
            "new_parent_page": str(item.get_parent().pk),
            "publish_copies": publish_copies,
        },
    )
    assert response.status_code == 302
    assert Page.objects.filter(live=True).count() == before


def test_copy_in_code(office: Office) -> None:
    item = office.pooled()
    with pytest.raises(BLOCKED), transaction.atomic():
        item.copy(update_attrs={"slug": "copied"}, keep_live=True)
    assert Page.objects.filter(slug="copied", live=True).count() == 0


def test_alias_of_a_live_page(office: Office) -> None:
    item = office.pooled()
    with pytest.raises(BLOCKED), transaction.atomic():
        item.create_alias(update_slug="aliased")
    assert not Page.objects.filter(alias_of=item, live=True).exists()


def test_alias_over_http(root: Client, office: Office) -> None:
    item = office.pooled()
    root.post(
        reverse("wagtailadmin_pages:copy", args=[item.pk]),
        {
            "new_title": "别名",
            "new_slug": "bieming",
            "new_parent_page": str(item.get_parent().pk),
            "alias": "on",
        },
    )
    assert not Page.objects.filter(alias_of=item).exists()


def test_revert_to_an_older_revision(root: Client, office: Office) -> None:
    item = office.pooled()
    cleared = item.live_revision_id
    older = item.revisions.order_by("pk").first()
    item.title = "清查之后另存的文本"
    uncleared = item.save_revision()
    assert older is not None
    for revision in (uncleared,):
        with pytest.raises(BLOCKED), transaction.atomic():
            revision.publish(user=office.officer, skip_permission_checks=True)
    root.post(
        reverse("wagtailadmin_pages:edit", args=[item.pk]),
        {"title": "改回", "revision": str(older.pk), "action-publish": "1"},
    )
    item = ItemPage.objects.get(pk=item.pk)
    assert item.live_revision_id == cleared
    assert item.is_readable()


def test_republish_of_another_text_after_unpublish(office: Office) -> None:
    item = office.pooled()
    item.unpublish()
    assert not is_live(item)
    item.title = "撤下之后改过的标题"
    revision = item.save_revision()
    with pytest.raises(BLOCKED), transaction.atomic():
        revision.publish()
    assert not is_live(item)


def test_unpublish_and_republish_over_http(root: Client, office: Office) -> None:
    item = office.pooled()
    response = root.post(reverse("wagtailadmin_pages:unpublish", args=[item.pk]))
    assert response.status_code == 302
    assert is_live(item), "what was issued stays; nobody unpublishes by hand"


@pytest.mark.parametrize("action", ["publish", "copy", "unpublish", "create_alias"])
def test_admin_api_action(root: Client, draft: IssuePage, action: str) -> None:
    url = reverse("wagtailadmin_api:pages:action", args=[draft.pk, action])
    response = root.post(url, {"slug": "api-copy"}, content_type="application/json")
    assert response.status_code == 403
    assert not is_live(draft)
    assert not Page.objects.filter(slug="api-copy").exists()


CODE_PATHS: dict[str, Callable[[IssuePage], object]] = {
    "revision.publish": lambda page: page.get_latest_revision().publish(),
    "revision.publish, checks skipped": lambda page: page.get_latest_revision().publish(
        skip_permission_checks=True
    ),
    "page.publish": lambda page: page.publish(page.get_latest_revision()),
    "save": lambda page: _set_live(page).save(),
    "save of the base class": lambda page: _set_live(Page.objects.get(pk=page.pk)).save(),
    "queryset.update": lambda page: Page.objects.filter(pk=page.pk).update(live=True),
    "update with a revision": lambda page: Page.objects.filter(pk=page.pk).update(
        live=True, live_revision=page.latest_revision
    ),
    "update through another type": lambda page: _through_another_type(page),
    "bulk_update": lambda page: Page.objects.bulk_update(
        [_set_live(Page.objects.get(pk=page.pk))], ["live"]
    ),
}


def _set_live(page: Page) -> Page:
    page.live = True
    return page


def _through_another_type(page: IssuePage) -> None:
    rows = Page.objects.filter(pk=page.pk)
    own = rows.get().content_type_id
    rows.update(content_type=Page.objects.get(depth=2).content_type_id)
    rows.update(live=True)
    rows.update(content_type=own)


@pytest.mark.parametrize("path", CODE_PATHS)
def test_code_paths(draft: IssuePage, path: str) -> None:
    with pytest.raises(BLOCKED), transaction.atomic():
        CODE_PATHS[path](IssuePage.objects.get(pk=draft.pk))
    assert not is_live(draft)


@pytest.mark.parametrize("path", CODE_PATHS)
def test_code_paths_on_an_item(office: Office, path: str) -> None:
    item = office.screened()
    with pytest.raises(BLOCKED), transaction.atomic():
        CODE_PATHS[path](ItemPage.objects.get(pk=item.pk))
    assert not is_live(item)


def test_add_child_is_live_by_default(office: Office) -> None:
    year = office.draft().get_parent()
    page = ItemPage(title="直接加入", slug="direct", unit=office.unit)
    assert page.live, "Wagtail's default; the test means nothing without it"
    with pytest.raises(BLOCKED), transaction.atomic():
        year.add_child(instance=page)
    assert not Page.objects.filter(slug="direct").exists()


def test_fixture_loading(draft: IssuePage, tmp_path) -> None:  # type: ignore[no-untyped-def]
    rows = serializers.serialize("json", [Page.objects.get(pk=draft.pk)])
    fixture = tmp_path / "live.json"
    fixture.write_text(rows.replace('"live": false', '"live": true'))
    with pytest.raises(BLOCKED), transaction.atomic():
        call_command("loaddata", str(fixture), verbosity=0)
    assert not is_live(draft)


def test_cleared_issue_without_signature_stays_down(office: Office) -> None:
    """A clearance alone is not enough for an issue: somebody must sign it."""
    issue = office.issue()
    revision = issue.get_latest_revision()
    Clearance.objects.create(
        page_id=issue.pk, revision=revision, digest=issue.digest(), person=office.reviewer
    )
    with pytest.raises(Refused), transaction.atomic():
        revision.publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        Page.objects.filter(pk=issue.pk).update(live=True, live_revision=revision)
    assert not is_live(issue)


def test_a_cleared_text_does_go_live(office: Office) -> None:
    """The other tests would pass with a gate that nobody can open."""
    assert is_live(office.pooled())
    assert is_live(office.issued())
