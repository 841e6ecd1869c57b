"""From the count to what a 通报 is made from. Few queries, whatever the number of units."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from django.utils.translation import gettext as _

from cms.bulletins.models import Level
from infoflow.papers.parts import Table
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind, Mark
from scoring.progress.models import ZeroReport
from scoring.rankings.queries import ranking
from scoring.rankings.rules import Period, months_around, months_before
from scoring.rankings.tables import Ranking
from scoring.schemes.rules import points_text
from scoring.urgent.queries_statistics import period_statistics
from scoring.urgent.rules_statistics import sentences_of, table_of

from .rules import CircularData, LevelNumbers, UnitNumbers, rate_shown

ITEMS_MAX = 2_000
ITEMS_SHOWN_MAX_TITLE = 60


def period_before(period: Period) -> Period:
    """Return the period of the same length before: the calendar one where it is one."""
    for months in (1, 3, 6, 12):
        if months_around(period.end, months) == period:
            return months_before(period.end, months)
    days = period.end - period.start
    end = period.start - timedelta(days=1)
    return Period(end - days, end)


def circular_data(period: Period, *, top: int = 3) -> CircularData:
    """Return everything that the 通报 of a period says."""
    found = ranking(period.start, period.end)
    last = period_before(period)
    before = ranking(last.start, last.end)
    answered = _answered(period)
    urgent = period_statistics(period.start, period.end)
    units = tuple(
        UnitNumbers(
            name=row.unit,
            group=table.name,
            rank=row.rank,
            submitted=row.figures.submitted,
            adopted=row.figures.adopted_total,
            hundredths=row.figures.hundredths,
            points=row.figures.points,
            silent=row.figures.submitted <= 0 and row.unit_id not in answered,
        )
        for table in found.groups
        for row in table.rows
    )
    return CircularData(
        period=period.label,
        basis=found.schemes,
        units=units,
        submitted_before=before.totals.submitted,
        adopted_before=before.totals.adopted_total,
        levels=_levels(found),
        commissions=_commissions(period),
        instructions=Fact.objects.standing()
        .filter(kind=FactKind.INSTRUCTION, date__range=(period.start, period.end))
        .count(),
        rate=found.totals.rate,
        items=_items(period),
        score_tables=tuple(_score_table(found, n) for n in range(len(found.groups))),
        top=top,
        urgent=tuple(sentences_of(urgent)),
        urgent_table=table_of(urgent) if urgent.outcomes else None,
    )


def _answered(period: Period) -> set[int]:
    """Return the units whose 零报告 lies in the period."""
    said = ZeroReport.objects.filter(start__gte=period.start, end__lte=period.end)
    return set(said.values_list("unit_id", flat=True))


def _commissions(period: Period) -> tuple[int, int, int]:
    marks = Counter(
        Fact.objects.standing()
        .filter(kind=FactKind.COMMISSION, date__range=(period.start, period.end))
        .values_list("mark", flat=True)
    )
    return marks[Mark.DONE], marks[Mark.LATE], marks[Mark.MISSED]


def _levels(found: Ranking) -> tuple[LevelNumbers, ...]:
    rows = [row for table in found.groups for row in table.rows]
    levels = []
    for level, columns in found.levels():
        numbers = tuple(
            (row.unit, sum(row.figures.adopted.get(c.bulletin_id, 0) for c in columns))
            for row in rows
        )
        levels.append(LevelNumbers(level, numbers))
    return tuple(levels)


def _items(period: Period) -> tuple[tuple[str, ...], ...]:
    lines = (
        FactLine.objects.filter(
            kind=FactKind.ADOPTION,
            date__range=(period.start, period.end),
            fact__reverses=None,
            fact__reversed_by=None,
        )
        .order_by("date", "bulletin__level", "bulletin__order", "fact_id", "position")
        .values_list("date", "unit__name", "bulletin__name", "bulletin__level", "fact__title")
    )
    return tuple(
        (
            f"{day:%Y-%m-%d}",
            unit,
            f"《{bulletin}》（{Level(level).label}）",
            title[:ITEMS_SHOWN_MAX_TITLE],
        )
        for day, unit, bulletin, level, title in lines[:ITEMS_MAX]
    )


def _score_table(found: Ranking, n: int) -> tuple[str, Table]:
    table = found.groups[n]
    headings = (
        *(_("排名"), _("单位"), _("报送"), _("上报")),
        *(_("%(level)s采用") % {"level": level} for level, _columns in found.levels()),
        *(_("采用率%"), _("得分")),
    )
    rows = []
    for row in table.rows:
        figures = row.figures
        by_level = tuple(
            str(sum(figures.adopted.get(c.bulletin_id, 0) for c in columns))
            for _level, columns in found.levels()
        )
        counted = (str(figures.submitted), str(figures.forwarded))
        rate = rate_shown(figures.submitted, figures.adopted_total, figures.rate)
        ends = (rate, points_text(figures.hundredths))
        rows.append((str(row.rank), row.unit, *counted, *by_level, *ends))
    return table.name, Table(headings, tuple(rows))


def day_text(day: date) -> str:
    """Return a day as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"
