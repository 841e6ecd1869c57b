"""质量, 紧急信息按比例扣分, 考核项目, 加减分: blocks about conduct."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from scoring.adoptions.rules import CHECK_MAX, MARKS_OF, FactKind, Mark

from ..clauses.checklist import Tick, plain_name
from ..clauses.quality import FAULTS, ZeroSpan
from ..clauses.urgent_share import FAULTS as URGENT_FAULTS
from ..rules import parse_percent, parse_points, parse_signed
from .common import (
    ClauseBlock,
    PointsBlock,
    SeveralChoices,
    SignedPointsBlock,
    WhoseBlock,
)
from .groups import PercentBlock, flag_block


class QualityBlock(ClauseBlock):
    """质量: what an untrue item, a serious error or a missed commission costs."""

    kind = blocks.ChoiceBlock(
        label=gettext_lazy("事项"),
        choices=[(kind.value, kind.label) for kind in FAULTS],
        default=FactKind.QUALITY,
    )
    marks = SeveralChoices(
        [
            (mark.value, mark.label)
            for mark in dict.fromkeys(mark for kind in FAULTS for mark in MARKS_OF[kind])
            if mark != Mark.DONE
        ],
        label=gettext_lazy("具体情况"),
        required=True,
    )
    zero_item = blocks.BooleanBlock(label=gettext_lazy("该稿件得分归零"), required=False)
    zero_span = blocks.ChoiceBlock(
        label=gettext_lazy("时期得分归零"), choices=ZeroSpan.choices, required=False, default=""
    )
    minus = PointsBlock(
        label=gettext_lazy("每次扣分"),
        required=False,
        help_text=gettext_lazy("填正数，例如 2 表示扣2分；不扣分留空"),
    )
    flag = flag_block()
    whose = WhoseBlock(
        label=gettext_lazy("归零针对哪些得分"),
        help_text=gettext_lazy("留空表示前面各条款的全部得分；只归零正分，已扣的分不变"),
    )

    class Meta:
        label = gettext_lazy("质量和约稿问题")
        icon = "warning"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        errors: dict[str, ValidationError] = {}
        kind = FactKind(cleaned["kind"])
        wrong = [Mark(mark).label for mark in cleaned["marks"] if mark not in MARKS_OF[kind]]
        if wrong:
            errors["marks"] = ValidationError(
                _("%(kind)s没有“%(marks)s”这种情况，请重新选择。")
                % {"kind": kind.label, "marks": "、".join(str(label) for label in wrong)}
            )
        minus = parse_points(cleaned["minus"]) if cleaned["minus"] else 0
        effects = (cleaned["zero_item"], cleaned["zero_span"], minus, cleaned["flag"].strip())
        if not any(effects):
            errors["minus"] = ValidationError(
                _("请至少写一种：稿件归零、时期归零、扣分或不计分的结果。")
            )
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


class UrgentShareBlock(ClauseBlock):
    """按该条信息得分的百分比扣."""

    marks = SeveralChoices(
        [(mark.value, mark.label) for mark in URGENT_FAULTS],
        label=gettext_lazy("哪些情况"),
        default=[mark.value for mark in URGENT_FAULTS],
        required=True,
    )
    percent = PercentBlock(
        label=gettext_lazy("每次扣该条信息得分的百分之几"), help_text=gettext_lazy("例如 20")
    )
    whose = WhoseBlock(
        label=gettext_lazy("该条信息的哪些得分"),
        help_text=gettext_lazy("留空表示前面各条款给这条信息的全部得分"),
    )

    class Meta:
        label = gettext_lazy("紧急信息按得分比例扣分")
        icon = "time"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned  # a draft may be half written
        if not 0 < parse_percent(cleaned["percent"]) <= 1:
            raise StructBlockValidationError(
                {"percent": ValidationError(_("请填大于0、不超过100的数字，例如 20。"))}
            )
        return cleaned


class AdjustmentBlock(ClauseBlock):
    """加减分."""

    plus_most = PointsBlock(
        label=gettext_lazy("每次最多加（分）"),
        required=False,
        help_text=gettext_lazy("留空表示不限"),
    )
    minus_most = PointsBlock(
        label=gettext_lazy("每次最多减（分）"),
        required=False,
        help_text=gettext_lazy("填正数；留空表示不限"),
    )

    class Meta:
        label = gettext_lazy("加减分")
        icon = "edit"


class CheckRowBlock(blocks.StructBlock):
    """One item of the checklist."""

    check = blocks.CharBlock(
        label=gettext_lazy("项目"),
        max_length=CHECK_MAX,
        help_text=gettext_lazy("登记时按这个名称选择，例如：参加培训"),
    )
    points = SignedPointsBlock(
        label=gettext_lazy("分值"), help_text=gettext_lazy("加分填正数，扣分填负数如 -2")
    )
    tick = blocks.ChoiceBlock(label=gettext_lazy("怎么计"), choices=Tick.choices, default=Tick.EACH)
    flag = flag_block(label=gettext_lazy("登记后另有结果"))

    class Meta:
        label = gettext_lazy("考核项目")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned  # a draft may be half written
        points = parse_signed(cleaned["points"])
        if points == 0:
            raise StructBlockValidationError(
                {"points": ValidationError(_("分值不能是0，请填加多少或扣多少。"))}
            )
        if cleaned["tick"] == Tick.STANDING and points < 0:
            raise StructBlockValidationError(
                {"points": ValidationError(_("“默认得分”请填正数，登记后扣除的就是这个分值。"))}
            )
        return cleaned


class CheckRowsBlock(blocks.ListBlock):
    """The items; no two of the same name."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned  # a draft may be half written
        first: dict[str, int] = {}
        errors: dict[int, ValidationError] = {}
        for n, row in enumerate(cleaned):
            name = plain_name(row["check"])
            if name in first:
                errors[n] = ValidationError(
                    _("与第%(n)s行同名，请改名或删去一行。") % {"n": first[name] + 1}
                )
            first.setdefault(name, n)
        if errors:
            raise ListBlockValidationError(block_errors=errors)
        return cleaned


class ChecklistBlock(ClauseBlock):
    """考核项目."""

    rows = CheckRowsBlock(CheckRowBlock(), label=gettext_lazy("考核项目"), min_num=1)

    class Meta:
        label = gettext_lazy("考核项目")
        icon = "check"
