"""Reads of the tallies: whole months from them, the days that are left from the facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from scoring.ledger.models import Entry

from .keeping import CODE, FACT, LINE, TALLY
from .models import MONTHS
from .rules import Days, split

_EMPTY = "''"
_UNITS_AT_A_TIME = 1_000


@dataclass(slots=True)
class Sums:
    """What a unit has: tokens of what was counted, hundredths deducted, lines of flags of the
    years; and the points of each of the times asked for."""

    tokens: str
    deducted: int
    flags: str
    points: list[int]


def sums_of(
    counted: Days,
    times: Sequence[Days],
    units: Iterable[int] | None = None,
    *,
    afresh: bool = False,
) -> dict[int, Sums]:
    """Return what units have; units that have nothing do not stand in it.

    One query for each year; two more when a time begins or ends within a month.

    Args:
        counted: the days whose counts, deductions and flags are wanted.
        times: for each of these the points are wanted.
        units: only these; all when None.
        afresh: count the rows one by one and do not trust the tallies.
    """
    wanted = None if units is None else sorted(set(units))
    cut = _no_months if afresh else split
    months, rest = cut(*counted)
    by_time = [cut(*days) for days in times]
    years = {*months, *(day.year for days in rest for day in days)}
    years |= {year for whole, _rest in by_time for year in whole}
    found: dict[int, Sums] = {}
    if afresh:
        _add_flags(found, counted, len(times), wanted)
    for year in () if afresh else sorted(years):
        own = months.get(year, ())
        values = [
            _months("t", own, "||", _EMPTY),
            _months("d", own, "+", "0"),
            "flags",
            *(_months("p", whole.get(year, ()), "+", "0") for whole, _rest in by_time),
        ]
        sql = f"SELECT n.unit_id, {', '.join(values)} FROM {TALLY} n WHERE n.year = %s"  # noqa: S608
        _add(found, _rows(sql, [year], "", wanted))
    if rest:
        _add_counts(found, rest, len(times), wanted)
    if any(days for _whole, days in by_time) or rest:
        _add_points(found, rest, [days for _whole, days in by_time], wanted)
    return found


def _no_months(start: date, end: date) -> tuple[dict[int, list[int]], list[Days]]:
    return {}, [(start, end)] if start <= end else []


def _months(letter: str, months: Iterable[int], sign: str, nothing: str) -> str:
    return sign.join(f"{letter}{month:02}" for month in months) or nothing


def _rows(sql: str, params: list[Any], tail: str, units: list[int] | None) -> list[Any]:
    """Run a query through a plain cursor: the ORM would convert every number a second time."""
    with connection.cursor() as cursor:
        if units is None:
            cursor.execute(sql + tail, params)
            return cursor.fetchall()
        rows: list[Any] = []
        for start in range(0, len(units), _UNITS_AT_A_TIME):
            some = units[start : start + _UNITS_AT_A_TIME]
            marks = ", ".join(["%s"] * len(some))
            cursor.execute(f"{sql} AND n.unit_id IN ({marks}){tail}", [*params, *some])
            rows += cursor.fetchall()
        return rows


def _add(found: dict[int, Sums], rows: Iterable[Sequence[Any]]) -> None:
    for unit, tokens, deducted, flags, *points in rows:
        known = found.get(unit)
        if known is None:
            found[unit] = Sums(tokens, deducted, flags, points)
        else:
            known.tokens += tokens
            known.deducted += deducted
            known.flags += flags
            known.points = [a + b for a, b in zip(known.points, points, strict=True)]


def _add_counts(
    found: dict[int, Sums], rest: Sequence[Days], times: int, units: list[int] | None
) -> None:
    """Add the counts of days that make no whole month."""
    dates = " OR ".join(["n.date BETWEEN %s AND %s"] * len(rest))
    sql = (
        f"SELECT n.unit_id, {CODE} AS code, SUM(n.quantity) FROM {LINE} n"  # noqa: S608
        f" JOIN {FACT} f ON f.id = n.fact_id WHERE ({dates})"
    )
    days = [day for pair in rest for day in pair]
    rows = _rows(sql, days, " GROUP BY 1, 2", units)
    _add(
        found,
        ((unit, f"{code}*{n} ", 0, "", *([0] * times)) for unit, code, n in rows if code and n),
    )


def _add_flags(found: dict[int, Sums], counted: Days, times: int, units: list[int] | None) -> None:
    """Add the flags of some days, written as the tallies write them."""
    entries = Entry.objects.filter(date__range=counted).exclude(flag="").order_by("pk")
    if units is not None:
        entries = entries.filter(unit_id__in=units)
    rows = entries.values_list("unit_id", "date", "reverses_id", "flag")
    _add(
        found,
        (
            (unit, "", 0, f"{day:%Y-%m-%d}{'+' if gone is None else '-'}{flag}\n", *([0] * times))
            for unit, day, gone, flag in rows
        ),
    )


def _within(days: Iterable[Days]) -> Q:
    found = Q(pk__in=[])
    for pair in days:
        found |= Q(date__range=pair)
    return found


def _add_points(
    found: dict[int, Sums],
    rest: Sequence[Days],
    times: Sequence[Sequence[Days]],
    units: list[int] | None,
) -> None:
    """Add the points and deductions of days that make no whole month."""
    taken = Q(hundredths__lt=0, reverses=None) | Q(hundredths__gt=0, reverses__isnull=False)
    entries = Entry.objects.filter(_within([*rest, *(days for some in times for days in some)]))
    if units is not None:
        entries = entries.filter(unit_id__in=units)
    sums = {"gone": Sum("hundredths", filter=taken & _within(rest), default=0)}
    for n, some in enumerate(times):
        sums[f"p{n}"] = Sum("hundredths", filter=_within(some), default=0)
    rows: QuerySet[Any, Any] = entries.order_by().values_list("unit_id").annotate(**sums)
    _add(found, ((unit, "", gone, "", *points) for unit, gone, *points in rows))


def month_points(year: int, units: Iterable[int]) -> dict[int, list[int]]:
    """Return the points of units in each month of a year; one query."""
    columns = ", ".join(f"p{month:02}" for month in MONTHS)
    sql = f"SELECT n.unit_id, {columns} FROM {TALLY} n WHERE n.year = %s"  # noqa: S608
    return {unit: list(points) for unit, *points in _rows(sql, [year], "", sorted(set(units)))}


def months_of(year: int, unit: int) -> list[tuple[str, int]]:
    """Return the tokens and the points of a unit in each month of a year; one query."""
    columns = ", ".join(f"t{month:02}, p{month:02}" for month in MONTHS)
    sql = f"SELECT {columns} FROM {TALLY} n WHERE n.year = %s"  # noqa: S608
    rows = _rows(sql, [year], "", [unit])
    values = rows[0] if rows else ("", 0) * len(MONTHS)
    return list(zip(values[::2], values[1::2], strict=True))
