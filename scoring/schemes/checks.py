"""What is wrong with a scheme before it is published: clauses that can never do anything. Pure.

A fault keeps the scheme from being published; a warning only tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from .clauses.points_table import PointsTable, Row
from .engine import Clause, SchemeSpec
from .periods import PeriodKind, spans_between
from .which import Which, Whose

# A scheme without a last day is looked at for so many years: every kind of period ends in them.
_YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class ClauseFault:
    """What is wrong with a clause; `number` counts from 1."""

    number: int
    message: str


def faults_of(spec: SchemeSpec, first: date, last: date | None) -> list[ClauseFault]:
    """Return what keeps clauses from ever doing anything, in their order.

    Args:
        first, last: days on which the scheme is in force; None: no last day.
    """
    found: list[ClauseFault] = []
    for number, clause in enumerate(spec.blocks, start=1):
        earlier = spec.blocks[: number - 1]
        messages = [
            *_faults_of_reference(clause, earlier, spec),
            *_faults_of_period(clause, spec, first, last),
            *_faults_of_rows(clause, earlier),
            *_faults_of_name(clause, earlier, spec),
            *_faults_of_end(clause, spec.blocks[number:]),
        ]
        if hasattr(clause, "converted") and any(hasattr(c, "converted") for c in earlier):
            messages.append(_("一个办法只能有一条年度考核折算，请删去多余的。"))
        found.extend(ClauseFault(number, message) for message in messages)
    return found


def references(clause: Clause) -> tuple[Whose, ...]:
    """Return the selections of earlier entries that a clause cannot do without."""
    refers = getattr(clause, "refers", None)
    if refers is not None:
        return tuple(refers())
    whose = getattr(clause, "whose", None)
    return (whose,) if isinstance(whose, Whose) else ()


def gives_entries(clause: Clause) -> bool:
    """Tell whether a clause can give points at all; a conversion and an exclusion can't."""
    return not any(hasattr(clause, name) for name in ("converted", "excludes", "redirect"))


def _faults_of_reference(
    clause: Clause, earlier: Sequence[Clause], spec: SchemeSpec
) -> Iterator[str]:
    wanted = references(clause)
    if not wanted:
        return
    if not any(gives_entries(other) for other in earlier):
        yield _("前面没有计分的条款，本条不起作用。请把它移到计分条款之后。")
        return
    before = {spec.names[c.block_id] for c in earlier if c.block_id in spec.names}
    anywhere = set(spec.names.values())
    for name in sorted({name for whose in wanted for name in whose.clauses} - before):
        if name == spec.names.get(clause.block_id):
            yield _("简称“%(name)s”是本条自己，请填前面条款的简称。") % {"name": name}
        elif name in anywhere:
            yield _("简称为“%(name)s”的条款排在后面，请把本条移到它之后。") % {"name": name}
        else:
            yield _("没有简称为“%(name)s”的条款，请检查本条引用的简称。") % {"name": name}


def _faults_of_name(clause: Clause, earlier: Sequence[Clause], spec: SchemeSpec) -> Iterator[str]:
    name = spec.names.get(clause.block_id)
    if name and name in {spec.names.get(other.block_id) for other in earlier}:
        yield _("简称“%(name)s”前面已用过，请换一个。") % {"name": name}


def _faults_of_end(clause: Clause, later: Sequence[Clause]) -> Iterator[str]:
    """A clause that only changes what later ones see needs one that gives points."""
    changes = hasattr(clause, "excludes") or hasattr(clause, "redirect")
    if changes and not any(gives_entries(other) for other in later):
        yield _("后面没有计分的条款，本条不起作用。请把它移到分值表等条款之前。")


def _faults_of_period(
    clause: Clause, spec: SchemeSpec, first: date, last: date | None
) -> Iterator[str]:
    ends_with = getattr(clause, "ends_with", None)
    if ends_with is None:
        return
    kind = ends_with(spec.period)
    if not kind:
        return
    until = last or date(min(first.year + _YEARS_AHEAD, date.max.year), 12, 31)
    if next(spans_between(kind, first, until), None) is None:
        yield _(
            "本条按“%(kind)s”计算，在期末那天施行的办法才计算这一期；本办法施行期间没有一期结束。"
            "请改短周期或修改施行、截止日期。"
        ) % {"kind": PeriodKind(kind).label}


def _faults_of_rows(clause: Clause, earlier: Iterable[Clause]) -> Iterator[str]:
    if not isinstance(clause, PointsTable):
        return
    if not clause.rows:
        yield _("分值表没有一行，请至少写一行。")
    shut = [which for other in earlier if (which := _shuts(other)) is not None]
    for n, row in enumerate(clause.rows, start=1):
        if any(_inside(row, which) for which in shut):
            yield _("第%(n)s行的事项已被前面的条款全部排除，永远计不到分。请删去这一行。") % {
                "n": n
            }


def _shuts(clause: Clause) -> Which | None:
    """Return the facts that a clause keeps from all points, whatever else they are like."""
    if not hasattr(clause, "excludes"):
        return None
    which = getattr(clause, "which", None)
    return which if isinstance(which, Which) else None


def _inside(row: Row, which: Which) -> bool:
    """Tell whether a selection covers every fact that a row of a table is for."""
    where = not (which.bulletins or which.levels) or (
        row.bulletin_id in which.bulletins or row.level in which.levels
    )
    return (
        where
        and (not which.kinds or row.kind in which.kinds)
        and (not which.forms or row.form in which.forms)
        and (not which.genres or row.genre in which.genres)
        and (not which.marks or row.mark in which.marks)
        and (not which.traits or row.trait in which.traits)
        and not which.without
    )


def tables_used(spec: SchemeSpec) -> Mapping[int, tuple[str, str]]:
    """Return the number of each clause that looks targets up → measure and kind of period."""
    found: dict[int, tuple[str, str]] = {}
    for number, clause in enumerate(spec.blocks, start=1):
        from_table: Any = getattr(clause, "from_table", None)
        wanted = from_table(spec.period) if from_table else None
        if wanted is not None:
            found[number] = wanted
    return found


def begins_within(spec: SchemeSpec, first: date) -> str:
    """Return the kind of period that a scheme begins in the middle of; "" when of none.

    Facts of the same period before its first day are not its own.
    """
    for clause in spec.blocks:
        ends_with = getattr(clause, "ends_with", None)
        if ends_with is None:
            continue
        kind: str = ends_with(spec.period)
        if not kind:
            continue
        whole = next(spans_between(kind, first, date(first.year, 12, 31)), None)
        if whole is not None and whole.start < first:
            return kind
    return ""
