"""What is typed between two saves: kept for its writer, offered again, seen by nobody else."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.items.models import AutoSave, ItemPage
from infoflow.units import actions as unit_actions
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office
from tests.desk.pages import browser, fields, hidden, page

pytestmark = pytest.mark.screens

NEW = "/items/autosave/"
MARKED = "绝密★10年"


def typed(office: Office, **changes: Any) -> dict[str, Any]:
    return fields(office, title="写到一半的标题", body="写到一半的正文", **changes)


def test_typing_is_kept_and_offered_to_its_writer(office: Office) -> None:
    officer = browser(office.officer)
    data = typed(office)
    answer = officer.post(NEW, data)
    assert answer.json() == {"ok": True, "at": timezone.localtime().strftime("%H:%M")}
    assert not ItemPage.objects.exists()
    for address in ("/", "/items/new/"):
        shown = page(officer.get(address))
        assert f"?restore={data['form_key']}" in shown
    fresh_page = page(officer.get("/items/new/"))
    assert "写到一半的标题" in fresh_page  # in the offer
    assert "写到一半的正文" not in fresh_page
    restored = officer.get("/items/new/", {"restore": data["form_key"]})
    assert "写到一半的正文" in page(restored)
    assert hidden(restored, "form_key") == data["form_key"]


def test_saving_forgets_what_was_kept(office: Office) -> None:
    officer = browser(office.officer)
    data = typed(office)
    officer.post(NEW, data)
    officer.post("/items/new/", {**data, "save": "1"})
    assert not AutoSave.objects.exists()
    item = ItemPage.objects.get()
    # A late message of the same page keeps nothing.
    assert officer.post(NEW, data).json() == {"ok": True, "at": ""}
    assert not AutoSave.objects.exists()
    edit = officer.get(f"/items/{item.pk}/edit/")
    changed = typed(
        office, form_key=hidden(edit, "form_key"), revision=hidden(edit, "revision"), contact="改"
    )
    officer.post(f"/items/{item.pk}/autosave/", changed)
    assert AutoSave.objects.get().item == item
    officer.post(f"/items/{item.pk}/edit/", {**changed, "save": "1"})
    assert not AutoSave.objects.exists()
    assert ItemPage.objects.get().contact == "改"


def test_restored_typing_of_an_item_goes_on_from_its_own_revision(office: Office) -> None:
    item = office.draft()
    officer = browser(office.officer)
    data = typed(office, revision=item.latest_revision_id)
    officer.post(f"/items/{item.pk}/autosave/", data)
    edit = officer.get(f"/items/{item.pk}/edit/")
    assert "没有保存的内容" in page(edit)
    assert item.title in page(edit)
    restored = officer.get(f"/items/{item.pk}/edit/", {"restore": data["form_key"]})
    assert "写到一半的正文" in page(restored)
    assert hidden(restored, "revision") == str(item.latest_revision_id)


def test_giving_it_up_leaves_the_item_alone(office: Office) -> None:
    item = office.draft()
    officer = browser(office.officer)
    data = typed(office)
    officer.post(f"/items/{item.pk}/autosave/", data)
    other = browser(builders.person(Role.OFFICER, at=office.unit))
    other.post("/items/autosave/drop/", {"form_key": data["form_key"]})
    assert AutoSave.objects.count() == 1  # somebody else's
    answer = officer.post("/items/autosave/drop/", {"form_key": data["form_key"]})
    assert answer["Location"] == f"/items/{item.pk}/edit/"
    assert not AutoSave.objects.exists()
    assert item.revisions.count() == 1


def test_nobody_else_ever_sees_it(office: Office) -> None:
    item = office.draft()
    deputy = builders.person(Role.OFFICER, at=office.unit)
    data = typed(office)
    browser(office.officer).post(f"/items/{item.pk}/autosave/", data)
    browser(office.officer).post(NEW, typed(office, form_key=str(uuid.uuid4())))
    for who in (deputy, office.signatory, office.editor):
        client = browser(who)
        for address in ("/", "/items/new/", f"/items/{item.pk}/", f"/items/{item.pk}/edit/"):
            shown = client.get(address, {"restore": data["form_key"]}, follow=True)
            assert "写到一半" not in page(shown), (who, address)
    assert not AutoSave.objects.visible_to(deputy).exists()


def test_never_during_review_and_never_of_another_unit(office: Office) -> None:
    sent, foreign = office.submitted(), builders.Office().draft()
    officer = browser(office.officer)
    refused = officer.post(f"/items/{sent.pk}/autosave/", typed(office))
    assert refused.status_code == 409
    assert "不能修改" in refused.json()["message"]
    assert officer.post(f"/items/{foreign.pk}/autosave/", typed(office)).status_code == 404
    assert browser(office.signatory).post(NEW, typed(office)).status_code == 409
    assert not AutoSave.objects.exists()


def test_a_marked_secret_is_not_kept(office: Office) -> None:
    officer = browser(office.officer)
    for body in (f"{MARKED}\n内容", "绝<b>密</b>★10年"):
        answer = officer.post(
            NEW, typed(office) | {"body": body}, headers={"X-Requested-With": "fetch"}
        )
        assert answer.status_code == 422
        assert "机要" in page(answer) or "密级" in answer.json()["message"]
    assert not AutoSave.objects.exists()


def test_a_login_that_ran_out_is_told_in_words(office: Office) -> None:
    officer = browser(office.officer)
    officer.logout()
    assert officer.post(NEW, typed(office))["Location"].startswith("/login/")
    answer = officer.post(NEW, typed(office), headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 403
    assert "登录已过期" in answer.json()["message"]


@pytest.mark.parametrize("key", ["", "abc", "0" * 400])
def test_a_page_without_its_key_is_told_so(office: Office, key: str) -> None:
    answer = browser(office.officer).post(NEW, typed(office, form_key=key))
    assert answer.status_code == 409
    assert "没有自动保存" in answer.json()["message"]


def test_odd_characters_and_great_length_do_no_harm(office: Office) -> None:
    officer = browser(office.officer)
    assert officer.post(NEW, typed(office) | {"body": "一\x00二\u202e三"}).json()["ok"]
    assert AutoSave.objects.get().data["body"] == "一二三"
    long = officer.post(NEW, typed(office) | {"body": "字" * 200_001})
    assert long.status_code == 409
    assert "太长" in long.json()["message"]


def test_two_tabs_keep_two_rows_and_one_tab_keeps_one(office: Office) -> None:
    officer = browser(office.officer)
    first, second = typed(office), typed(office)
    for data in (first, second, first, first):
        officer.post(NEW, data)
    assert AutoSave.objects.count() == 2


def test_old_rows_go_when_somebody_types(office: Office) -> None:
    officer = browser(office.officer)
    officer.post(NEW, typed(office))
    AutoSave.objects.update(at=timezone.now() - timedelta(days=31))
    assert "restore=" not in page(officer.get("/items/new/"))
    officer.post(NEW, typed(office))
    assert AutoSave.objects.count() == 1


def test_an_officer_whose_post_has_ended_keeps_nothing(office: Office) -> None:
    officer = browser(office.officer)
    post = office.officer.officer_posts.get()
    unit_actions.end_appointment(appointment=post, last_day=date(2020, 1, 2))
    assert officer.post(NEW, typed(office)).status_code == 409
    assert not AutoSave.objects.exists()


def test_it_costs_at_most_ten_queries(office: Office) -> None:
    item = office.draft()
    officer = browser(office.officer)
    data = typed(office)
    for address in (NEW, f"/items/{item.pk}/autosave/"):
        officer.post(address, data)
        with CaptureQueriesContext(connection) as seen:
            assert officer.post(address, data).json()["ok"]
        asked = [query for query in seen if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        assert len(asked) <= 10, [query["sql"][:90] for query in asked]
