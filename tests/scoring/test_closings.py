"""结账: what was closed never changes; what comes later counts in the open period, marked."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.bulletins.models import Bulletin
from cms.review import gate
from cms.review.actions import Refused
from cms.review.checks import gate_stands
from infoflow.units.models import Unit
from scoring.adoptions.actions import withdraw_fact
from scoring.adoptions.models import FactLine
from scoring.closings.models import Closing
from scoring.closings.rules import counted_on
from scoring.ledger.actions import rebuild
from scoring.ledger.models import Entry
from scoring.rankings import snapshots
from scoring.rankings.queries import counted_ranking, ranking
from scoring.rankings.snapshots import closed_ranking, digest_of, ranking_of, snapshot_of, text_of
from scoring.rankings.tables import Figures, as_json
from scoring.schemes.actions import end_scheme, publish_scheme
from scoring.schemes.models import Scheme
from scoring.settling.actions import Changed, close_period
from scoring.settling.queries import flaws_of, preview
from scoring.settling.rules import gaps, next_period, why_not
from tests.builders import Office, fresh, in_group, person, superior_bulletin, unit
from tests.scoring.test_ledger import YEAR, adopted, scheme_of, total

pytestmark = pytest.mark.django_db

QUARTER = (date(2026, 1, 1), date(2026, 3, 31))
IN, AFTER = date(2026, 3, 5), date(2026, 5, 6)


@pytest.fixture
def bulletin(db: None) -> Bulletin:
    return superior_bulletin()


@pytest.fixture
def scheme(bulletin: Bulletin) -> Scheme:
    return publish_scheme(scheme_id=scheme_of(bulletin).pk)


@pytest.fixture
def grouped(office: Office) -> Office:
    in_group(office.unit, "乡镇组", 2026)
    in_group(unit("乙镇"), "乡镇组", 2026)
    return office


def close(office: Office, span: tuple[date, date] = QUARTER, **more: Any) -> Closing:
    return close_period(start=span[0], end=span[1], person=fresh(office.scorer), **more)


def printed(span: tuple[date, date] = QUARTER) -> str:
    out = io.StringIO()
    days = (str(day) for day in span)
    call_command("ranking", "--from", next(days), "--to", next(days), "--json", "-", stdout=out)
    return out.getvalue()


# --- what is closed stays -----------------------------------------------------------------


def test_closed_ranking_is_the_same_to_the_byte_whatever_comes(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    first, _second = adopted(bulletin, grouped.unit, number=2, day=IN)
    before = printed()
    close(grouped)
    assert printed() == before
    adopted(bulletin, grouped.unit, day=IN)
    withdraw_fact(fact_id=first.pk, person=grouped.scorer, reason="上级更正")
    end_scheme(scheme_id=scheme.pk, last_day=date(2026, 1, 31))
    rebuild(*YEAR)
    Unit.objects.filter(pk=grouped.unit.pk).update(name="改名镇")
    in_group(grouped.unit, "县直组", 2026)
    assert printed() == before
    # The rows say so too, without the snapshot.
    figures = {r.unit_id: r.figures for t in counted_ranking(*QUARTER).groups for r in t.rows}
    assert figures[grouped.unit.pk].hundredths == 800
    assert figures[grouped.unit.pk].adopted_total == 2


def test_late_fact_counts_today_and_tells_its_day(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    close(grouped)
    [late] = adopted(bulletin, grouped.unit, day=IN)
    today = timezone.localdate()
    line, entry = late.lines.get(), Entry.objects.get()
    assert (line.date, line.happened, late.date) == (today, IN, IN)
    assert (entry.date, entry.earned, entry.late) == (today, IN, True)
    assert rebuild(*YEAR).empty
    [timely] = adopted(bulletin, grouped.unit, day=AFTER)
    assert not timely.entries.get().late


def test_withdrawal_of_a_closed_fact_counts_today(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    [made] = adopted(bulletin, grouped.unit, day=IN)
    close(grouped)
    opposite = withdraw_fact(fact_id=made.pk, person=grouped.scorer, reason="上级更正")
    today = timezone.localdate()
    line, back = opposite.lines.get(), Entry.objects.get(reverses__fact=made)
    assert (line.date, line.happened, line.quantity) == (today, IN, -1)
    assert (back.date, back.earned, back.hundredths) == (today, IN, -400)
    assert rebuild(*YEAR).empty
    assert total(grouped.unit) == 0


def test_scheme_published_ended_and_unpublished_after_closing(
    grouped: Office, bulletin: Bulletin
) -> None:
    adopted(bulletin, grouped.unit, day=IN)
    close(grouped)  # counts without points
    assert ranking(*QUARTER).totals.hundredths == 0
    today = timezone.localdate()
    scheme = publish_scheme(scheme_id=scheme_of(bulletin).pk)
    entry = Entry.objects.get()
    assert (entry.date, entry.earned, entry.hundredths) == (today, IN, 400)
    end_scheme(scheme_id=scheme.pk, last_day=date(2026, 2, 1))
    back = Entry.objects.get(reverses=entry)
    assert (back.date, back.earned) == (today, IN)
    scheme = Scheme.objects.get(pk=scheme.pk)
    scheme.unpublish()
    assert not Entry.objects.filter(date__range=QUARTER).exists()
    assert total(grouped.unit) == 0
    assert ranking(*QUARTER).totals.hundredths == 0


def test_rescoring_a_closed_period_books_the_difference_today(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    """A row that reached the table past every action is taken back in the open period."""
    [made] = adopted(bulletin, grouped.unit, day=IN)
    Entry.objects.create(
        unit=grouped.unit,
        date=IN,
        earned=IN,
        hundredths=700,
        about="f0",
        fact=made,
        scheme=scheme,
        block_id="gone",
        block_type="points_table",
        sentence="《某刊》采用1条，每条7分，计7分。",
        key="stray",
    )
    stray = counted_ranking(*QUARTER).totals.hundredths
    assert stray == 1100
    Closing.objects.bulk_create(
        [
            Closing(
                start=QUARTER[0],
                end=QUARTER[1],
                snapshot=(snapshot := text_of(snapshot_of(counted_ranking(*QUARTER)))),
                digest=digest_of(snapshot),
                closed_by=grouped.scorer,
            )
        ]
    )
    assert rebuild(*YEAR).taken_back == 1
    back = Entry.objects.exclude(reverses=None).get()
    assert (back.date, back.earned) == (timezone.localdate(), IN)
    assert ranking(*QUARTER).totals.hundredths == 1100
    assert total(grouped.unit) == 400


def test_a_late_fact_of_a_late_day_goes_behind_every_closed_period(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    """Also when everything until yesterday is closed."""
    yesterday = timezone.localdate() - timedelta(days=1)
    close(grouped, (QUARTER[0], yesterday))
    [late] = adopted(bulletin, grouped.unit, day=yesterday)
    assert late.lines.get().date == timezone.localdate()


def test_correction_of_a_late_entry_stays_in_the_open_period(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    """补计 of one closed period, taken back after the day of 补计 was closed as well."""
    assert counted_on(IN, [QUARTER], AFTER) == AFTER
    both = [QUARTER, (date(2026, 4, 1), date(2026, 6, 30))]
    assert counted_on(AFTER, both, date(2026, 7, 9)) == date(2026, 7, 9)
    assert counted_on(IN, both, date(2026, 6, 30)) == date(2026, 7, 1)


# --- what may be closed -------------------------------------------------------------------


def test_closing_books_what_is_missing_first(grouped: Office, bulletin: Bulletin) -> None:
    draft = scheme_of(bulletin)
    adopted(bulletin, grouped.unit, day=IN)
    Scheme.objects.filter(pk=draft.pk).update(live=True)
    seen = preview(*QUARTER)
    assert (seen.difference.added, seen.ranking.totals.hundredths) == (1, 0)
    closing = close(grouped, digest=seen.digest, note="第一季度")
    assert ranking(*QUARTER).totals.hundredths == 400
    assert closing.digest == digest_of(Closing.objects.get().snapshot)
    assert Entry.objects.get().date == IN


def test_closing_is_refused_when_something_else_was_seen(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    seen = preview(*QUARTER)
    adopted(bulletin, grouped.unit, day=IN)
    with pytest.raises(Changed):
        close(grouped, digest=seen.digest)
    assert not Closing.objects.exists()


def test_only_scorers_close(grouped: Office) -> None:
    with pytest.raises(Refused, match="只有计分员"):
        close_period(start=QUARTER[0], end=QUARTER[1], person=grouped.editor)


def test_unreadable_and_overlapping_schemes_are_refused(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    other = scheme_of(bulletin, name="乙办法")
    Scheme.objects.filter(pk=other.pk).update(live=True)
    with pytest.raises(Refused, match="同时施行"):
        close(grouped)
    Scheme.objects.filter(pk=other.pk).update(live=False)
    broken = Scheme.objects.get(pk=scheme.pk).blocks.get_prep_value()
    broken[0]["value"]["rows"][0]["value"]["points"] = "很多"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE schemes_scheme SET blocks = %s WHERE id = %s", [json.dumps(broken), scheme.pk]
        )
    with pytest.raises(Refused, match="无法读取"):
        close(grouped)
    assert not Closing.objects.exists()


Q1, Q2 = (date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 6, 30))
MAY = (date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("start", "end", "closed", "told"),
    [
        (*Q1, [], ""),
        (*Q2, [Q1], ""),
        (*Q1, [Q1], "已经结账"),
        (date(2026, 3, 31), date(2026, 4, 30), [Q1], "已经结账"),
        (date(2025, 1, 1), date(2026, 6, 30), [Q1], "已经结账"),
        (date(2026, 7, 1), date(2026, 7, 9), [], "才结束"),
        (date(2026, 7, 1), date(2026, 7, 8), [], ""),
        (date(2026, 3, 31), date(2026, 3, 1), [], "早于开始日期"),
        (date(1900, 1, 1), date(2026, 3, 1), [], "检查年份"),
    ],
)
def test_which_periods_may_be_closed(start: date, end: date, closed: list, told: str) -> None:
    found = why_not(start, end, closed=closed, today=date(2026, 7, 9), earliest=date(1949, 10, 1))
    assert (told in found) if told else found == ""


def test_gaps_are_said() -> None:
    assert gaps(*Q2, [Q1]) == []
    assert gaps(*MAY, [Q1]) == [(date(2026, 4, 1), date(2026, 4, 30))]
    assert gaps(*Q1, [MAY]) == [(date(2026, 4, 1), date(2026, 4, 30))]
    assert gaps(*Q1, []) == []


def test_the_next_period_is_offered() -> None:
    assert next_period([], date(2026, 7, 9)) == Q2
    assert next_period([], date(2026, 1, 9)) == (date(2025, 10, 1), date(2025, 12, 31))
    assert next_period([Q1], date(2026, 7, 9)) == Q2
    assert next_period([(date(2025, 10, 1), date(2025, 12, 31))], date(2026, 7, 9)) == Q1


# --- the database refuses too -------------------------------------------------------------


def test_database_refuses_rows_in_a_closed_period(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    [made] = adopted(bulletin, grouped.unit, day=IN)
    entry = Entry.objects.get()
    other = unit("丙镇")
    close(grouped)

    def line(day: date) -> None:
        FactLine.objects.create(
            fact=made, unit=other, kind=made.kind, bulletin=bulletin, date=day, happened=IN
        )

    def booking(day: date, key: str) -> None:
        Entry.objects.create(
            unit=other,
            date=day,
            earned=IN,
            hundredths=100,
            about="f0",
            fact=made,
            scheme=entry.scheme,
            block_id="b",
            block_type="points_table",
            sentence="说明。",
            key=key,
        )

    for day in (QUARTER[0], IN, QUARTER[1]):
        for act in (lambda day=day: line(day), lambda day=day: booking(day, f"k{day}")):
            with pytest.raises(IntegrityError, match=gate.CLOSED_MARK), transaction.atomic():
                act()
    for n, day in enumerate((QUARTER[0] - timedelta(days=1), QUARTER[1] + timedelta(days=1))):
        booking(day, f"open{n}")
    line(QUARTER[1] + timedelta(days=1))


def test_missing_guard_of_closed_periods_is_an_error() -> None:
    assert gate.missing_triggers() == []
    names = ["adoptions_factline_closed", "ledger_entry_closed"]
    with connection.cursor() as cursor:
        for name, table in zip(names, ("adoptions_factline", "ledger_entry"), strict=True):
            on = "" if connection.vendor == "sqlite" else f" ON {table}"
            cursor.execute(f"DROP TRIGGER {name}{on}")
    try:
        assert sorted(gate.missing_triggers()) == names
        [error] = gate_stands()
        assert "ledger_entry_closed" in str(error.msg)
    finally:
        gate.install()
    assert gate_stands() == []


# --- verification -------------------------------------------------------------------------


def test_verification_finds_rows_and_snapshots_that_were_changed(
    grouped: Office, bulletin: Bulletin, scheme: Scheme, scorer: Client
) -> None:
    [made] = adopted(bulletin, grouped.unit, day=IN)
    closing = close(grouped)
    out = io.StringIO()
    call_command("verify_closings", stdout=out)
    assert "共核对1次结账，全部相符" in out.getvalue()
    assert closing.digest in out.getvalue()
    entry = Entry.objects.get()
    gate.remove()
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_entry SET hundredths = 900 WHERE id = %s", [entry.pk])
        told = [flaw.what for flaw in flaws_of(closing)]
        assert told == [f"{grouped.unit.name}：得分结账时为4分，现在合计9分。"]
        shown = scorer.get(reverse("closings"), {"verify": closing.pk}).content.decode()
        assert told[0] in shown
        assert "请立即报告系统管理员" in shown
        with pytest.raises(CommandError, match="1次结账核对不符"):
            call_command("verify_closings", stdout=io.StringIO())
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE adoptions_factline SET quantity = 3 WHERE fact_id = %s", [made.pk]
            )
        snapshot = json.loads(Closing.objects.get().snapshot)
        snapshot["groups"][0]["rows"][0][2] = "别的单位"
        with connection.cursor() as cursor:
            cursor.execute("UPDATE closings_closing SET snapshot = %s", [json.dumps(snapshot)])
        told = [flaw.what for flaw in flaws_of(Closing.objects.get())]
        assert told[0].startswith("快照与摘要不符")
        assert f"{grouped.unit.name}：采用结账时为1，现在合计3。" in told
    finally:
        gate.install()
    # A snapshot that was changed is never shown.
    snapshots._kept.clear()
    assert closed_ranking(*QUARTER) is None


def test_snapshot_holds_all_that_a_ranking_says(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    adopted(bulletin, grouped.unit, unit("未分组单位"), day=IN)
    found = counted_ranking(*QUARTER)
    text = text_of(snapshot_of(found))
    stored = json.loads(text)
    assert ranking_of(stored) == found
    assert text_of(stored) == text
    assert as_json(ranking_of(stored)) == as_json(found)


def test_older_snapshot_reads_with_new_figures_as_zero(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    adopted(bulletin, grouped.unit, day=IN)
    stored = json.loads(json.dumps(snapshot_of(counted_ranking(*QUARTER))))
    place = Figures._fields.index("forwarded")
    stored["figures"][place] = "no longer known"
    found = ranking_of(stored)
    assert found.totals.forwarded == 0
    assert found.totals.hundredths == 400


def test_units_people_see_their_part_of_a_closed_ranking(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    """The same part, whether counted or frozen, for every person and group."""
    alone, stranger = Office(unit("独户")), Office(unit("外组"))
    in_group(stranger.unit, "县直组", 2026)
    group = in_group(unit("县直乙"), "县直组", 2026)
    adopted(bulletin, grouped.unit, alone.unit, stranger.unit, unit("另一独户"), day=IN)
    people = [grouped.officer, alone.officer, stranger.signatory, grouped.scorer]
    asked = [(None, fresh(p)) for p in people] + [(group, None), (group, fresh(people[0]))]
    counted = [counted_ranking(*QUARTER, group=g, user=p) for g, p in asked]
    close(grouped)
    assert [ranking(*QUARTER, group=g, user=p) for g, p in asked] == counted


# --- pages --------------------------------------------------------------------------------


@pytest.fixture
def scorer(grouped: Office, client: Client) -> Client:
    client.force_login(grouped.scorer)
    return client


def test_scorer_closes_through_the_page(
    scorer: Client, grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    adopted(bulletin, grouped.unit, day=IN)
    days = {"start": "2026-01-01", "end": "2026-03-31"}
    page = scorer.get(reverse("close_period"), days)
    text = page.content.decode()
    assert "乡镇组" in text
    assert "乙镇" in text  # sent nothing
    digest = page.context["seen"].digest
    adopted(bulletin, grouped.unit, day=IN)
    stale = scorer.post(reverse("close_period"), {**days, "digest": digest})
    assert stale.status_code == 409
    assert "数据有变化" in stale.content.decode()
    assert not Closing.objects.exists()
    done = scorer.post(
        reverse("close_period"), {**days, "digest": stale.context["seen"].digest, "note": "一季度"}
    )
    assert done.status_code == 302
    closing = Closing.objects.get()
    assert (closing.closed_by, closing.note) == (grouped.scorer, "一季度")
    listed = scorer.get(reverse("closings")).content.decode()
    assert closing.digest in listed
    assert "核对相符" not in listed
    verified = scorer.get(reverse("closings"), {"verify": closing.pk}).content.decode()
    assert "核对相符" in verified
    for nonsense in ("x", "0", "９", "1" * 30):
        assert (
            "核对相符" not in scorer.get(reverse("closings"), {"verify": nonsense}).content.decode()
        )
    again = scorer.get(reverse("close_period"), days).content.decode()
    assert "已经结账" in again
    assert "serious" not in again


def test_marked_note_is_refused_at_the_door(scorer: Client) -> None:
    seen = preview(*QUARTER)
    answer = scorer.post(
        reverse("close_period"),
        {"start": "2026-01-01", "end": "2026-03-31", "digest": seen.digest, "note": "机密★10年"},
    )
    assert answer.status_code == 422
    assert not Closing.objects.exists()


def test_details_mark_what_came_late(
    grouped: Office, bulletin: Bulletin, scheme: Scheme, client: Client
) -> None:
    close(grouped)
    adopted(bulletin, grouped.unit, day=IN)
    client.force_login(grouped.officer)
    today = timezone.localdate()
    page = client.get(
        reverse("ranking_details", args=[grouped.unit.pk]), {"start": str(today), "end": str(today)}
    )
    assert page.content.decode().count("补计 2026-03-05") == 2


def test_others_meet_no_closing_page(grouped: Office, client: Client) -> None:
    client.force_login(person())
    for name in ("closings", "close_period", "rescore"):
        assert client.get(reverse(name)).status_code == 404
    client.force_login(grouped.editor)
    for name in ("closings", "close_period", "rescore"):
        assert client.get(reverse(name)).status_code in (302, 403)
