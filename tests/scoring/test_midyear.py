"""What changes in the middle of a year, through the pages where people change it: schemes that
meet, clauses that can't apply, groups emptied, units renamed and split."""

from __future__ import annotations

import html
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.bulletins.models import Bulletin
from infoflow.units.models import GroupMembership, Unit, UnitGroup
from infoflow.units.roles import Role
from scoring.adoptions.models import Fact
from scoring.ledger.models import Entry
from scoring.schemes.actions import create_scheme, publish_scheme
from scoring.schemes.models import Scheme
from tests.builders import Office, in_group, person, superior_bulletin, unit
from tests.page_tables import PageTable, tables_of

from .imports.pages import booked, fields_of, said, upload
from .imports.tables import facts

pytestmark = [pytest.mark.django_db, pytest.mark.screens]

EDIT = "wagtailsnippets_schemes_scheme:edit"
INSPECT = "wagtailsnippets_schemes_scheme:inspect"
YEAR = {"start": "2026-01-01", "end": "2026-12-31"}
Q1 = {"start": "2026-01-01", "end": "2026-03-31"}


@pytest.fixture
def paper(db: None) -> Bulletin:
    return superior_bulletin()


@pytest.fixture
def scorer(office: Office) -> Client:
    return browser(office.scorer)


@pytest.fixture
def admin(db: None) -> Client:
    return browser(person(Role.SYSTEM_ADMIN))


def browser(user: Any) -> Client:
    made = Client()
    made.force_login(user)
    return made


def scheme(paper: Bulletin, *more: tuple[str, dict[str, Any]], **fields: Any) -> Scheme:
    """A draft with 4 points for an adoption and more clauses behind it."""
    days = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31)}
    row = {"kind": "adoption", "target": f"bulletin:{paper.pk}", "form": "", "points": "4"}
    made = create_scheme(rows=[row], **{"name": "办法", **days, **fields})
    for kind, value in more:
        made.blocks.append((kind, value))
    made.save()
    made.save_revision()
    return made


def adoption(at: str, day: str, n: int = 1, paper: str = "晋政信息·普刊") -> list[str]:
    """A row of the facts workbook."""
    return ["采用", day, at, f"第{n}条信息", paper]


def ranked(page: Client, **days: str) -> dict[str, PageTable]:
    """Return the ranking's tables by their group, without the sums."""
    return {table.name: table for table in tables_of(page.get(reverse("ranking"), days))}


def text(response: Any) -> str:
    assert response.status_code == 200, response
    body: str = response.content.decode()
    return html.unescape(body)


def close(scorer: Client, **days: str) -> None:
    """Close a period as a scorer does: look, then say yes to exactly that."""
    page = reverse("close_period")
    digest = scorer.get(page, days).context["seen"].digest
    answer = scorer.post(page, {**days, "digest": digest, "note": ""})
    assert answer.status_code == 302, text(answer)


# --- schemes ----------------------------------------------------------------------------------


def test_no_page_brings_two_schemes_into_force_at_once(scorer: Client, paper: Bulletin) -> None:
    """Ended later than the next one begins, or published from a draft that meets it."""
    first = scheme(paper, valid_until=date(2026, 6, 30))
    second = scheme(paper, name="下半年办法", valid_from=date(2026, 7, 1))
    for made in (first, second):
        publish_scheme(scheme_id=made.pk)
    answer = scorer.post(reverse("scheme_end", args=[first.pk]), {"last_day": "2026-07-01"})
    [message] = answer.context["form"].errors["last_day"]
    assert "与已发布的《下半年办法（第1版）》（2026-07-01至2026-12-31）时间重叠" in message
    scorer.post(reverse("scheme_version", args=[second.pk]))
    copy = Scheme.objects.get(version=2)
    unpublish = reverse("wagtailsnippets_schemes_scheme:unpublish", args=[first.pk])
    assert scorer.post(unpublish).status_code == 302
    assert not Scheme.objects.in_force_on(date(2026, 6, 30)).exists()
    for day in (date(2026, 6, 30), date(2026, 7, 1)):
        assert Scheme.objects.in_force_on(day).count() <= 1
    assert not Scheme.objects.get(pk=copy.pk).live


