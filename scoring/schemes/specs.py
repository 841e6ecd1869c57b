"""From stored scheme to the engine's: blocks become clauses, stored facts become views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .engine import SchemeSpec, build_clause
from .points_table import Joint, PointsTable
from .rules import Rounding

if TYPE_CHECKING:
    from .models import Scheme


def _plain(value: Any) -> Any:
    """Return a block's value as dicts, lists and scalars."""
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value


def spec_of(scheme: Scheme) -> SchemeSpec:
    """Return a scheme as the engine takes it; clauses in the order of its blocks.

    Raises:
        SchemeFault: it holds a block that this version does not know.
        ValueError: it holds points that no scheme may have.
    """
    return SchemeSpec(
        id=scheme.pk,
        name=scheme.name,
        version=scheme.version,
        blocks=tuple(
            build_clause(child.block_type, str(child.id), _plain(child.value))
            for child in scheme.blocks
        ),
        rounding=Rounding(scheme.rounding),
    )


def points_table_block(
    rows: Iterable[Mapping[str, Any]], *, block_id: str, joint: str = Joint.FULL
) -> dict[str, Any]:
    """Return a points table as the data of a block, for schemes that a program writes.

    Args:
        rows: each with kind, target ("all", "level:3", "bulletin:12"), form and points.
    """
    return {
        "type": PointsTable.block_type,
        "id": block_id,
        "value": {"rows": [dict(row) for row in rows], "joint": joint},
    }
