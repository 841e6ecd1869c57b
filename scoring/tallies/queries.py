"""Reads of the tallies: whole months from them, the days that are left from the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from scoring.adoptions.rules import FactKind
from scoring.ledger.models import Entry

from .keeping import CODE, DEDUCTION, ENTRY, FACT, LINE, TALLY
from .models import MONTHS
from .rules import FORWARDED, SUBMITTED, Days, split

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


def _each(
    selects: Iterable[tuple[str, Days]], tail: str, units: list[int] | None
) -> Iterator[Sequence[Any]]:
    """Yield the rows of several SELECTs, each of one time, run as one statement.

    Each goes along an index by itself; joined by OR they would read whole rows (SQLite:
    fifteen times as long).
    """
    given = list(selects)
    if not given:
        return
    step = _UNITS_AT_A_TIME
    slices: list[list[int] | None] = [None]
    if units is not None:
        slices = [units[n : n + step] for n in range(0, len(units), step)]
    for some in slices:
        only = "" if some is None else f" AND n.unit_id IN ({', '.join(['%s'] * len(some))})"
        sql = " UNION ALL ".join(
            f"{select} WHERE n.date BETWEEN %s AND %s{only}{tail}" for select, _days in given
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, [p for _select, days in given for p in (*days, *(some or ()))])
            yield from cursor.fetchall()


_PLAIN = (
    f"CASE n.kind WHEN '{FactKind.SUBMISSION.value}' THEN '{SUBMITTED}'"
    f" WHEN '{FactKind.FORWARDING.value}' THEN '{FORWARDED}' END"
)
_OF_FACT = tuple(
    str(kind.value) for kind in (FactKind.ADOPTION, FactKind.INSTRUCTION, FactKind.COMMISSION)
)


def _add_counts(
    found: dict[int, Sums], rest: Sequence[Days], times: int, units: list[int] | None
) -> None:
    """Add the counts of days that make no whole month."""
    # Where the kind alone says the code, the lines' index has everything.
    plain = f"SELECT n.unit_id, {_PLAIN} AS code, SUM(n.quantity) FROM {LINE} n"  # noqa: S608
    others = (
        f"SELECT n.unit_id, {CODE} AS code, SUM(n.quantity) FROM {LINE} n"  # noqa: S608
        f" JOIN {FACT} f ON f.id = n.fact_id AND n.kind IN {_OF_FACT}"
    )
    selects = [(select, days) for days in rest for select in (plain, others)]
    rows = _each(selects, " GROUP BY 1, 2", units)
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


# A slot of `points`, or this for what was deducted.
_GONE = -1
_DEDUCTED = f"SUM(CASE WHEN {DEDUCTION} THEN n.hundredths ELSE 0 END)"


def _add_points(
    found: dict[int, Sums],
    rest: Sequence[Days],
    times: Sequence[Sequence[Days]],
    units: list[int] | None,
) -> None:
    """Add the points and deductions of days that make no whole month."""
    wanted = [(_GONE, _DEDUCTED, days) for days in rest]
    wanted += [(n, "SUM(n.hundredths)", days) for n, some in enumerate(times) for days in some]
    selects = [
        (f"SELECT n.unit_id, {slot}, {value} FROM {ENTRY} n", days)  # noqa: S608
        for slot, value, days in wanted
    ]
    for unit, slot, number in _each(selects, " GROUP BY n.unit_id", units):
        sums = found.get(unit)
        if sums is None:
            sums = found[unit] = Sums("", 0, "", [0] * len(times))
        if slot == _GONE:
            sums.deducted += number
        else:
            sums.points[slot] += number


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


def month_totals(year: int) -> list[int]:
    """Return the points of all units together in each month of a year; one query."""
    columns = ", ".join(f"COALESCE(SUM(p{month:02}), 0)" for month in MONTHS)
    rows = _rows(f"SELECT {columns} FROM {TALLY} n WHERE n.year = %s", [year], "", None)  # noqa: S608
    return [int(value) for value in rows[0]]
