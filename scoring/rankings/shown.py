"""The ranking's table as the page shows it: head, cells, and what each number opens. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext as _

from cms.bulletins.models import Level
from scoring.adoptions.rules import MARKS_OF, FactKind, Mark
from scoring.schemes.rules import points_text

from .charts import Chart, Strip, chart, strips
from .rules import Period, year_to
from .tables import Figures, GroupTable, Ranking, Row, best

TOP = 3
UP, DOWN, SAME = "▲", "▼", "—"

Number = Callable[[Figures, int], int]


@dataclass(frozen=True, slots=True)
class Field:
    """One column: where it stands in the head, its number, and how that opens.

    `behind` is the query string of the facts behind the number; "" when there are none.
    """

    top: str
    leaf: str
    number: Number
    behind: str = ""
    text: Callable[[Figures, int], str] | None = None
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """One entry of the head's upper row; without leaves it fills both rows."""

    top: str
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, and the address that it opens ("": none)."""

    text: str
    url: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A rank against an earlier one: ▲2, ▼1, —, 新; with the words for whoever cannot see it."""

    text: str
    words: str
    way: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit."""

    row: Row
    own: bool
    life: str  # since when, until when, of a unit that was not there all the time
    cells: tuple[Cell, ...]
    before: Change | None
    last_year: Change | None
    strip: Strip | None


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the first three; units with equal points share it."""

    rank: int
    units: str
    points: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    """One group on the page."""

    table: GroupTable
    chart: Chart | None
    lines: tuple[Line, ...]
    totals: tuple[Cell, ...]
    places: tuple[Place, ...]
    tied: bool  # more than three units stand on the first three places


def fields_of(ranking: Ranking) -> list[Field]:
    """Return the columns of a ranking; what happened nowhere is left out (adopted stays)."""
    period, year = ranking.period.query, year_to(ranking.period.end).query
    totals = ranking.totals

    def behind(kind: str, more: str = "") -> str:
        return f"{period}&kind={kind}{more}"

    adoption = FactKind.ADOPTION.value
    found = [
        Field(_("报送"), "", lambda f, _t: f.submitted, behind(FactKind.SUBMISSION.value)),
        Field(_("上报"), "", lambda f, _t: f.forwarded, behind(FactKind.FORWARDING.value)),
    ]
    for column in ranking.columns:
        pk = column.bulletin_id
        found.append(
            Field(
                _("%(level)s采用") % {"level": column.level},
                column.name,
                lambda f, _t, pk=pk: f.adopted.get(pk, 0),  # type: ignore[misc]
                behind(adoption, f"&bulletin={pk}"),
            )
        )
    found.append(Field(_("采用合计"), "", lambda f, _t: f.adopted_total, behind(adoption)))
    if totals.merged:
        number = lambda f, _t: sum(f.merged.values())  # noqa: E731
        found.append(Field(_("其中综合"), "", number, behind(adoption, "&merged=1")))
    found.append(Field(_("采用率%"), "", lambda _f, _t: 0, text=lambda f, _t: f.rate))
    found += _instructions(totals, behind)
    found += _commissions(totals, behind)
    if any(row.figures.deducted for table in ranking.groups for row in table.rows):
        found.append(
            Field(
                _("扣分"),
                "",
                lambda f, _t: f.deducted,
                f"{period}&deducted=1",
                lambda f, _t: points_text(f.deducted),
            )
        )
    found.append(
        Field(
            _("得分"), "", lambda f, _t: f.hundredths, period, lambda f, _t: f.points, strong=True
        )
    )
    if year != period:
        found.append(Field(_("全年累计"), "", lambda _f, t: t, year, lambda _f, t: points_text(t)))
    return found


def _instructions(totals: Figures, behind: Callable[..., str]) -> list[Field]:
    return [
        Field(
            _("批示"),
            str(Level(level).label) if level in Level.values else _("未分级"),
            lambda f, _t, level=level: f.instructions.get(level, 0),  # type: ignore[misc]
            behind(FactKind.INSTRUCTION.value, f"&level={level}"),
        )
        for level in sorted(totals.instructions)
    ]


