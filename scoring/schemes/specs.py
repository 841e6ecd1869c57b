"""From stored scheme to the engine's: blocks become clauses, stored facts become views."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from . import clauses as clauses  # registers them all
from .clauses.points_table import PointsTable
from .engine import SchemeSpec, build_clause
from .joint import Joint
from .rules import Rounding

if TYPE_CHECKING:
    from .models import Scheme


def plain(value: Any) -> Any:
    """Return a block's value as dicts, lists and scalars."""
    if isinstance(value, Mapping):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(part) for part in value]
    return value


def spec_of(scheme: Scheme) -> SchemeSpec:
    """Return a scheme as the engine takes it; clauses in the order of its blocks.

    Raises:
        SchemeFault: it holds a block that this version does not know.
        ValueError: it holds points that no scheme may have.
    """
    configs = [(child.block_type, str(child.id), plain(child.value)) for child in scheme.blocks]
    return SchemeSpec(
        id=scheme.pk,
        name=scheme.name,
        version=scheme.version,
        blocks=tuple(build_clause(*config) for config in configs),
        rounding=Rounding(scheme.rounding),
        period=scheme.period,
        names={
            block_id: str(config["name"]).strip()
            for _type, block_id, config in configs
            if config.get("name")
        },
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
