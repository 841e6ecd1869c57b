"""Composing an issue: the pool, the page editor, numbers, what readers see."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.bulletins import actions
from cms.bulletins.models import Bulletin, BulletinFolder, IssueEntry, IssuePage, Level
from cms.items.models import ItemPage
from cms.review.actions import Refused
from cms.review.rules import Verdict
from infoflow.units.roles import Role
from tests.builders import Office, decide, fresh, own_bulletin, person, superior_bulletin
from tests.ground import grounded

pytestmark = pytest.mark.django_db


@grounded
def issue(office: Office) -> IssuePage:
    """An issue with one entry, not yet sent."""
    return office.issue()


@grounded
def issued(office: Office) -> IssuePage:
    return office.issued(office.pooled())


@grounded
def unsent(issued: IssuePage, office: Office) -> IssuePage:
    """An issue not yet sent, beside one that was issued."""
    return office.issue(office.pooled())


@pytest.fixture
def desk(client: Client, office: Office) -> Client:
    """The editor's browser."""
    client.force_login(office.editor)
    return client


def into(bulletin: Bulletin, *items: ItemPage, **more: str) -> dict[str, object]:
    return {
        "items": [str(item.pk) for item in items],
        "target": f"bulletin:{bulletin.pk}",
        **more,
    }


def test_single_and_merged(desk: Client, office: Office) -> None:
    first, second, third = (office.pooled(title) for title in ("甲稿", "乙稿", "丙稿"))
    bulletin = own_bulletin()
    response = desk.post(reverse("bulletin_pool"), into(bulletin, first))
    issue = IssuePage.objects.get()
    assert response.headers["Location"] == reverse("wagtailadmin_pages:edit", args=[issue.pk])
    desk.post(
        reverse("bulletin_pool"),
        {**into(bulletin, second, third, merged="1"), "target": f"issue:{issue.pk}"},
    )
    entries = list(IssueEntry.objects.filter(page=issue).order_by("sort_order"))
    assert [(entry.title, entry.mode) for entry in entries] == [
        ("甲稿", "single"),
        ("乙稿", "merged"),
    ]
    assert entries[1].items() == [second, third]
    assert not IssuePage.objects.get().live


@pytest.mark.screens
@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"target": "bulletin:1"}, "请先勾选稿件"),
        ({"items": ["1"], "target": ""}, "请选择编入哪一期"),
        ({"items": ["1"], "target": "bulletin:x"}, "请选择编入哪一期"),
        ({"items": ["999999"], "target": "bulletin:999999"}, "不在备用稿库"),
        ({"items": ["abc"], "target": "bulletin:1"}, "请先勾选稿件"),
    ],
)
def test_pool_says_what_is_missing(desk: Client, data: dict[str, object], message: str) -> None:
    response = desk.post(reverse("bulletin_pool"), data, follow=True)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not IssuePage.objects.exists()


@pytest.mark.screens
def test_only_pool_items_and_own_bulletins(office: Office) -> None:
    waiting = office.screened()
    with pytest.raises(Refused, match="不在备用稿库"):
        office.issue(waiting)
    with pytest.raises(Refused, match="本级编发"):
        actions.compose(
            person=office.editor, item_ids=[office.pooled().pk], bulletin=superior_bulletin()
        )
    with pytest.raises(Refused, match="只有编辑"):
        actions.compose(
            person=office.scorer, item_ids=[office.pooled().pk], bulletin=own_bulletin()
        )


def test_item_stands_once_in_an_issue(office: Office) -> None:
    item = office.pooled()
    issue = office.issue(item)
    with pytest.raises(Refused, match="已在本期"):
        actions.compose(person=fresh(office.editor), item_ids=[item.pk], issue_id=issue.pk)


@pytest.mark.screens
def test_editor_page_shows_the_original_beside_the_edited_text(
    desk: Client, office: Office
) -> None:
    issue = office.issue(office.pooled("原稿标题"))
    page = desk.get(reverse("wagtailadmin_pages:edit", args=[issue.pk])).content.decode()
    assert "原稿对照" in page
    assert "原稿标题" in page
    assert "一、基本情况\n" in page, "the text is edited as plain lines"


def edit(issue: IssuePage, **fields: str) -> dict[str, str]:
    entry = issue.entries.get()
    return {
        "title": issue.title,
        "report_to": "",
        "send_to": "",
        "distribute_to": "",
        "entries-TOTAL_FORMS": "1",
        "entries-INITIAL_FORMS": "1",
        "entries-MIN_NUM_FORMS": "0",
        "entries-MAX_NUM_FORMS": "1000",
        "entries-0-id": str(entry.pk),
        "entries-0-ORDER": "1",
        "entries-0-title": entry.title,
        "entries-0-body": "改写的正文。",
        **fields,
    }


