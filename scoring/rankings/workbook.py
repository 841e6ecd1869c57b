"""The ranking as sheets of a workbook: one per group, and 汇总 when there are several."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from .rules import Period
from .tables import Figures, GroupTable, Ranking
from .xlsx import Heading, Sheet, Value


def ranking_title(period: Period) -> str:
    """Return the title of tables and files."""
    return _("信息工作得分情况（%(period)s）") % {"period": period.dates_text}


def ranking_sheets(ranking: Ranking, *, printed_on: date) -> list[Sheet]:
    """Return the sheets of a ranking; `printed_on` is the local day (Asia/Shanghai)."""
    note = _("计分办法：%(scheme)s    制表日期：%(day)s") % {
        "scheme": ranking.scheme or _("无"),
        "day": Period(printed_on, printed_on).dates_text,
    }
    title = ranking_title(ranking.period)
    sheets = [
        Sheet(
            name=table.name,
            title=title if len(ranking.groups) == 1 else f"{title} {table.name}",
            note=note,
            headings=(Heading(_("排名")), Heading(_("单位")), *_count_headings(ranking)),
            rows=_unit_rows(ranking, table),
            totals=("", _("合计"), *_values(ranking, table.totals)),
            frozen=2,
        )
        for table in ranking.groups
    ]
    if len(sheets) != 1:
        sheets.insert(0, _summary(ranking, title, note))
    return sheets


def _summary(ranking: Ranking, title: str, note: str) -> Sheet:
    return Sheet(
        name=_("汇总"),
        title=title if ranking.groups else f"{title} {_('本期没有可排名的单位')}",
        note=note,
        headings=(Heading(_("分组")), Heading(_("单位数")), *_count_headings(ranking)),
        rows=(
            (table.name, len(table.rows), *_values(ranking, table.totals))
            for table in ranking.groups
        ),
        totals=(
            _("合计"),
            sum(len(table.rows) for table in ranking.groups),
            *_values(ranking, ranking.totals),
        ),
        frozen=1,
    )


def _count_headings(ranking: Ranking) -> tuple[Heading, ...]:
    return (
        Heading(_("报送条数")),
        Heading(_("上报条数")),
        *(
            Heading(_("%(level)s采用") % {"level": level}, tuple(c.name for c in columns))
            for level, columns in ranking.levels()
        ),
        Heading(_("采用合计")),
        Heading(_("采用率（%）")),
        Heading(_("得分")),
    )


def _unit_rows(ranking: Ranking, table: GroupTable) -> Iterator[tuple[Value, ...]]:
    for row in table.rows:
        yield (row.rank, row.unit, *_values(ranking, row.figures))


def _values(ranking: Ranking, figures: Figures) -> tuple[Value, ...]:
    return (
        figures.submitted,
        figures.forwarded,
        *(figures.adopted.get(column.bulletin_id, 0) for column in ranking.columns),
        figures.adopted_total,
        _number(figures.rate),
        _number(figures.points),
    )


def _number(text: str) -> Value:
    """Return decimal text as a number that Excel can add up; "—" (no rate) stays text."""
    return text if text == "—" else Decimal(text)
