"""The sheet 明细: every fact with what it earned, and points that come from no fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from infoflow.papers.xlsx import Heading, Paper, Sheet, Value
from scoring.adoptions.models import FactLine
from scoring.adoptions.rules import FactKind
from scoring.ledger.models import Entry
from scoring.schemes.rules import points_text

from .queries import clause_texts
from .rules import Period
from .tables import Ranking

_UNITS_AT_A_TIME = 50
_WIDTHS = (14, 20, 10, 10, 8, 20, 10, 14, 40, 6, 8, 40, 30, 12)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it stands in the ranking."""

    unit_id: int
    unit: str
    group: str


def places_of(ranking: Ranking, opens: Callable[[int], bool]) -> list[Place]:
    """Return the units whose facts are listed, in the ranking's order.

    Args:
        opens: tells whether the reader may see the facts of a unit.
    """
    return [
        Place(row.unit_id, row.unit, table.name)
        for table in ranking.groups
        for row in table.rows
        if opens(row.unit_id)
    ]


def _lines(places: Iterable[Place], period: Period) -> QuerySet[FactLine]:
    units = [place.unit_id for place in places]
    return FactLine.objects.filter(unit__in=units, date__range=(period.start, period.end))


def _entries(places: Iterable[Place], period: Period) -> QuerySet[Entry]:
    units = [place.unit_id for place in places]
    return Entry.objects.filter(unit__in=units, date__range=(period.start, period.end))


def rows_in(places: Sequence[Place], period: Period) -> int:
    """Return about how many rows the sheet will have; two queries for 500 units each."""
    found = 0
    for some in _batches(places, 500):
        found += _lines(some, period).count() + _entries(some, period).filter(fact=None).count()
    return found


def listing_sheet(places: Sequence[Place], period: Period, *, title: str, note: str) -> Sheet:
    """Return the sheet; its rows are read while it is written."""
    names = (
        *(_("分组"), _("单位"), _("计入日期"), _("发生日期"), _("事项"), _("刊物"), _("采用形式")),
        *(_("期号"), _("标题"), _("条数"), _("得分"), _("得分说明"), _("计分条款"), _("备注")),
    )
    return Sheet(
        name=_("明细"),
        title=title,
        note=note,
        headings=tuple(Heading(name) for name in names),
        rows=listing_rows(places, period),
        frozen=2,
        widths=_WIDTHS,
        paper=Paper.A3,
        filtered=True,
    )


def listing_rows(places: Sequence[Place], period: Period) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each line of a fact, and one for each entry without such a line.

    The column of points adds up to the points of the ranking, that of items to its counts.
    Units are read some at a time: memory does not grow with the number of facts.
    """
    clauses: dict[tuple[int, str, str], str] = {}
    for some in _batches(places, _UNITS_AT_A_TIME):
        lines: dict[int, list[FactLine]] = defaultdict(list)
        for line in _lines(some, period).select_related("fact", "bulletin").order_by("date", "pk"):
            lines[line.unit_id].append(line)
        entries: dict[int, list[Entry]] = defaultdict(list)
        for entry in _entries(some, period).select_related("fact__bulletin").order_by("date", "pk"):
            entries[entry.unit_id].append(entry)
        missing = {
            (entry.scheme_id, entry.block_id, entry.block_type)
            for found in entries.values()
            for entry in found
        } - clauses.keys()
        clauses.update(clause_texts(missing))
        for place in some:
            yield from _of_unit(place, lines[place.unit_id], entries[place.unit_id], clauses)


def _batches(places: Sequence[Place], size: int) -> Iterator[list[Place]]:
    them = iter(places)
    while some := list(islice(them, size)):
        yield some


def _of_unit(
    place: Place,
    lines: Iterable[FactLine],
    entries: Iterable[Entry],
    clauses: dict[tuple[int, str, str], str],
) -> Iterator[tuple[Value, ...]]:
    by_fact: dict[int | None, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_fact[entry.fact_id].append(entry)
    for line in lines:
        earned = by_fact.pop(line.fact_id, [])
        fact = line.fact
        yield (
            *(place.group, place.unit, line.date, line.happened),
            str(FactKind(line.kind).label),
            line.bulletin.name if line.bulletin else "",
            fact.get_form_display(),
            fact.issue_label,
            fact.title,
            line.quantity,
            *_points(earned, clauses),
            _remark(line.date, line.happened, withdrawn=line.quantity < 0),
        )
    for fact_id, found in by_fact.items():
        for entry in found:
            about = entry.fact if fact_id is not None else None
            yield (
                *(place.group, place.unit, entry.date, entry.earned),
                str(FactKind(about.kind).label) if about else _("计分项"),
                about.bulletin.name if about and about.bulletin else "",
                *("", ""),
                about.title if about else "",
                0,
                *_points([entry], clauses),
                _remark(entry.date, entry.earned, withdrawn=entry.reverses_id is not None),
            )


def _points(
    entries: Sequence[Entry], clauses: dict[tuple[int, str, str], str]
) -> tuple[Value, str, str]:
    """Return the points of some entries, their sentences and their clauses."""
    total = sum(entry.hundredths for entry in entries)
    names = (clauses[entry.scheme_id, entry.block_id, entry.block_type] for entry in entries)
    return (
        Decimal(points_text(total)),
        "；".join(entry.sentence for entry in entries),
        "；".join(dict.fromkeys(names)),
    )


def _remark(day: date, happened: date, *, withdrawn: bool) -> str:
    """Return what is unusual about a row."""
    parts = [_("补计")] if day != happened else []
    return "、".join([*parts, _("撤回")] if withdrawn else parts)
