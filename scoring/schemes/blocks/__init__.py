"""Blocks that a scorer writes a scheme from; each becomes a clause of the engine."""

from __future__ import annotations

from wagtail import blocks

from .changes import CreditBlock, ExcludeBlock, MultiplierBlock
from .conduct import AdjustmentBlock, ChecklistBlock, QualityBlock, UrgentShareBlock
from .duties import BaseBlock, RateGateBlock, TargetClauseBlock
from .instructions import InstructionsBlock
from .limits import CapBlock, SeveralBlock
from .points import PointsTableBlock
from .totals import ConversionBlock, MeanBlock, StrikeBlock, TotalFlagBlock

__all__ = ["SchemeBlocks"]


class SchemeBlocks(blocks.StreamBlock):
    """All block types, in the order of the list to choose from; the order in a scheme is the
    order of application."""

    points_table = PointsTableBlock()
    instructions = InstructionsBlock()
    base = BaseBlock()
    checklist = ChecklistBlock()
    adjustment = AdjustmentBlock()
    exclude = ExcludeBlock()
    credit = CreditBlock()
    multiplier = MultiplierBlock()
    several = SeveralBlock()
    target = TargetClauseBlock()
    rate_gate = RateGateBlock()
    urgent_share = UrgentShareBlock()
    quality = QualityBlock()
    strike = StrikeBlock()
    cap = CapBlock()
    mean = MeanBlock()
    total_flag = TotalFlagBlock()
    conversion = ConversionBlock()
