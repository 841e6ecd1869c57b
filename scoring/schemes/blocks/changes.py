"""倍数, 不计分, 直报点: blocks that change what other clauses give."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from infoflow.units.models import UnitKind

from ..clauses.credit import Credited
from ..rules import parse_factor
from ..which import Which, Whose
from .common import ClauseBlock, FactorBlock, SeveralChoices, WhichBlock, WhoseBlock


class MultiplierBlock(ClauseBlock):
    """倍数."""

    factor = FactorBlock(
        label=gettext_lazy("倍数"),
        help_text=gettext_lazy("例如 2、4、0.5 或 1/2；加倍填 2，减半填 1/2"),
    )
    whose = WhoseBlock(
        help_text=gettext_lazy(
            "例如特征选“头版头条”。写了简称的只乘那些条款的得分；不写简称的，前面的倍数也算在内，即连乘"
        )
    )

    class Meta:
        label = gettext_lazy("倍数")
        icon = "plus-inverse"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned  # a draft may be half written
        errors: dict[str, ValidationError] = {}
        if parse_factor(cleaned["factor"]) == 1:
            errors["factor"] = ValidationError(_("1倍等于不变，请填别的倍数，或删去本条。"))
        if Whose.from_config(cleaned["whose"]) == Whose():
            errors["whose"] = ValidationError(
                _("请写明针对哪些得分：前面条款的简称，或事项、刊物、特征等至少一项。")
            )
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


class ExcludeBlock(ClauseBlock):
    """不计分."""

    which = WhichBlock(label=gettext_lazy("哪些不计分"))
    reason = blocks.CharBlock(
        label=gettext_lazy("理由"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("单位在得分明细中看到，例如：领导讲话不计分"),
    )
    counts = blocks.BooleanBlock(
        label=gettext_lazy("仍计入任务条数和采用率"), required=False, default=True
    )

    class Meta:
        label = gettext_lazy("不计分")
        icon = "cross"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if Which.from_config(cleaned["which"]) == Which():
            raise StructBlockValidationError(
                {
                    "which": ValidationError(
                        _("请选择哪些不计分，至少选一项；全部不选等于全部不计。")
                    )
                }
            )
        return cleaned


class CreditBlock(ClauseBlock):
    """直报点计入上级."""

    kinds = SeveralChoices(
        UnitKind.choices,
        label=gettext_lazy("哪类单位的信息计入上级"),
        default=[UnitKind.DIRECT],
        help_text=gettext_lazy("上级按“单位”中设置的隶属关系；没有上级的单位仍计自己"),
    )
    to = blocks.ChoiceBlock(
        label=gettext_lazy("由谁计分"), choices=Credited.choices, default=Credited.PARENT
    )

    class Meta:
        label = gettext_lazy("直报点计入上级")
        icon = "arrow-up"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if not cleaned["kinds"]:
            raise StructBlockValidationError({"kinds": ValidationError(_("请至少选择一类单位。"))})
        return cleaned
