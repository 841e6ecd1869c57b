"""Tables as offices print them. Pure: a row of figures in, cells out.

Source: domain rules, "Notices" (headings seen in published notices) and published table C.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.papers.xlsx import Heading, Value
from scoring.schemes.rules import points_text

from .parts import Parts
from .shown import change_of
from .tables import Column, Figures, GroupTable, Ranking, Row


class Layout(TextChoices):
    """Which columns a table has."""

    FULL = "full", gettext_lazy("综合得分表（全部数字）")
    LEVELS = "levels", gettext_lazy("分级得分表（本级、上级采用与得分）")
    MONTHLY = "monthly", gettext_lazy("月度得分表（本期与全年累计）")
    NOTICE = "notice", gettext_lazy("通报附表（按刊物，附各级累计得分）")
    RATES = "rates", gettext_lazy("报送采用率表（报送、采用、采用率）")


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's row, or the totals of a group."""

    number: int | None
    row: Row
    parts: Parts
    total: bool = False

    @property
    def figures(self) -> Figures:
        return self.row.figures


@dataclass(frozen=True, slots=True)
class Part:
    """Some columns under one heading; `summed`: they also mean something for a whole group."""

    heading: Heading
    cells: Callable[[Line], tuple[Value, ...]]
    summed: bool = True


def one(name: str, cell: Callable[[Line], Value], *, summed: bool = True) -> Part:
    """Return a single column."""
    return Part(Heading(name), lambda line: (cell(line),), summed)


def lines_of(table: GroupTable, parts: Mapping[int, Parts]) -> tuple[list[Line], Line]:
    """Return the lines of a group in the order of its rows, and its totals."""
    nothing = Parts()
    lines = [
        Line(number, row, parts.get(row.unit_id, nothing))
        for number, row in enumerate(table.rows, start=1)
    ]
    return lines, total_of(table.totals, table.total, (line.parts for line in lines))


def total_of(figures: Figures, total: int, parts: Iterable[Parts]) -> Line:
    """Return the line of totals."""
    summed = Parts()
    for part in parts:
        summed.add(part)
    return Line(None, Row(0, 0, _("合计"), figures, total), summed, total=True)


def columns_of(layout: Layout, ranking: Ranking) -> list[Part]:
    """Return the columns of a layout for what this ranking holds."""
    return _LAYOUTS[layout](ranking)


def points(hundredths: int) -> Value:
    """Return points as a number that Excel can add up."""
    return Decimal(points_text(hundredths))


def rate(figures: Figures) -> Value:
    """Return adopted per hundred submitted; "—" where there is no rate."""
    return figures.rate if figures.rate == "—" else Decimal(figures.rate)


def _rank() -> Part:
    return one(_("排名"), lambda line: None if line.total else line.row.rank, summed=False)


def _number() -> Part:
    return one(_("序号"), lambda line: line.number, summed=False)


def _unit() -> Part:
    return one(_("单位"), lambda line: line.row.unit, summed=False)


def _bulletins(
    level: str, columns: Sequence[Column], more: Iterable[tuple[str, Callable[[Line], Value]]] = ()
) -> Part:
    """Return the bulletins of a level under one heading, and further columns there."""
    ids = [column.bulletin_id for column in columns]
    further = list(more)

    def cells(line: Line) -> tuple[Value, ...]:
        counts = (line.figures.adopted.get(pk, 0) for pk in ids)
        return (*counts, *(cell(line) for _name, cell in further))

    names = (*(column.name for column in columns), *(name for name, _cell in further))
    return Part(Heading(_("%(level)s采用") % {"level": level}, names), cells)


def _level_points(columns: Sequence[Column], *, in_year: bool) -> Callable[[Line], Value]:
    """Return the points of the level of some bulletins."""
    level = columns[0].level

    def cell(line: Line) -> Value:
        parts = line.parts.by_level_in_year if in_year else line.parts.by_level
        return points(parts.get(level, 0))

    return cell


def _full(ranking: Ranking) -> list[Part]:
    """Everything; columns that would be empty throughout are left out."""
    totals = ranking.totals
    parts = [
        _rank(),
        _unit(),
        one(_("报送条数"), lambda line: line.figures.submitted),
        one(_("上报条数"), lambda line: line.figures.forwarded),
        *(_bulletins(level, columns) for level, columns in ranking.levels()),
        one(_("采用合计"), lambda line: line.figures.adopted_total),
    ]
    if totals.merged:
        parts.append(one(_("其中合并采用"), lambda line: sum(line.figures.merged.values())))
    parts.append(one(_("采用率（%）"), lambda line: rate(line.figures)))
    if totals.instructions:
        parts.append(one(_("批示件次"), lambda line: line.figures.instructed))
    if totals.commissions:
        parts.append(one(_("约稿件次"), lambda line: sum(line.figures.commissions.values())))
    if totals.deducted:
        parts.append(one(_("扣分"), lambda line: points(line.figures.deducted)))
    parts += [
        one(_("得分"), lambda line: points(line.figures.hundredths)),
        one(_("累计得分"), lambda line: points(line.row.total)),
    ]
    rows = [row for table in ranking.groups for row in table.rows]
    for heading, field in ((_("比上期"), "before"), (_("比上年"), "last_year")):
        then = attrgetter(field)
        if any(then(row) is not None for row in rows):
            parts.append(one(heading, _change(ranking, then), summed=False))
    if any(row.flags for row in rows):
        parts.append(one(_("备注"), lambda line: "、".join(line.row.flags), summed=False))
    return parts


