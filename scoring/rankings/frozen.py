"""Rows of a closed ranking: kept as columns, made when one of them is looked at. Pure.

A column is one list of numbers where rows would be thousands of small lists: read in less than
half the time. Most who read a closed period look at one group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, overload

from infoflow.collector import resting

from .tables import Figures, Row, add

_FIGURES = add([])._asdict()
_MAPPINGS = frozenset(name for name, value in _FIGURES.items() if isinstance(value, Mapping))


class FrozenRows(Sequence[Row]):
    """Rows of a group; whose they are is known before they are made."""

    __slots__ = ("_held", "units")

    def __init__(self, units: Sequence[int], make: Callable[[], tuple[Row, ...]]) -> None:
        self.units = units
        # One name for both: two threads may make them at once, and then have the same.
        self._held: Callable[[], tuple[Row, ...]] | tuple[Row, ...] = make

    def _rows(self) -> tuple[Row, ...]:
        held = self._held
        if callable(held):
            with resting():
                held = self._held = held()
        return held

    def __len__(self) -> int:
        return len(self.units)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows())

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, place: int | slice) -> Row | tuple[Row, ...]:
        return self._rows()[place]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FrozenRows):
            return self._rows() == other._rows()
        return self._rows() == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._rows())


def units_in(rows: Sequence[Row]) -> Iterable[int]:
    """Return whose rows they are, without making them."""
    return rows.units if isinstance(rows, FrozenRows) else (row.unit_id for row in rows)


def columns_of(rows: Sequence[Row]) -> dict[str, Any]:
    """Return rows as plain data by field; their units stand elsewhere.

    A number or a name: one for each row, or only one when it is the same in all. Numbers by
    key, and flags: for each key the places of the rows that have it, and what they have.
    """
    if not rows:
        return {}
    columns: dict[str, Any] = dict(zip(Row._fields, zip(*rows, strict=True), strict=True))
    figures, flags = columns.pop("figures"), columns.pop("flags")
    columns |= dict(zip(Figures._fields, zip(*figures, strict=True), strict=True))
    del columns["unit_id"]
    having = [place for place, told in enumerate(flags) if told]
    return {
        **{n: _by_key(c) if n in _MAPPINGS else _folded(c) for n, c in columns.items()},
        "flags": [having, [list(flags[place]) for place in having]],
    }


def _folded(column: Sequence[Any]) -> Any:
    return column[0] if all(value == column[0] for value in column) else list(column)


def _by_key(column: Sequence[Mapping[Any, int]]) -> list[list[Any]]:
    found = []
    for key in sorted({key for numbers in column for key in numbers}):
        places = [place for place, numbers in enumerate(column) if key in numbers]
        found.append([key, places, [column[place][key] for place in places]])
    return found


def rows_of(units: Sequence[int], columns: Mapping[str, Any]) -> tuple[Row, ...]:
    """Return the rows of columns. Fields that came later have their default, others are left out.

    Raises:
        KeyError, IndexError, TypeError, ValueError: they are no columns of so many rows.
    """
    n = len(units)
    if not n:
        return ()
    parts = (
        _mappings(columns.get(name, ()), n)
        if name in _MAPPINGS
        else _unfolded(columns.get(name, default), n)
        for name, default in _FIGURES.items()
    )
    having: dict[str, Any] = {
        "unit_id": units,
        "figures": map(Figures._make, zip(*parts, strict=True)),
        "flags": _flags(columns["flags"], n),
    }
    told = {**Row._field_defaults, **columns}
    fields = (having[name] if name in having else _unfolded(told[name], n) for name in Row._fields)
    return tuple(map(Row._make, zip(*fields, strict=True)))


def _unfolded(column: Any, n: int) -> Iterable[Any]:
    return column if column.__class__ is list else repeat(column, n)


def _flags(column: Sequence[Any], n: int) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()] * n
    for place, flags in zip(*column, strict=True):
        found[place] = tuple(flags)
    return found


def _mappings(columns: Iterable[Any], n: int) -> list[dict[Any, int]]:
    found: list[dict[Any, int]] = [{}] * n  # one and the same, until a row has something
    for key, places, numbers in columns:
        for place, number in zip(places, numbers, strict=True):
            if found[place]:
                found[place][key] = number
            else:
                found[place] = {key: number}
    return found