def test_two_schemes_in_force_by_other_ways_stop_every_count(
    scorer: Client, paper: Bulletin
) -> None:
    """A restored or hand-changed database: nothing is booked under either by guess."""
    first, second = scheme(paper), scheme(paper, name="另一办法", valid_from=date(2026, 3, 1))
    publish_scheme(scheme_id=first.pk)
    Scheme.objects.filter(pk=second.pk).update(live=True)
    told = "《办法（第1版）》与《另一办法（第1版）》同时施行，请先给其中一个设截止日期。"
    assert told in text(scorer.get(reverse("rescore"), Q1))
    assert told in text(scorer.get(reverse("close_period"), Q1))


def sent(made: Scheme, most: str) -> dict[str, str]:
    """What the editor sends of a scheme whose only clause is a cap."""
    return {
        "name": made.name,
        "document": "",
        "note": "",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "rounding": "half_up",
        "period": "quarter",
        "blocks-count": "1",
        "blocks-0-deleted": "",
        "blocks-0-order": "0",
        "blocks-0-type": "cap",
        "blocks-0-id": "",
        "blocks-0-value-most": most,
        "blocks-0-value-within": "period",
    }


def test_a_clause_that_can_never_apply_is_told_with_the_draft_and_refused_in_force(
    scorer: Client, paper: Bulletin
) -> None:
    made = scheme(paper)
    edit = reverse(EDIT, args=[made.pk])
    words = "第1条（封顶保底）：前面没有计分的条款，本条不起作用。"
    assert words in text(scorer.post(edit, sent(made, "8"), follow=True))
    assert words in text(scorer.get(reverse(INSPECT, args=[made.pk])))
    answer = scorer.post(edit, sent(made, "8") | {"action-publish": "action-publish"})
    [message] = answer.context["form"].errors["blocks"]
    assert words in message
    assert not Scheme.objects.get().live


# --- groups -----------------------------------------------------------------------------------

BY_GROUP = {"basis": "groups", "points": "", "newcomer": "full"}


@pytest.fixture
def grouped(office: Office, paper: Bulletin) -> dict[str, Any]:
    """Two streets with 6 points to start with, a town with 3; a scheme in force."""
    streets, towns = in_group(office.unit, "街道", 2026), in_group(unit("甲镇"), "乡镇", 2026)
    in_group(unit("东街"), "街道", 2026)
    rows = [{"group": str(streets.pk), "points": "6"}, {"group": str(towns.pk), "points": "3"}]
    made = scheme(paper, ("base", {**BY_GROUP, "rows": rows}))
    publish_scheme(scheme_id=made.pk)
    return {"scheme": made, "streets": streets, "towns": towns}


def test_a_group_emptied_in_mid_year(
    admin: Client, scorer: Client, office: Office, grouped: dict[str, Any]
) -> None:
    booked(scorer, facts(adoption(office.unit.name, "2026-02-03"), adoption("东街", "2026-02-04")))
    scorer.get(reverse("rescore"), Q1)
    close(scorer, **Q1)
    before = ranked(scorer, **Q1)
    assert before["街道"].cells("单位", "得分") == [(office.unit.name, "10"), ("东街", "10")]
    entries = Entry.objects.count()
    for member in GroupMembership.objects.filter(group=grouped["streets"]):
        fields = {"unit": member.unit_id, "group": grouped["towns"].pk, "year": "2026"}
        address = reverse("memberships:edit", args=[member.pk])
        assert admin.post(address, fields).status_code == 302
    # What was closed stays as it was, and no entry has moved by itself.
    assert ranked(scorer, **Q1) == before
    assert Entry.objects.count() == entries
    page = scorer.get(reverse("ranking"), YEAR)
    assert "2026年没有单位的分组：街道" in text(page)
    [towns] = tables_of(page)
    assert towns.name == "乡镇"
    assert set(towns.column("单位")) == {office.unit.name, "东街", "甲镇"}
    warned = "第2条给分组“街道”写了数，2026年这个分组没有单位，这一行不起作用。"
    assert warned in text(scorer.get(reverse(INSPECT, args=[grouped["scheme"].pk])))
    # The scorer is shown what the change of groups does, and confirms it.
    shown = scorer.get(reverse("rescore"), Q1)
    assert "2026-01-01至2026-03-31已经结账" in text(shown)
    changes = {line["unit"]: line["change"] for line in shown.context["lines"]}
    assert changes == {office.unit.name: -300, "东街": -300}


# --- units ------------------------------------------------------------------------------------


def unit_form(of: Unit, **changed: str) -> dict[str, str]:
    """What the unit's page sends."""
    until = of.active_until.isoformat() if of.active_until else ""
    given = {"name": of.name, "kind": of.kind, "order": str(of.order), "active_until": until}
    return {"code": of.code, "parent": "", "active_from": "", **given, **changed}


