"""同一稿件多次采用 and 封顶保底: blocks that limit what earlier clauses gave."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from ..clauses.common import Within
from ..clauses.several import Several
from ..rules import parse_signed
from .common import ClauseBlock, SignedPointsBlock, WhoseBlock


class SeveralBlock(ClauseBlock):
    """同一稿件多次采用."""

    way = blocks.ChoiceBlock(
        label=gettext_lazy("怎么计"), choices=Several.choices, default=Several.BEST
    )
    best = blocks.IntegerBlock(
        label=gettext_lazy("计几次"),
        required=False,
        min_value=1,
        max_value=20,
        help_text=gettext_lazy("“只计最高的几次”留空为1次；“每一级别”留空为不限"),
    )
    within = blocks.ChoiceBlock(
        label=gettext_lazy("时间范围"), choices=Within.choices, default=Within.YEAR
    )
    whose = WhoseBlock(help_text=gettext_lazy("不选事项时只针对采用；报送分、批示分不受影响"))

    class Meta:
        label = gettext_lazy("同一稿件多次采用")
        icon = "copy"


class CapBlock(ClauseBlock):
    """封顶保底."""

    most = SignedPointsBlock(label=gettext_lazy("最多计（分）"), required=False)
    least = SignedPointsBlock(
        label=gettext_lazy("最低计（分）"),
        required=False,
        help_text=gettext_lazy("“扣完为止”填 0；大于 0 的，没有得分的单位期满后也补到此分"),
    )
    within = blocks.ChoiceBlock(
        label=gettext_lazy("时间范围"), choices=Within.choices, default=Within.PERIOD
    )
    whose = WhoseBlock()

    class Meta:
        label = gettext_lazy("封顶保底")
        icon = "order"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        most, least = cleaned["most"], cleaned["least"]
        if not most and not least:
            raise StructBlockValidationError(
                {"most": ValidationError(_("最多和最低请至少填一项。"))}
            )
        if most and least and parse_signed(most) < parse_signed(least):
            raise StructBlockValidationError({"least": ValidationError(_("最低不能高于最多。"))})
        return cleaned