def _change(ranking: Ranking, then: Callable[[Row], int | None]) -> Callable[[Line], Value]:
    """Return the change of rank as the page shows it (▲2, ▼1, —, 新)."""
    # Nobody is new in a group in which nobody had a rank.
    ranked = {
        row.unit_id
        for table in ranking.groups
        if any(then(other) is not None for other in table.rows)
        for row in table.rows
    }

    def cell(line: Line) -> Value:
        row = line.row
        change = change_of(row.rank, then(row), ranked=row.unit_id in ranked)
        return "" if line.total or change is None else change.text

    return cell


def _levels(ranking: Ranking) -> list[Part]:
    """排名|单位|本级采用条数|得分|上级采用条数|得分|本期得分."""
    parts = [_rank(), _unit()]
    for level, columns in ranking.levels():
        parts.append(_level(level, columns))

    def rest(line: Line) -> Value:
        known = sum(line.parts.by_level.values())
        return points(line.figures.hundredths - known)

    return [
        *parts,
        one(_("其他得分"), rest),
        one(_("本期得分"), lambda line: points(line.figures.hundredths)),
    ]


def _level(level: str, columns: Sequence[Column]) -> Part:
    """Return adoptions and points of a level."""
    ids = [column.bulletin_id for column in columns]
    scored = _level_points(columns, in_year=False)
    return Part(
        Heading(_("%(level)s采用") % {"level": level}, (_("条数"), _("得分"))),
        lambda line: (sum(line.figures.adopted.get(pk, 0) for pk in ids), scored(line)),
    )


def _monthly(ranking: Ranking) -> list[Part]:
    """单位|本期报送|全年累计|采用条数|刊物×{独立, 合并}|报送分|采用分|本期分|累计分."""
    parts = [
        _unit(),
        one(_("本期报送"), lambda line: line.figures.submitted),
        one(_("全年累计报送"), lambda line: line.parts.submitted_in_year),
        one(_("采用条数"), lambda line: line.figures.adopted_total),
    ]
    for column in ranking.columns:
        parts.append(_by_form(column))

    def rest(line: Line) -> Value:
        known = line.parts.for_submissions + line.parts.for_adoptions
        return points(line.figures.hundredths - known)

    return [
        *parts,
        one(_("报送分"), lambda line: points(line.parts.for_submissions)),
        one(_("采用分"), lambda line: points(line.parts.for_adoptions)),
        one(_("其他分"), rest),
        one(_("本期分"), lambda line: points(line.figures.hundredths)),
        one(_("累计分"), lambda line: points(line.row.total)),
    ]


def _by_form(column: Column) -> Part:
    """Return a bulletin's adoptions carried alone, and merged or as one sentence."""
    pk = column.bulletin_id

    def cells(line: Line) -> tuple[Value, ...]:
        merged = line.figures.merged.get(pk, 0)
        return line.figures.adopted.get(pk, 0) - merged, merged

    return Part(Heading(column.name, (_("独立"), _("合并、一句话"))), cells)


def _notice(ranking: Ranking) -> list[Part]:
    """单位|报送条数|累计条数|本级采用{刊物, 上报}|累计得分|上级采用|累计得分|得分|累计得分."""
    parts = [
        _unit(),
        one(_("报送条数"), lambda line: line.figures.submitted),
        one(_("累计条数"), lambda line: line.parts.submitted_in_year),
    ]
    sent_up = (_("上报"), lambda line: line.figures.forwarded)
    for n, (level, columns) in enumerate(ranking.levels()):
        parts.append(_bulletins(level, columns, [sent_up] if n == 0 else []))
        parts.append(one(_("累计得分"), _level_points(columns, in_year=True)))
    if not ranking.columns:
        parts.append(one(_("上报"), lambda line: line.figures.forwarded))
    return [
        *parts,
        one(_("得分"), lambda line: points(line.figures.hundredths)),
        one(_("全年累计得分"), lambda line: points(line.row.total)),
    ]


def _rates(ranking: Ranking) -> list[Part]:
    """序号|单位|报送数|采用数|采用率."""
    return [
        _number(),
        _unit(),
        one(_("报送数"), lambda line: line.figures.submitted),
        one(_("采用数"), lambda line: line.figures.adopted_total),
        one(_("采用率（%）"), lambda line: rate(line.figures)),
    ]


_LAYOUTS: dict[Layout, Callable[[Ranking], list[Part]]] = {
    Layout.FULL: _full,
    Layout.LEVELS: _levels,
    Layout.MONTHLY: _monthly,
    Layout.NOTICE: _notice,
    Layout.RATES: _rates,
}
