"""A ranking as it is frozen when a period is closed, and read back. Pure but for the last reads.

The text of a snapshot has lines, each of them JSON: the head with all groups and sums, the rows
of each group as columns (`frozen`), and the year's conversion if there is one. So who looks at
one group reads that group. The text of an older closing (format 2) is one line with lists of
lists; it stays as it is, because the digest is that of its very text, and is read whole.

A snapshot names its fields: figures that were added to rankings later are zero in older
snapshots, and those that went are left out.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from infoflow.collector import resting
from infoflow.units.models import UnitGroup
from infoflow.units.permissions import unit_ids_of
from scoring.closings.models import Closing

from .frozen import FrozenRows, columns_of, rows_of, units_in
from .permissions import sees_all_rankings
from .rules import Period, competition_ranks
from .tables import UNGROUPED, Column, Figures, GroupTable, Ranking, Row, add

if TYPE_CHECKING:
    from infoflow.units.models import User

logger = logging.getLogger(__name__)

FORMAT = 3
# The key of the year's conversion in a snapshot (`assessment`).
CONVERSION = "assessment"
# A closing never changes, so its ranking is read once in each process. Some MB at most.
KEPT_MAX = 16
_kept: dict[tuple[int, str], Ranking] = {}


def snapshot_of(ranking: Ranking) -> dict[str, Any]:
    """Return a ranking as plain data for JSON; equal rankings give equal data."""
    return {
        "format": FORMAT,
        "from": ranking.period.start.isoformat(),
        "to": ranking.period.end.isoformat(),
        "schemes": list(ranking.schemes),
        "columns": [[c.bulletin_id, c.name, c.level] for c in ranking.columns],
        "before": _days(ranking.before),
        "last_year": _days(ranking.last_year),
        "figures": list(Figures._fields),
        "groups": [
            {
                "id": table.group_id,
                "name": table.name,
                "units": list(units_in(table.rows)),
                "rows": columns_of(table.rows),
                "totals": _plain(table.totals),
                "total": table.total,
            }
            for table in ranking.groups
        ],
        "totals": _plain(ranking.totals),
        "empty_groups": list(ranking.empty_groups),
    }


def _plain(figures: Figures) -> list[Any]:
    # Key, value, key, value …: read in two thirds of the time of a list of pairs.
    return [
        list(chain.from_iterable(sorted(v.items()))) if isinstance(v, Mapping) else v
        for v in figures
    ]


def _days(period: Period | None) -> list[str] | None:
    return None if period is None else [period.start.isoformat(), period.end.isoformat()]


def ranking_of(snapshot: Mapping[str, Any]) -> Ranking:
    """Return the ranking that a snapshot holds; rows that stand as text are made when looked at."""
    read = _reader(snapshot["figures"])
    rows = _frozen if snapshot["format"] == FORMAT else _older(snapshot["row"], read)
    return Ranking(
        period=Period(date.fromisoformat(snapshot["from"]), date.fromisoformat(snapshot["to"])),
        schemes=tuple(snapshot["schemes"]),
        columns=tuple(Column(*column) for column in snapshot["columns"]),
        groups=tuple(
            GroupTable(
                group["id"], group["name"], rows(group), read(group["totals"]), group["total"]
            )
            for group in snapshot["groups"]
        ),
        totals=read(snapshot["totals"]),
        empty_groups=tuple(snapshot["empty_groups"]),
        before=_period(snapshot["before"]),
        last_year=_period(snapshot["last_year"]),
    )


def _frozen(group: Mapping[str, Any]) -> FrozenRows:
    units, columns = group["units"], group["rows"]
    return FrozenRows(
        units, lambda: rows_of(units, json.loads(columns) if isinstance(columns, str) else columns)
    )


def _older(
    names: list[str], read: Callable[[list[Any]], Figures]
) -> Callable[[Mapping[str, Any]], FrozenRows]:
    """Return what makes the rows of a group of format 2."""
    read_row, unit = _row_reader(names, read), names.index("unit_id")

    def rows(group: Mapping[str, Any]) -> FrozenRows:
        lists = group["rows"]
        return FrozenRows([row[unit] for row in lists], lambda: tuple(map(read_row, lists)))

    return rows


def _period(days: list[str] | None) -> Period | None:
    return None if days is None else Period(*map(date.fromisoformat, days))


def _row_reader(names: list[str], read: Callable[[list[Any]], Figures]) -> Callable[..., Row]:
    """Return what makes a row of the values that stand under these names."""
    figures, flags = Row._fields.index("figures"), Row._fields.index("flags")

    def read_new(values: list[Any]) -> Row:
        made = list(values)
        made[figures], made[flags] = read(made[figures]), tuple(made[flags])
        return Row._make(made)

    def read_row(values: list[Any]) -> Row:
        found = {n: v for n, v in zip(names, values, strict=True) if n in Row._fields}
        found["figures"] = read(found["figures"])
        found["flags"] = tuple(found["flags"])
        return Row(**found)

    return read_new if tuple(names) == Row._fields else read_row


def _reader(names: list[str]) -> Callable[[list[Any]], Figures]:
    """Return what makes figures of the values that stand under these names."""
    same = tuple(names) == Figures._fields
    defaults = add([])._asdict()

    def read(values: list[Any]) -> Figures:
        found = [_mapping(v) if v.__class__ is list else v for v in values]
        if same:
            return Figures._make(found)
        known = {n: v for n, v in zip(names, found, strict=True) if n in defaults}
        return Figures(**{**defaults, **known})

    return read


def _mapping(values: list[Any]) -> dict[Any, Any]:
    found = iter(values)
    return dict(zip(found, found, strict=False))


def text_of(snapshot: Mapping[str, Any]) -> str:
    """Return a snapshot as the text that is stored; equal data give equal text."""
    groups = snapshot["groups"]
    head = {key: value for key, value in snapshot.items() if key != CONVERSION}
    head["groups"] = [{k: v for k, v in group.items() if k != "rows"} for group in groups]
    lines = [head, *(group["rows"] for group in groups)]
    if CONVERSION in snapshot:
        lines.append(snapshot[CONVERSION])
    return "\n".join(map(_json, lines))


def _json(data: Any) -> str:
    # A line break in a name is written as two characters.
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def snapshot_in(text: str) -> dict[str, Any]:
    """Return the snapshot of a stored text; rows and conversion are left as the texts of theirs.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    first, *lines = text.split("\n")
    snapshot: dict[str, Any] = json.loads(first)
    if snapshot["format"] != FORMAT:
        return snapshot
    groups = snapshot["groups"]
    if len(lines) > len(groups):
        snapshot[CONVERSION] = lines.pop()
    for group, line in zip(groups, lines, strict=True):
        group["rows"] = line
    return snapshot


