"""结账: what was closed never changes; what comes later counts in the open period, marked."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
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
from scoring.rankings.queries import counted_ranking, ranking
from scoring.rankings.snapshots import digest_of, snapshot_of, text_of
from scoring.schemes.actions import end_scheme, publish_scheme
from scoring.schemes.models import Scheme
from scoring.settling.actions import Changed, close_period
from scoring.settling.queries import preview
from tests.builders import Office, in_group, unit
from tests.scoring.test_ledger import YEAR, adopted, scheme_of, total

from .conftest import AFTER, IN, QUARTER, close, printed

pytestmark = pytest.mark.django_db

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
