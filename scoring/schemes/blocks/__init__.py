"""Blocks that a scorer writes a scheme from; each becomes a clause of the engine."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from wagtail import blocks

from .changes import CreditBlock, ExcludeBlock, MultiplierBlock
from .conduct import AdjustmentBlock, ChecklistBlock, QualityBlock, UrgentShareBlock
from .duties import BaseBlock, RateGateBlock, TargetClauseBlock
from .instructions import InstructionsBlock
from .limits import CapBlock, SeveralBlock
from .points import PointsTableBlock
from .totals import ConversionBlock, MeanBlock, StrikeBlock, TotalFlagBlock

__all__ = ["SchemeBlocks"]


GIVING = gettext_lazy("一、得分的条款")
WHO = gettext_lazy("二、谁得分、什么不计分")
CHANGING = gettext_lazy("三、改变前面得分的条款")
DUTIES = gettext_lazy("四、任务和处罚")
RESULTS = gettext_lazy("五、结果和折算")


class SchemeBlocks(blocks.StreamBlock):
    """All block types, in the order of the list to choose from; the order in a scheme is the
    order of application."""

    points_table = PointsTableBlock(group=GIVING)
    instructions = InstructionsBlock(group=GIVING)
    base = BaseBlock(group=GIVING)
    checklist = ChecklistBlock(group=GIVING)
    adjustment = AdjustmentBlock(group=GIVING)
    exclude = ExcludeBlock(group=WHO)
    credit = CreditBlock(group=WHO)
    multiplier = MultiplierBlock(group=CHANGING)
    several = SeveralBlock(group=CHANGING)
    mean = MeanBlock(group=CHANGING)
    cap = CapBlock(group=CHANGING)
    target = TargetClauseBlock(group=DUTIES)
    rate_gate = RateGateBlock(group=DUTIES)
    urgent_share = UrgentShareBlock(group=DUTIES)
    quality = QualityBlock(group=DUTIES)
    strike = StrikeBlock(group=DUTIES)
    total_flag = TotalFlagBlock(group=RESULTS)
    conversion = ConversionBlock(group=RESULTS)