def _commissions(totals: Figures, behind: Callable[..., str]) -> list[Field]:
    return [
        Field(
            _("约稿"),
            str(Mark(mark).label),
            lambda f, _t, mark=mark: f.commissions.get(mark, 0),  # type: ignore[misc]
            behind(FactKind.COMMISSION.value, f"&mark={mark}"),
        )
        for mark in MARKS_OF[FactKind.COMMISSION]
        if mark in totals.commissions
    ]


def heads_of(fields: Iterable[Field]) -> list[Head]:
    """Return the head: neighbours of the same top stand under one entry."""
    return [
        Head(top, tuple(field.leaf for field in part if field.leaf))
        for top, part in groupby(fields, attrgetter("top"))
    ]


def cells_of(
    fields: Iterable[Field], figures: Figures, total: int, url: str = ""
) -> tuple[Cell, ...]:
    """Return the cells of figures; numbers other than zero open at `url`, "" opens none."""
    cells = []
    for field in fields:
        number = field.number(figures, total)
        text = field.text(figures, total) if field.text else str(number)
        opens = f"{url}?{field.behind}" if url and number and field.behind else ""
        cells.append(Cell(text, opens, field.strong))
    return tuple(cells)


def change_of(rank: int, then: int | None, *, ranked: bool) -> Change | None:
    """Return a rank against the one before.

    Args:
        ranked: whether anybody of the group had a rank then; nothing is new otherwise.
    """
    if then is None:
        return Change(_("新"), _("那时不在本组"), "new") if ranked else None
    gained = then - rank
    if not gained:
        return Change(SAME, _("与那时相同，第%(n)s名") % {"n": then})
    if gained > 0:
        words = _("上升%(n)s位，那时第%(then)s名") % {"n": gained, "then": then}
        return Change(f"{UP}{gained}", words, "up")
    words = _("下降%(n)s位，那时第%(then)s名") % {"n": -gained, "then": then}
    return Change(f"{DOWN}{-gained}", words, "down")


def places_of(table: GroupTable, n: int = TOP) -> tuple[Place, ...]:
    """Return the first n places with their units; a tie at the cut lists all."""
    return tuple(
        Place(rank, "、".join(row.unit for row in rows), rows[0].figures.points)
        for rank, rows in (
            (rank, list(part)) for rank, part in groupby(best(table, n), attrgetter("rank"))
        )
    )


def shown_table(
    table: GroupTable,
    fields: list[Field],
    *,
    own: Iterable[int],
    url_of: Callable[[int], str],
    months: Mapping[int, list[int]],
    lives: Mapping[int, str],
) -> ShownTable:
    """Return one group for the page.

    Args:
        own: units of the person who looks.
        url_of: the address of what is behind a unit's numbers; "" when it is not theirs.
        months: points of units in each month of the year.
        lives: what is said of units that did not exist all the time.
    """
    mine = set(own)
    drawn = strips({row.unit_id: months.get(row.unit_id, []) for row in table.rows})
    then = any(row.before is not None for row in table.rows)
    last_year = any(row.last_year is not None for row in table.rows)
    lines = tuple(
        Line(
            row=row,
            own=row.unit_id in mine,
            life=lives.get(row.unit_id, ""),
            cells=cells_of(fields, row.figures, row.total, url_of(row.unit_id)),
            before=change_of(row.rank, row.before, ranked=then),
            last_year=change_of(row.rank, row.last_year, ranked=last_year),
            strip=drawn.get(row.unit_id),
        )
        for row in table.rows
    )
    return ShownTable(
        table=table,
        chart=chart(sorted(table.rows, key=attrgetter("rank", "order"))),
        lines=lines,
        totals=cells_of(fields, table.totals, table.total),
        places=places_of(table),
        tied=len(best(table, TOP)) > TOP,
    )


def compared(period: Period | None, ranking: Ranking, name: str) -> Period | None:
    """Return the earlier period if anybody had a rank in it; else its column is left out."""
    found = any(getattr(row, name) is not None for table in ranking.groups for row in table.rows)
    return period if found else None
