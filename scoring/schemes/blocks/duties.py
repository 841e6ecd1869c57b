"""基础分, 任务 and 采用率: what a unit starts from and what it must reach."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from ..clauses.numbers import Basis, Newcomer
from ..clauses.rate_gate import NothingSent
from ..clauses.target import WITH_POINTS, Shortfall
from ..rules import HUNDRED, Measure, parse_points
from .common import ClauseBlock, FactorBlock, PointsBlock, WhichBlock, WhoseBlock
from .groups import (
    AmountBlock,
    ByGroupClause,
    GroupAmountBlock,
    GroupPointsBlock,
    PercentBlock,
    RowsByGroupBlock,
    flag_block,
    per_block,
)


def _raise(faults: dict[str, ValidationError]) -> None:
    if faults:
        raise StructBlockValidationError(faults)


class BaseBlock(ByGroupClause):
    """基础分."""

    NUMBER = "points"

    per = per_block(help_text=gettext_lazy("每期（年）第一天记入，期已开始才记"))
    basis = blocks.ChoiceBlock(
        label=gettext_lazy("各单位的基础分"),
        choices=[choice for choice in Basis.choices if choice[0] != Basis.TABLE],
        default=Basis.ONE,
    )
    points = PointsBlock(
        label=gettext_lazy("基础分（分）"),
        required=False,
        help_text=gettext_lazy("按考核分组的，这里填未列出的分组的分值；没有基础分的留空"),
    )
    rows = RowsByGroupBlock(GroupPointsBlock(), label=gettext_lazy("各分组的基础分"), default=[])
    newcomer = blocks.ChoiceBlock(
        label=gettext_lazy("期内新设或撤销的单位"),
        choices=Newcomer.choices,
        default=Newcomer.FULL,
    )

    class Meta:
        label = gettext_lazy("基础分")
        icon = "plus"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        _raise(self.faults_of_numbers(cleaned))
        return cleaned


class TargetClauseBlock(ByGroupClause):
    """任务: what a unit must reach, and what happens when it has reached less or more."""

    measure = blocks.ChoiceBlock(
        label=gettext_lazy("按什么算"), choices=Measure.choices, default=Measure.SUBMITTED
    )
    per = per_block(help_text=gettext_lazy("期满后在最后一天记入"))
    basis = blocks.ChoiceBlock(
        label=gettext_lazy("任务数"), choices=Basis.choices, default=Basis.ONE
    )
    number = AmountBlock(
        label=gettext_lazy("任务数（条或分）"),
        required=False,
        help_text=gettext_lazy(
            "按考核分组的填未列出的分组的任务数，没有任务的留空；按任务表的留空。0 视为没有任务"
        ),
    )
    rows = RowsByGroupBlock(GroupAmountBlock(), label=gettext_lazy("各分组的任务数"), default=[])
    newcomer = blocks.ChoiceBlock(
        label=gettext_lazy("期内新设或撤销的单位"),
        choices=Newcomer.choices,
        default=Newcomer.FULL,
    )
    whose = WhoseBlock(
        label=gettext_lazy("哪些计入任务"),
        help_text=gettext_lazy(
            "按条数的，不选事项即为报送或采用；按得分的，填前面条款的简称，留空为前面全部得分"
        ),
    )
    once = blocks.BooleanBlock(
        label=gettext_lazy("同一稿件只算1条"),
        required=False,
        help_text=gettext_lazy("同一稿件被几个刊物采用时"),
    )
    shortfall = blocks.ChoiceBlock(
        label=gettext_lazy("未完成的"), choices=Shortfall.choices, default=Shortfall.EACH
    )
    points = PointsBlock(
        label=gettext_lazy("扣（得）几分"),
        required=False,
        help_text=gettext_lazy("不写负号"),
    )
    factor = FactorBlock(
        label=gettext_lazy("倍数"),
        required=False,
        help_text=gettext_lazy("“按所欠数的若干倍扣分”填，例如 2 或 0.5"),
    )
    base = blocks.CharBlock(
        label=gettext_lazy("基础分条款的简称"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("“扣回当期基础分”填，须是前面的条款"),
    )
    flag = flag_block(label=gettext_lazy("未完成的另有结果"))
    over = PointsBlock(
        label=gettext_lazy("每超1条（1分）加几分"),
        required=False,
        help_text=gettext_lazy("超额不加分的留空"),
    )
    over_most = PointsBlock(
        label=gettext_lazy("超额最多加几分"),
        required=False,
        help_text=gettext_lazy("不封顶的留空"),
    )

    class Meta:
        label = gettext_lazy("任务")
        icon = "tasks"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned  # a draft may be half written
        _raise(self.faults_of_numbers(cleaned) | faults_of_target(cleaned))
        return cleaned


def faults_of_target(value: Any) -> dict[str, ValidationError]:
    """Return field → message for what a target lacks or contradicts."""
    faults: dict[str, ValidationError] = {}
    way = value["shortfall"]
    if way in WITH_POINTS and not value["points"]:
        faults["points"] = ValidationError(_("请填写扣几分或得几分。"))
    if way == Shortfall.TIMES and not value["factor"]:
        faults["factor"] = ValidationError(_("请填写倍数，例如 2。"))
    if way == Shortfall.BASE and not value["base"]:
        faults["base"] = ValidationError(_("请填写基础分条款的简称。"))
    if way == Shortfall.NOTHING and not (value["flag"] or value["over"]):
        faults["shortfall"] = ValidationError(
            _("这样任务完不完成都没有结果。请选择未完成的怎么办，或填写另有结果、超额加分。")
        )
    if value["over_most"] and not value["over"]:
        faults["over"] = ValidationError(_("填了最多加几分，请填写每超1条加几分。"))
    if value["basis"] == Basis.TABLE and value["number"]:
        faults["number"] = ValidationError(_("任务数按任务表的，这里请留空。"))
    if value["measure"] != Measure.POINTS:
        if value["whose"]["clauses"]:
            faults["whose"] = ValidationError(
                _("按条数算的任务不看条款得分，请清空“前面条款的简称”，或改为按得分算。")
            )
        if value["number"] and parse_points(value["number"]) % HUNDRED:
            faults["number"] = ValidationError(_("条数请填整数。"))
        for row in value["rows"]:
            if parse_points(row["number"]) % HUNDRED:
                faults["rows"] = ValidationError(_("各分组的条数请填整数。"))
    return faults


class RateGateBlock(ClauseBlock):
    """采用率."""

    per = per_block(help_text=gettext_lazy("期满后在最后一天记入"))
    percent = PercentBlock(
        label=gettext_lazy("采用率低于（%）"),
        help_text=gettext_lazy("采用条数÷报送条数，例如 30；正好达到的不算低于"),
    )
    points = PointsBlock(label=gettext_lazy("扣几分"), required=False)
    flag = flag_block()
    nothing_sent = blocks.ChoiceBlock(
        label=gettext_lazy("当期没有报送的"),
        choices=NothingSent.choices,
        default=NothingSent.PASSES,
    )
    which = WhichBlock(label=gettext_lazy("哪些计入采用（不选表示全部采用）"))
    once = blocks.BooleanBlock(label=gettext_lazy("同一稿件采用多次只算1条"), required=False)

    class Meta:
        label = gettext_lazy("采用率")
        icon = "view"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned["points"] and not cleaned["flag"]:
            _raise({"points": ValidationError(_("扣几分和不计分的结果请至少填一项。"))})
        return cleaned
