"""Counting a long period by months gives what counting every decision gives."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cms.review import flow, flow_tally
from cms.review.flow_rules import Period, parts_of
from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from tests.bench.library import Writer, year_folders
from tests.builders import Office

DAY = timedelta(days=1)
days = st.dates(min_value=date(2023, 12, 1), max_value=date(2026, 12, 31))


@given(days, st.integers(min_value=0, max_value=900), days)
def test_parts_cover_a_period_once(start: date, length: int, over: date) -> None:
    period = Period(start, start + timedelta(days=length))
    whole, rest = parts_of(period, over)
    for month in whole:
        assert month.start.day == 1
        assert (month.end + DAY).day == 1
        assert month.end < over
    parts = sorted((*whole, *rest), key=lambda part: part.start)
    assert (parts[0].start, parts[-1].end) == (period.start, period.end)
    assert all(one.end + DAY == two.start for one, two in pairwise(parts))
    # A month in the middle of what is over is never counted anew.
    assert len(rest) <= 2


def slow(period: Period) -> dict[str, tuple[Counter[str], int, list[int]]]:
    """Every decision by itself."""
    found: dict[str, tuple[Counter[str], int, list[int]]] = {}
    for step in flow_tally.STEPS:
        rows = [
            row
            for row in Decision.objects.filter(step=step, verdict__in=flow_tally.ENDING)
            if period.start <= timezone.localdate(row.at) <= period.end
        ]
        late = sum(1 for row in rows if row.due_at and row.due_at < row.at)
        minutes = sorted(row.waited for row in rows if row.waited is not None)
        found[step] = (Counter(row.verdict for row in rows), late, minutes)
    return found


def fast(period: Period, now: datetime) -> dict[str, tuple[Counter[str], int, list[int]]]:
    found = flow_tally.tally(period, now)
    return {
        step: (+found.counts[step], found.late[step], sorted(found.minutes(step).tolist()))
        for step in flow_tally.STEPS
    }


def filled(office: Office, count: int = 60) -> Writer:
    """Items of the last two years, passed and returned."""
    this_year = timezone.localdate().year
    writer = Writer(office, year_folders([this_year]))
    for n in range(count):
        at = writer.now - timedelta(days=n * 12, hours=n)
        writer.item("returned" if n % 5 == 0 else "pool", at, own=True)
    writer.flush()
    return writer


@pytest.fixture
def years() -> Period:
    today = timezone.localdate()
    return Period(today - timedelta(days=800), today)


@pytest.mark.django_db
def test_counts_what_is_there(office: Office, years: Period) -> None:
    filled(office)
    for start in (years.start, years.end - timedelta(days=40), years.end):
        period = Period(start, years.end)
        assert fast(period, timezone.now()) == slow(period)
    assert sum(sum(row[0].values()) for row in slow(years).values()) > 100


@pytest.mark.django_db(transaction=True)
def test_kept_months_hold_until_something_falls_into_them(years: Period) -> None:
    flow_tally.months.forget()
    office = Office()
    filled(office, 30)
    now = timezone.now()
    assert fast(years, now) == slow(years)
    kept = dict(flow_tally.months.rows)
    assert len(kept) > 20
    # Something new of today leaves them, and is counted.
    item = office.signed()
    assert fast(years, timezone.now()) == slow(years)
    assert flow_tally.months.rows.keys() == kept.keys()
    assert all(flow_tally.months.rows[month] is rows for month, rows in kept.items())
    # Something of last year does not.
    Decision.objects.create(
        page_id=item.pk,
        revision_id=item.latest_revision_id,
        step=Step.SCREEN,
        verdict=Verdict.PASS,
        person=office.editor,
        at=now - timedelta(days=300),
        waited=77,
    )
    assert fast(years, timezone.now()) == slow(years)
    flow_tally.months.forget()


@pytest.mark.django_db
def test_lines_of_the_page(office: Office, years: Period) -> None:
    filled(office, 20)
    lines = {line.step: line for line in flow.step_lines(years, timezone.now())}
    counts, _late, minutes = slow(years)[Step.SCREEN]
    assert (lines[Step.SCREEN].returned, lines[Step.SCREEN].passed) == (
        counts[Verdict.RETURN],
        counts[Verdict.PASS],
    )
    assert min(counts.values()) > 0
    assert lines[Step.SCREEN].decided == len(minutes)
    assert lines[Step.RECHECK].spread is None
    spread = lines[Step.SIGN].spread
    assert spread is not None
    assert spread.median <= spread.ninety
