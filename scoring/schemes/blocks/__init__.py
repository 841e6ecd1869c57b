"""Blocks that a scorer writes a scheme from; each becomes a clause of the engine."""

from __future__ import annotations

from wagtail import blocks

from .duties import BaseBlock, RateGateBlock, TargetClauseBlock
from .limits import CapBlock, SeveralBlock
from .points import PointsTableBlock
from .totals import ConversionBlock, MeanBlock, StrikeBlock, TotalFlagBlock

__all__ = ["SchemeBlocks"]


class SchemeBlocks(blocks.StreamBlock):
    """All block types, in no order: the order in a scheme is the order of application."""

    points_table = PointsTableBlock()
    several = SeveralBlock()
    cap = CapBlock()
    base = BaseBlock()
    target = TargetClauseBlock()
    rate_gate = RateGateBlock()
    strike = StrikeBlock()
    mean = MeanBlock()
    total_flag = TotalFlagBlock()
    conversion = ConversionBlock()
