"""Blocks that a scorer writes a scheme from; each becomes a clause of the engine."""

from __future__ import annotations

from wagtail import blocks

from .limits import CapBlock, SeveralBlock
from .points import PointsTableBlock

__all__ = ["SchemeBlocks"]


class SchemeBlocks(blocks.StreamBlock):
    """All block types, in no order: the order in a scheme is the order of application."""

    points_table = PointsTableBlock()
    several = SeveralBlock()
    cap = CapBlock()
