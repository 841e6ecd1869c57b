"""Progress as sheets of a workbook: how units stand, and the tables of targets.

A table of targets has two pairs of columns side by side, as offices print it: the first half
of the units at the left, the second at the right. Source: domain rules, "Notices".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from infoflow.papers.xlsx import Heading, Sheet, Value
from scoring.rankings.rules import Period
from scoring.rankings.workbook import signatures
from scoring.schemes.periods import Span
from scoring.schemes.rules import Measure, points_text

from .queries import TargetLine, UnitProgress
from .rules import share_text

# Unit, and one of its targets.
Kept = tuple[str, TargetLine]


def progress_title(span: Span) -> str:
    """Return the title of the workbook and its file."""
    return _("报送进度与任务完成情况（%(span)s）") % {"span": span.text}


def progress_sheets(
    rows: Sequence[UnitProgress], span: Span, *, printed_on: date, today: date
) -> list[Sheet]:
    """Return the sheet of all units, and one for each group and kind of target.

    Args:
        printed_on: the local day (Asia/Shanghai).
        today: the day up to which the pace is counted.
    """
    note = _("统计截至：%(today)s    制表日期：%(day)s") % {
        "today": Period(min(today, span.end), min(today, span.end)).dates_text,
        "day": Period(printed_on, printed_on).dates_text,
    }
    return [_states(rows, span, note), *_target_sheets(rows, note)]


def _states(rows: Iterable[UnitProgress], span: Span, note: str) -> Sheet:
    names = (
        *(_("序号"), _("单位"), _("分组"), _("报送条数"), _("采用条数"), _("状态")),
        *(_("连续零报送期数"), _("零报告说明"), _("年末突击"), _("一般动态")),
    )
    return Sheet(
        name=_("进度"),
        title=progress_title(span),
        note=note,
        headings=tuple(Heading(name) for name in names),
        rows=[
            (
                *(n, row.unit, row.group, row.submitted, row.adopted, str(row.state.label)),
                *(row.in_a_row or None, row.reason),
                *(share_text(row.rush), share_text(row.plain)),
            )
            for n, row in enumerate(rows, start=1)
        ],
        frozen=2,
        foot=signatures(),
    )


def _target_sheets(rows: Iterable[UnitProgress], note: str) -> Iterator[Sheet]:
    kept: dict[tuple[str, str, str], list[Kept]] = {}
    for row in rows:
        for line in row.targets:
            key = (row.group, line.target.per, line.target.measure)
            kept.setdefault(key, []).append((row.unit, line))
    for (group, _per, measure), lines in kept.items():
        span = lines[0][1].span
        name = _("%(span)s%(measure)s") % {"span": span.text, "measure": Measure(measure).label}
        group = group or _("未分组")
        yield Sheet(
            name=f"{group} {name}",
            title=_("%(group)s%(name)s任务完成情况") % {"group": group, "name": name},
            note=note,
            headings=_headings() * 2,
            rows=list(_pairs(lines)),
            totals=_totals([line for _unit, line in lines]),
            foot=signatures(),
        )


def _headings() -> tuple[Heading, ...]:
    names = (_("序号"), _("单位"), _("任务"), _("完成"), _("完成率（%）"), _("还差"))
    return tuple(Heading(name) for name in names)


def _pairs(lines: Sequence[Kept]) -> Iterator[tuple[Value, ...]]:
    half = -(-len(lines) // 2)
    for n in range(half):
        right = half + n
        yield (
            *_cells(n + 1, *lines[n]),
            *(_cells(right + 1, *lines[right]) if right < len(lines) else (None,) * 6),
        )


def _cells(number: int, unit: str, line: TargetLine) -> tuple[Value, ...]:
    pace = line.pace
    rate = pace.percent
    return (
        number,
        unit,
        _number(pace.target),
        _number(pace.done),
        rate if rate == "—" else int(rate),
        _number(pace.shortfall),
    )


def _totals(lines: Sequence[TargetLine]) -> tuple[Value, ...]:
    """Return the line of sums; what some have beyond their target does not help the others."""
    target = sum(line.pace.target for line in lines)
    done = sum(line.pace.done for line in lines)
    rate = (200 * done + target) // (2 * target) if target > 0 else "—"
    short = sum(line.pace.shortfall for line in lines)
    sums = (None, _("合计"), _number(target), _number(done), rate, _number(short))
    return (*sums, *(None,) * 6)


def _number(hundredths: int) -> Value:
    return Decimal(points_text(hundredths))
