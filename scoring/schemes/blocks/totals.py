"""多次处理, 平均计分, 得分达标 and 年度考核折算: what a whole period or year comes to."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from ..clauses.conversion import Way
from ..clauses.several import Within
from ..clauses.strike import Strike
from ..clauses.total_flag import When
from .common import (
    ClauseBlock,
    FactorBlock,
    PointsBlock,
    SignedPointsBlock,
    WhichBlock,
    WhoseBlock,
)
from .groups import AmountBlock, flag_block


def _raise(faults: dict[str, ValidationError]) -> None:
    if faults:
        raise StructBlockValidationError(faults)


class StrikeBlock(ClauseBlock):
    """多次处理: the nth time brings a consequence."""

    which = WhichBlock(label=gettext_lazy("哪些事项计次数（不选表示全部）"))
    times = blocks.IntegerBlock(
        label=gettext_lazy("达到几次"), min_value=1, max_value=1000, default=2
    )
    within = blocks.ChoiceBlock(
        label=gettext_lazy("时间范围"), choices=Within.choices, default=Within.YEAR
    )
    way = blocks.ChoiceBlock(
        label=gettext_lazy("怎么处理"), choices=Strike.choices, default=Strike.ZERO
    )
    points = PointsBlock(
        label=gettext_lazy("扣几分"), required=False, help_text=gettext_lazy("“扣若干分”的填")
    )
    flag = flag_block()
    whose = WhoseBlock(label=gettext_lazy("哪些得分归零（“得分归零”的填）"))

    class Meta:
        label = gettext_lazy("多次处理")
        icon = "warning"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        faults: dict[str, ValidationError] = {}
        which = cleaned["which"]
        if not any(which[name] for name in which):
            faults["which"] = ValidationError(_("请选择哪些事项计次数，例如约稿的未报。"))
        if cleaned["way"] == Strike.DEDUCT and not cleaned["points"]:
            faults["points"] = ValidationError(_("请填写扣几分。"))
        if cleaned["way"] == Strike.FLAG and not cleaned["flag"]:
            faults["flag"] = ValidationError(_("请填写结果，例如取消评先。"))
        _raise(faults)
        return cleaned


class MeanBlock(ClauseBlock):
    """平均计分."""

    within = blocks.ChoiceBlock(
        label=gettext_lazy("时间范围"), choices=Within.choices, default=Within.PERIOD
    )
    once = blocks.BooleanBlock(label=gettext_lazy("同一稿件只算1条"), required=False)
    zeros = blocks.BooleanBlock(label=gettext_lazy("得0分的也算条数"), required=False)
    whose = WhoseBlock()

    class Meta:
        label = gettext_lazy("平均计分")
        icon = "minus"


class TotalFlagBlock(ClauseBlock):
    """得分达标: a consequence that is no points."""

    when = blocks.ChoiceBlock(label=gettext_lazy("得分"), choices=When.choices, default=When.BELOW)
    bar = SignedPointsBlock(label=gettext_lazy("几分"))
    flag = flag_block(required=True)
    within = blocks.ChoiceBlock(
        label=gettext_lazy("时间范围"),
        choices=Within.choices,
        default=Within.PERIOD,
        help_text=gettext_lazy("期（年）满后在最后一天认定"),
    )
    whose = WhoseBlock()

    class Meta:
        label = gettext_lazy("得分达标")
        icon = "tag"


class RankRowBlock(blocks.StructBlock):
    """Ranks from first to last and their points."""

    first = blocks.IntegerBlock(label=gettext_lazy("从第几名"), min_value=1, max_value=10_000)
    last = blocks.IntegerBlock(
        label=gettext_lazy("到第几名"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=gettext_lazy("只有一个名次的留空"),
    )
    points = PointsBlock(label=gettext_lazy("得几分"))

    class Meta:
        label = gettext_lazy("名次")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned  # a draft may be half written
        if cleaned["last"] and cleaned["last"] < cleaned["first"]:
            _raise({"last": ValidationError(_("“到第几名”不能小于“从第几名”。"))})
        return cleaned


class RankRowsBlock(blocks.ListBlock):
    """The rows of a rank table; no rank twice."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned  # a draft may be half written
        errors: dict[int, ValidationError] = {}
        rows = [(row["first"], row["last"] or row["first"]) for row in cleaned]
        for n, (first, last) in enumerate(rows):
            for before, (other_first, other_last) in enumerate(rows[:n]):
                if first <= other_last and other_first <= last:
                    errors[n] = ValidationError(
                        _("与第%(n)s行的名次重叠，请修改。") % {"n": before + 1}
                    )
        if errors:
            raise ListBlockValidationError(block_errors=errors)
        return cleaned


class ConversionBlock(ClauseBlock):
    """年度考核折算."""

    way = blocks.ChoiceBlock(
        label=gettext_lazy("怎么折算"), choices=Way.choices, default=Way.FACTOR
    )
    factor = FactorBlock(
        label=gettext_lazy("系数"),
        required=False,
        help_text=gettext_lazy("乘以系数的填，例如 0.1 或 20%"),
    )
    full = PointsBlock(
        label=gettext_lazy("满分"),
        required=False,
        help_text=gettext_lazy("与最高分或任务相比的填"),
    )
    number = AmountBlock(
        label=gettext_lazy("得分任务"),
        required=False,
        help_text=gettext_lazy("与得分任务相比、各单位任务相同的填；按任务表的留空"),
    )
    rows = RankRowsBlock(RankRowBlock(), label=gettext_lazy("名次和得分"), default=[])
    otherwise = PointsBlock(
        label=gettext_lazy("其余名次得几分"), required=False, help_text=gettext_lazy("留空为0分")
    )
    most = PointsBlock(
        label=gettext_lazy("最多几分"), required=False, help_text=gettext_lazy("不封顶的留空")
    )

    class Meta:
        label = gettext_lazy("年度考核折算")
        icon = "decimal"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        way = cleaned["way"]
        faults: dict[str, ValidationError] = {}
        if way in (Way.FACTOR, Way.MONTHS) and not cleaned["factor"]:
            faults["factor"] = ValidationError(_("请填写系数，例如 0.1。"))
        if way in (Way.HIGHEST, Way.TARGET) and not cleaned["full"]:
            faults["full"] = ValidationError(_("请填写满分，例如 10。"))
        if way == Way.RANK and not cleaned["rows"]:
            faults["rows"] = ValidationError(_("请至少填写一个名次。"))
        if way != Way.RANK and cleaned["rows"]:
            faults["rows"] = ValidationError(
                _("没有选“按本组名次”，这里的名次不起作用。请改选或删去各行。")
            )
        _raise(faults)
        return cleaned
