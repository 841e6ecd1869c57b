"""Commissions as sheets of a workbook: every asked unit, and the record of units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from infoflow.papers.xlsx import Heading, Sheet, Value
from infoflow.worktime.rules import local

from .models import AskedUnit
from .queries_office import YearOfUnit
from .rules import outcome_of
from .standing import Standing


def commission_title(year: int) -> str:
    """Return the title of the workbook and its file."""
    return _("%(year)s年约稿办理情况") % {"year": year}


def _moment(at: datetime | None) -> Value:
    return f"{local(at):%Y-%m-%d %H:%M}" if at else None


def commission_sheets(
    year: int,
    rows: Sequence[AskedUnit],
    stands: Mapping[int, Standing],
    units: Sequence[YearOfUnit],
    *,
    printed_on: date,
) -> list[Sheet]:
    """Return the sheets; no title of an item stands in them.

    Args:
        printed_on: the local day (Asia/Shanghai).
    """
    note = _("制表日期：%(day)s") % {"day": printed_on.isoformat()}
    title = commission_title(year)
    return [_units(title, note, units), _all(title, note, rows, stands)]


def _units(title: str, note: str, units: Sequence[YearOfUnit]) -> Sheet:
    names = (_("单位"), _("约稿"), _("按时"), _("迟报"), _("未报"), _("零报告"), _("未办结"))
    return Sheet(
        name=_("单位情况"),
        title=title,
        note=note,
        headings=tuple(Heading(n) for n in (*names, _("延期"), _("催办次数"), _("被采用"))),
        rows=[
            (
                *(u.unit.name, u.asked, u.on_time, u.late, u.missed, u.nothing, u.open),
                *(u.extended, u.urged, u.adopted),
            )
            for u in units
        ],
        frozen=1,
    )


def _all(title: str, note: str, rows: Sequence[AskedUnit], stands: Mapping[int, Standing]) -> Sheet:
    names = (
        *(_("编号"), _("题目"), _("来源"), _("单位"), _("分工"), _("下达"), _("截止")),
        *(_("签收"), _("签收人"), _("承办人"), _("报送"), _("状态"), _("结果"), _("稿件数")),
    )
    return Sheet(
        name=_("约稿明细"),
        title=title,
        note=note,
        headings=tuple(Heading(name) for name in names),
        rows=[_line(row, stands[row.pk]) for row in rows],
        frozen=4,
    )


def _line(row: AskedUnit, found: Standing) -> tuple[Value, ...]:
    ended = outcome_of(found.facts)
    said = row.commission
    return (
        said.number_text,
        said.title,
        said.superior or said.get_origin_display(),
        row.unit.name,
        row.part,
        _moment(row.asked_at),
        _moment(row.due_at),
        _moment(row.signed_at),
        str(row.signed_by or ""),
        str(row.person or ""),
        _moment(found.facts.submitted),
        str(found.state.label),
        str(ended[0].label) if ended else "",
        len(found.answers),
    )