def test_a_unit_renamed_in_mid_year_keeps_its_points_and_its_old_name_is_known(
    admin: Client, scorer: Client, paper: Bulletin
) -> None:
    old = unit("城关镇", group="乡镇", year=2026)
    publish_scheme(scheme_id=scheme(paper).pk)
    booked(scorer, facts(adoption("城关镇", "2026-02-03")))
    close(scorer, **Q1)
    address = reverse("units:edit", args=[old.pk])
    assert admin.post(address, unit_form(old, name="城关街道")).status_code == 302
    assert ranked(scorer, **Q1)["乡镇"].column("单位") == ["城关镇"]  # as it was closed
    assert ranked(scorer, **YEAR)["乡镇"].cells("单位", "得分") == [("城关街道", "4")]
    # A superior still writes the old name: it is known, said, and can be changed.
    answer = upload(scorer, facts(adoption("城关镇", "2026-05-06", 2)))
    assert not answer.context["stopping"], said(answer)
    [(choice, _options)] = answer.context["names"]
    assert (choice.written, choice.how) == ("城关镇", "former")
    assert "曾用名" in answer.content.decode()
    booked(scorer, facts(adoption("城关镇", "2026-05-06", 2)))
    assert ranked(scorer, **YEAR)["乡镇"].cells("单位", "得分") == [("城关街道", "8")]
    # Who has the name today comes before who had it once.
    unit("城关镇", group="乡镇", year=2026)
    answer = upload(scorer, facts(adoption("城关镇", "2026-05-07", 3)))
    assert fields_of(answer).keys() & {choice.key} == set()


def test_a_unit_split_in_mid_year(
    admin: Client, scorer: Client, office: Office, paper: Bulletin
) -> None:
    """Its points stay with it; the new units begin with none; each period lists who was there."""
    old = office.unit
    in_group(old, "乡镇", 2026)
    publish_scheme(scheme_id=scheme(paper).pk)
    item = office.pooled("拆分前报送的信息")
    booked(scorer, facts(adoption(old.name, "2026-02-03")))
    ended = unit_form(old, active_until="2026-06-30")
    assert admin.post(reverse("units:edit", args=[old.pk]), ended).status_code == 302
    group = UnitGroup.objects.get(name="乡镇")
    for n, name in enumerate(("东乡", "西乡"), start=1):
        new = {"code": f"N{n}", "name": name, "kind": "town", "order": str(9000 + n)}
        begins = {"parent": "", "active_from": "2026-07-01", "active_until": ""}
        assert admin.post(reverse("units:add"), new | begins).status_code == 302
        member = {"unit": Unit.objects.get(name=name).pk, "group": group.pk, "year": "2026"}
        assert admin.post(reverse("memberships:add"), member).status_code == 302
    # By hand and by table nothing more goes to it, except what it has sent in.
    answer = upload(scorer, facts(adoption(old.name, "2026-07-15", 2)))
    assert "在这一天不是在用单位" in said(answer)[0][2]
    booked(scorer, facts(adoption("东乡", "2026-07-15", 3)))
    form = {
        "form_id": "6a0f6a0e-3f0c-4f0a-9a57-0f9d3a7b6c11",
        "date": timezone.localdate().isoformat(),
        "bulletin": paper.pk,
        "form": "single",
        "title": "没有指明稿件",
        "units": [old.name],
    }
    add = reverse("fact_adopted")
    refused = scorer.post(add, form)
    assert "它在用时报送的稿件，请在“本系统稿件”中选出这一篇" in text(refused)
    assert scorer.post(add, form | {"item": str(item.pk), "units": []}).status_code == 302
    assert Fact.objects.get(item=item, kind="adoption").lines.get().unit == old
    table = ranked(scorer, **YEAR)["乡镇"]
    assert table.cells("单位", "得分") == [
        (f"{old.name} 2026年6月30日停用", "8"),
        ("东乡 2026年7月1日启用", "4"),
        ("西乡 2026年7月1日启用", "0"),
    ]
    first_half = ranked(scorer, start="2026-01-01", end="2026-06-30")["乡镇"]
    assert first_half.cells("单位", "得分") == [(old.name, "4")]
    third = ranked(scorer, start="2026-07-01", end="2026-09-30")["乡镇"]
    assert third.cells("单位", "得分") == [("东乡", "4"), ("西乡", "0")]
