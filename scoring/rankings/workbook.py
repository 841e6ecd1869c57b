"""The ranking as sheets of a workbook: one per group, 汇总 when there are several, and 明细."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO

from django.utils.translation import gettext as _

from infoflow.papers.xlsx import Heading, Paper, Sheet, Value, write_workbook

from .assessment import Assessment
from .layouts import Layout, Line, Part, columns_of, lines_of, total_of
from .listing import Place, listing_sheet, places_of, rows_in
from .parts import Parts, parts_of
from .rules import Period
from .tables import GroupTable, Ranking

# Above this many rows of 明细 the file is written as it is read, without lines around cells.
STREAMED_FROM = 20_000
# More columns than these are no longer legible on A4.
_A4_COLUMNS = 18


@dataclass(frozen=True, slots=True)
class Options:
    """How a workbook looks. `paper` None: A4, or A3 for wide tables."""

    layout: Layout = Layout.FULL
    paper: Paper | None = None
    listing: bool = True


def ranking_title(period: Period) -> str:
    """Return the title of tables and files."""
    return _("信息工作得分情况（%(period)s）") % {"period": period.dates_text}


def write_ranking(
    ranking: Ranking,
    out: IO[bytes],
    *,
    printed_on: date,
    opens: Callable[[int], bool],
    options: Options | None = None,
    listing_max: int | None = None,
    assessed: Assessment | None = None,
) -> None:
    """Write the workbook of a ranking; reads the facts behind it for 明细.

    Args:
        printed_on: the local day (Asia/Shanghai).
        opens: tells whether the reader may see the facts of a unit.
        listing_max: with more rows than these, 明细 says how to get them instead.
        assessed: the year's conversion; a sheet of its own in the full layout.
    """
    options = options or Options()
    parts = parts_of(ranking.period.start, ranking.period.end)
    sheets = ranking_sheets(ranking, parts, printed_on=printed_on, options=options)
    if assessed is not None and options.layout == Layout.FULL:
        sheets.append(_assessment_sheet(assessed, ranking, printed_on))
    places = places_of(ranking, opens) if options.listing else []
    streamed = False
    if places:
        number = rows_in(places, ranking.period)
        if listing_max is not None and number > listing_max:
            sheets.append(_too_many(ranking, number, listing_max, printed_on))
        else:
            streamed = number > STREAMED_FROM
            sheets.append(_listing(ranking, places, printed_on))
    write_workbook(sheets, out, streamed=streamed)


def _listing(ranking: Ranking, places: Sequence[Place], printed_on: date) -> Sheet:
    return listing_sheet(
        places,
        ranking.period,
        title=_("信息工作得分明细（%(period)s）") % {"period": ranking.period.dates_text},
        note=_note(ranking, printed_on),
    )


def _assessment_sheet(assessed: Assessment, ranking: Ranking, printed_on: date) -> Sheet:
    """Return 年度折算: every group's units with the year's points and what they come to."""

    def cell(text: str | None) -> Value:
        return _("没有任务") if text is None else Decimal(text)

    rule = "".join(assessed.lines)
    closed = _("全年已结账，不再变动。") if assessed.frozen else ""
    day = _("制表日期：%(day)s") % {"day": printed_on.isoformat()}
    return Sheet(
        name=_("年度折算"),
        title=_("年度考核折算（%(period)s）") % {"period": ranking.period.label},
        note=f"{rule}{_('按《%(scheme)s》。') % {'scheme': assessed.scheme}}{closed}    {day}",
        headings=tuple(map(Heading, (_("分组"), _("单位"), _("全年得分"), _("年度考核得分")))),
        rows=[
            (group.name, unit.unit, Decimal(unit.points), cell(unit.assessed))
            for group in assessed.groups
            for unit in group.units
        ],
        frozen=2,
        foot=signatures(),
    )


def _too_many(ranking: Ranking, number: int, most: int, printed_on: date) -> Sheet:
    """Return a sheet that tells how to get what is too much for a page."""
    told = _(
        "本期明细约%(number)s行，网页一次最多导出%(most)s行。请选择一个分组或较短的期间再导出，"
        "或请系统管理员用 manage.py ranking --xlsx 导出全部。"
    ) % {"number": number, "most": most}
    return Sheet(
        name=_("明细"),
        title=_("明细没有导出"),
        note=_note(ranking, printed_on),
        headings=(Heading(_("说明")),),
        rows=[(told,)],
    )


def _note(ranking: Ranking, printed_on: date) -> str:
    return _("计分办法：%(scheme)s    制表日期：%(day)s") % {
        "scheme": ranking.scheme or _("无"),
        "day": Period(printed_on, printed_on).dates_text,
    }


def ranking_sheets(
    ranking: Ranking,
    parts: Mapping[int, Parts],
    *,
    printed_on: date,
    options: Options | None = None,
) -> list[Sheet]:
    """Return the sheets of a ranking without 明细.

    Args:
        parts: what the layouts say beyond the ranking (parts.parts_of).
        printed_on: the local day (Asia/Shanghai).
    """
    options = options or Options()
    columns = columns_of(options.layout, ranking)
    note, title = _note(ranking, printed_on), ranking_title(ranking.period)
    alone = len(ranking.groups) == 1
    sheets = [
        _group_sheet(
            table, columns, parts, title if alone else f"{title} {table.name}", note, options
        )
        for table in ranking.groups
    ]
    if not alone:
        sheets.insert(0, _summary(ranking, columns, parts, title, note, options))
    return sheets


def _group_sheet(
    table: GroupTable,
    columns: Sequence[Part],
    parts: Mapping[int, Parts],
    title: str,
    note: str,
    options: Options,
) -> Sheet:
    lines, total = lines_of(table, parts)
    headings = tuple(part.heading for part in columns)
    return Sheet(
        name=table.name,
        title=title,
        note=note,
        headings=headings,
        rows=[_cells(columns, line) for line in lines],
        totals=_cells(columns, total),
        frozen=1 + next(n for n, h in enumerate(headings) if h.top == _("单位")),
        foot=signatures(),
        paper=_paper(headings, options),
    )


def _cells(columns: Sequence[Part], line: Line) -> tuple[Value, ...]:
    return tuple(cell for part in columns for cell in part.cells(line))


def signatures() -> str:
    """Return the line that is signed on paper."""
    return _("制表：%(gap)s审核：%(gap)s签发：%(gap)s日期：") % {"gap": " " * 24}


def _paper(headings: Sequence[Heading], options: Options) -> Paper:
    if options.paper is not None:
        return options.paper
    return Paper.A3 if sum(len(h.leaves) for h in headings) > _A4_COLUMNS else Paper.A4


def _summary(
    ranking: Ranking,
    columns: Sequence[Part],
    parts: Mapping[int, Parts],
    title: str,
    note: str,
    options: Options,
) -> Sheet:
    """Return one line for each group, with the columns that can be added up."""
    columns = [part for part in columns if part.summed]
    totals = [lines_of(table, parts)[1] for table in ranking.groups]
    everything = total_of(ranking.totals, ranking.total, (line.parts for line in totals))
    headings = (Heading(_("分组")), Heading(_("单位数")), *(part.heading for part in columns))
    return Sheet(
        name=_("汇总"),
        title=title if ranking.groups else f"{title} {_('本期没有可排名的单位')}",
        note=note,
        headings=headings,
        rows=[
            (table.name, len(table.rows), *_cells(columns, line))
            for table, line in zip(ranking.groups, totals, strict=True)
        ],
        totals=(
            _("合计"),
            sum(len(table.rows) for table in ranking.groups),
            *_cells(columns, everything),
        ),
        frozen=1,
        foot=signatures(),
        paper=_paper(headings, options),
    )