def conversion_in(text: str) -> dict[str, Any]:
    """Return the year's conversion of a stored text as plain data."""
    found = snapshot_in(text)[CONVERSION]
    plain: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    return plain


def digest_of(text: str) -> str:
    """Return the SHA-256 digest of a snapshot's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def only_for(
    ranking: Ranking, *, own: Iterable[int] | None = None, group: UnitGroup | None = None
) -> Ranking:
    """Return the part of a whole ranking that is asked for.

    Args:
        own: units of a person who sees only the groups of these; everything when None.
        group: only this group, also when it has no unit.
    """
    if own is not None:
        mine = set(own)
        ranking = _narrowed(ranking, [_seen(t, mine) for t in ranking.groups], ())
    if group is not None:
        found = [t for t in ranking.groups if t.group_id == group.pk]
        empty = (group.name,) if group.name in ranking.empty_groups else ()
        # A group without a unit stands there empty, for those who see every group.
        kept = found or ([GroupTable(group.pk, group.name, (), add([]))] if own is None else [])
        ranking = _narrowed(ranking, kept, empty)
    return ranking


def _seen(table: GroupTable, own: set[int]) -> GroupTable | None:
    """Return what a person of these units may see of a group: all of it, or nothing.

    Who stands in no group sees no other such unit.
    """
    if own.isdisjoint(units_in(table.rows)):
        return None
    if table.group_id != UNGROUPED:
        return table
    rows = [row for row in table.rows if row.unit_id in own]
    ranks = competition_ranks([row.figures.hundredths for row in rows])
    ranked = tuple(row._replace(rank=rank) for row, rank in zip(rows, ranks, strict=True))
    totals = add(row.figures for row in rows)
    return GroupTable(table.group_id, table.name, ranked, totals, sum(row.total for row in rows))


def _narrowed(
    ranking: Ranking, tables: Iterable[GroupTable | None], empty: tuple[str, ...]
) -> Ranking:
    kept = tuple(table for table in tables if table is not None)
    totals = add(table.totals for table in kept)
    return replace(
        ranking,
        groups=kept,
        columns=tuple(c for c in ranking.columns if c.bulletin_id in totals.adopted),
        totals=totals,
        empty_groups=empty,
    )


def closed_ranking(start: date, end: date) -> Ranking | None:
    """Return the ranking of exactly this closed period as it was frozen; None: not closed so.

    One small query, and one more the first time in a process. A snapshot that no longer has
    its digest is not shown: the caller counts anew, and the log and `verify_closings` tell.
    """
    found = Closing.objects.filter(start=start, end=end).values_list("pk", "digest").first()
    if found is None:
        return None
    key: tuple[int, str] = (found[0], found[1])
    if key not in _kept:
        with resting():
            read = _read(*key)
        if read is None:
            return None
        if len(_kept) >= KEPT_MAX:
            _kept.pop(next(iter(_kept)))
        _kept[key] = read
    return _kept[key]


def _read(pk: int, digest: str) -> Ranking | None:
    text = Closing.objects.values_list("snapshot", flat=True).get(pk=pk)
    if digest_of(text) != digest:
        logger.error("closing %s: the snapshot has not the digest it was closed with", pk)
        return None
    return ranking_of(snapshot_in(text))


def closed_ranking_for(
    start: date, end: date, *, group: UnitGroup | None = None, user: User | None = None
) -> Ranking | None:
    """Return the part of a closed ranking that a person sees; None: not closed so."""
    frozen = closed_ranking(start, end)
    if frozen is None or (group is None and user is None):
        return frozen
    own = None if user is None or sees_all_rankings(user) else unit_ids_of(user)
    return only_for(frozen, own=own, group=group)
