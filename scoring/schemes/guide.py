"""What the schemes in force tell the forms of facts (`scoring.adoptions.offers`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cms.bulletins.models import Bulletin
from scoring.adoptions.rules import FactRow

from .clauses.points_table import PointsTable
from .facts import FactView
from .models import Scheme
from .queries import specs_between
from .specs import plain

# Blocks and fields that hold names of checked items, whatever their block calls itself.
_CHECK_FIELDS = ("check", "check_item")


def _names_in(value: Any) -> Iterator[str]:
    """Yield the names of checked items anywhere in a block's data."""
    if isinstance(value, Mapping):
        for field, inner in value.items():
            if field in _CHECK_FIELDS and isinstance(inner, str):
                yield inner.strip()
            else:
                yield from _names_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _names_in(inner)


class SchemeGuide:
    """Answers from the versions in force on a day."""

    def checks(self, day: date) -> list[str]:
        """Return the names on the checklists in force, in their order."""
        names = [
            name
            for scheme in Scheme.objects.in_force_on(day)
            for child in scheme.blocks
            for name in _names_in(plain(child.value))
        ]
        return list(dict.fromkeys(filter(None, names)))

    def governed(self, day: date) -> bool:
        """Tell whether a version is in force."""
        return Scheme.objects.in_force_on(day).exists()

    def value_range(self, row: FactRow) -> tuple[int, int] | None:
        """Return least and most hundredths of the row of a points table that covers a fact."""
        view = _view_of(row)
        for scheme in specs_between(row.date, row.date):
            for clause in scheme.spec.blocks:
                if not isinstance(clause, PointsTable):
                    continue
                ordered = sorted(clause.rows, key=lambda r: r.narrowness, reverse=True)
                found = next((r for r in ordered if r.covers(view)), None)
                if found is not None and found.most is not None:
                    return found.hundredths, found.most
        return None


def _view_of(row: FactRow) -> FactView:
    bulletin = Bulletin.objects.filter(pk=row.bulletin).first() if row.bulletin else None
    return FactView(
        id=0,
        kind=row.kind,
        date=row.date,
        bulletin_id=row.bulletin,
        bulletin=bulletin.name if bulletin else "",
        level=row.level if row.level is not None else (bulletin.level if bulletin else None),
        form=row.form,
        title=row.title,
        units=row.units,
        genre=row.genre,
        mark=row.mark,
        words=row.words,
        traits=frozenset(row.traits),
    )