@pytest.mark.screens
def test_edited_text_is_cleaned_and_originals_stay(desk: Client, office: Office) -> None:
    item = office.pooled()
    issue = office.issue(item)
    desk.post(
        reverse("wagtailadmin_pages:edit", args=[issue.pk]),
        edit(
            issue,
            **{
                "entries-0-title": "改写的标题",
                "entries-0-body": "<p onclick=x>一、做法</p><script>alert(1)</script>甲\t乙\n1\t2",
            },
        ),
    )
    issue = IssuePage.objects.get().get_latest_revision_as_object()
    entry = issue.entries.get()
    assert entry.title == "改写的标题"
    assert "script" not in entry.body
    assert "<h2>一、做法</h2>" in entry.body
    assert entry.items() == [item]
    assert ItemPage.objects.get(pk=item.pk).title != entry.title


def posted_raw(desk: Client, issue: IssuePage, **fields: str) -> Any:
    """Send an edit byte by byte, lone surrogates included, as a broken program would."""
    encoded = "&".join(
        f"{k}=" + "".join(f"%{b:02X}" for b in v.encode("utf-8", "surrogatepass"))
        for k, v in edit(issue, **fields).items()
    )
    return desk.post(
        reverse("wagtailadmin_pages:edit", args=[issue.pk]),
        encoded,
        content_type="application/x-www-form-urlencoded",
    )


def test_a_null_character_is_named_and_nothing_is_stored(desk: Client, issue: IssuePage) -> None:
    before = issue.latest_revision_id
    response = posted_raw(desk, issue, **{"entries-0-title": "坏\x00字"})
    assert response.status_code == 200
    assert "特殊字符" in response.content.decode()
    assert IssuePage.objects.get().latest_revision_id == before


def test_half_a_character_is_replaced_before_it_is_stored(desk: Client, issue: IssuePage) -> None:
    response = posted_raw(desk, issue, **{"entries-0-body": "坏\ud800字"})
    assert response.status_code == 302
    stored = IssuePage.objects.get().get_latest_revision_as_object().entries.get()
    assert "坏" in stored.body
    assert "\ud800" not in stored.body


@pytest.mark.screens
def test_save_and_send(desk: Client, issue: IssuePage) -> None:
    response = desk.post(
        reverse("wagtailadmin_pages:edit", args=[issue.pk]), {**edit(issue), "action-send": "1"}
    )
    assert response.headers["Location"] == reverse("bulletin_issues")
    issue = IssuePage.objects.get()
    assert issue.workflow_in_progress
    locked = desk.post(reverse("wagtailadmin_pages:edit", args=[issue.pk]), edit(issue))
    assert locked.status_code == 302
    assert IssuePage.objects.get().latest_revision_id == issue.latest_revision_id


@pytest.mark.screens
def test_empty_issue_is_not_sent(desk: Client, issue: IssuePage) -> None:
    desk.post(
        reverse("wagtailadmin_pages:edit", args=[issue.pk]),
        edit(issue, **{"entries-0-DELETE": "on"}),
    )
    response = desk.post(reverse("bulletin_submit", args=[issue.pk]), follow=True)
    assert "还没有条目" in response.content.decode()
    assert not IssuePage.objects.get().workflow_in_progress


@pytest.mark.screens
def test_returned_issue_can_be_edited_and_sent_again(
    desk: Client, office: Office, issue: IssuePage
) -> None:
    actions.submit_issue(issue_id=issue.pk, person=office.editor)
    decide(issue, office.reviewer, Verdict.RETURN, "删去第二段")
    page = desk.get(reverse("bulletin_issues")).content.decode()
    assert "删去第二段" in page
    desk.post(
        reverse("wagtailadmin_pages:edit", args=[issue.pk]), {**edit(issue), "action-send": "1"}
    )
    decide(issue, office.reviewer)
    decide(issue, office.issuer)
    assert IssuePage.objects.get().live
    assert "改写的正文" in str(IssuePage.objects.get().render_text())


def test_numbers_follow_by_series_and_year(office: Office) -> None:
    bulletin = own_bulletin("月报")
    Bulletin.objects.filter(pk=bulletin.pk).update(total_before=340)
    numbers = [str(office.issued(office.pooled(), name="月报").number) for _n in range(2)]
    supplement = office.issue(office.pooled(), name="月报")
    supplement.supplement = True
    supplement.save()
    supplement.save_revision(user=office.editor)
    actions.submit_issue(issue_id=supplement.pk, person=office.editor)
    decide(supplement, office.reviewer)
    decide(supplement, office.issuer)
    year = IssuePage.objects.first().number.year
    assert numbers == [f"{year}年第1期（总第341期）", f"{year}年第2期（总第342期）"]
    assert str(IssuePage.objects.get(supplement=True).number) == f"{year}年增刊第1期（总第1期）"


@pytest.mark.screens
def test_number_starts_anew_each_year_and_the_total_goes_on(office: Office) -> None:
    first = office.issued()
    other = office.issue(office.pooled())
    shanghai = ZoneInfo("Asia/Shanghai")
    next_year = first.number.signed_on.year + 1
    given = actions.give_number(
        issue=other,
        signer=office.issuer,
        signed_at=datetime(next_year, 1, 1, 0, 5, tzinfo=shanghai),
    )
    assert (given.year, given.number, given.total) == (next_year, 1, 2)
    again = actions.give_number(
        issue=other, signer=office.issuer, signed_at=datetime(next_year, 2, 1, tzinfo=shanghai)
    )
    assert again.pk == given.pk


@pytest.mark.screens
def test_date_of_issue_is_the_date_of_signing(issued: IssuePage) -> None:
    signed = issued.decisions.get(step="issue").at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert issued.number.signed_on == signed.date()


@pytest.mark.screens
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.LEADER, 200),
        (Role.EDITOR, 200),
        (Role.SCORER, 200),
        (Role.DUTY, 200),
        (Role.AUDITOR, 404),
        (Role.SYSTEM_ADMIN, 404),
    ],
)
def test_who_reads_an_issue(
    client: Client, issued: IssuePage, unsent: IssuePage, role: Role, status: int
) -> None:
    client.force_login(person(role))
    assert client.get(reverse("issue_page", args=[issued.pk])).status_code == status
    assert client.get(issued.url).status_code == status
    assert client.get(reverse("issue_page", args=[unsent.pk])).status_code == 404


@pytest.mark.screens
def test_unit_people_read_neither_issues_nor_foreign_pool_items(
    client: Client, office: Office
) -> None:
    item = office.pooled()
    issue = office.issued(item)
    client.force_login(office.officer)
    assert client.get(item.url).status_code == 200
    assert client.get(issue.url).status_code == 404
    client.force_login(Office().officer)
    assert client.get(item.url).status_code == 404


@pytest.mark.screens
def test_page_address_asks_strangers_to_log_in(client: Client, issued: IssuePage) -> None:
    response = client.get(issued.url)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("login"))


@pytest.mark.screens
def test_superiors_bulletin_has_no_folder() -> None:
    assert not BulletinFolder.objects.filter(bulletin=superior_bulletin()).exists()
    assert BulletinFolder.objects.filter(bulletin=own_bulletin()).count() == 1


@pytest.mark.screens
def test_bulletin_form_makes_the_folder(desk: Client) -> None:
    response = desk.post(
        reverse("bulletins:add"),
        {
            "name": "参阅",
            "level": str(Level.COUNTY.value),
            "own": "on",
            "kind": "reference",
            "order": "5",
            "active": "on",
            "total_before": "0",
        },
    )
    assert response.status_code == 302
    assert BulletinFolder.objects.filter(bulletin__name="参阅").exists()


def test_two_bulletins_of_one_name_are_refused() -> None:
    own_bulletin("参阅")
    with pytest.raises(ValidationError):
        actions.create_bulletin(name="参阅", level=Level.COUNTY, own=True)


@pytest.mark.screens
def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_lists_cost_the_same_for_few_and_many(desk: Client, office: Office) -> None:
    addresses = [reverse("bulletin_pool"), reverse("bulletin_issues")]

    def fill(count: int) -> None:
        for n in range(count):
            office.pooled(f"稿件{n}")
            office.issue(office.pooled(f"入刊{n}"))

    fill(2)
    few = [cost(desk, address) for address in addresses if cost(desk, address)]
    fill(4)
    assert [cost(desk, address) for address in addresses] == few


def test_queue_costs_the_same_for_few_and_many(client: Client, office: Office) -> None:
    client.force_login(office.editor)
    urls = [reverse("review_queue", args=["screen"]), reverse("wagtailadmin_home")]
    for _n in range(2):
        office.signed()
    few = [cost(client, url) for url in urls if cost(client, url)]
    for _n in range(5):
        Office().signed()
    assert [cost(client, url) for url in urls] == few
