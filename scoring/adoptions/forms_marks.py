"""The forms of facts that are marks: quality, commissions, urgent items, checks, adjustments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import offers
from .fields import HUNDRED, choice_field, note_field, points_field
from .forms import FactForm, OfferedInput
from .rules import (
    CHECK_MAX,
    HUNDREDTHS_MAX,
    MARKS_OF,
    FactKind,
    Mark,
)


class MarkedForm(FactForm):
    """A fact that says what exactly happened."""

    marks: tuple[Mark, ...] = ()

    mark = choice_field(gettext_lazy("具体情况"), (), gettext_lazy("请选择具体情况。"))
    field_order = ["form_id", "date", "mark", "item", "title", "units", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mark"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - says what stands above
        field.choices = [("", _("请选择")), *((mark.value, mark.label) for mark in self.marks)]

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "details": {"mark": self.cleaned_data["mark"]}}


class QualityForm(MarkedForm):
    """登记质量问题."""

    kind = FactKind.QUALITY
    marks = MARKS_OF[FactKind.QUALITY]
    note = note_field(
        gettext_lazy("理由"), gettext_lazy("写明哪里失实或有差错、如何核实。单位和领导看得到。")
    )


class CommissionForm(MarkedForm):
    """登记约稿结果."""

    kind = FactKind.COMMISSION
    marks = MARKS_OF[FactKind.COMMISSION]


class UrgentForm(MarkedForm):
    """登记紧急信息结果."""

    kind = FactKind.URGENT
    marks = MARKS_OF[FactKind.URGENT]


class CheckForm(FactForm):
    """登记考核项目."""

    kind = FactKind.CHECK

    check = forms.CharField(
        label=gettext_lazy("考核项目"),
        max_length=CHECK_MAX,
        widget=OfferedInput,
        help_text=gettext_lazy("从提示中选择现行计分办法的考核项目。"),
        error_messages={
            "required": gettext_lazy("请选择考核项目。"),
            "max_length": gettext_lazy("考核项目不能超过40字。"),
        },
    )
    field_order = ["form_id", "date", "check", "units", "item", "title", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check"].widget.offers = offers.checks_on(timezone.localdate())
        self.fields["units"].help_text = _("输入单位名称选择；几个单位都完成的，各填一格。")
        self.fields["title"].help_text = _("留空自动取考核项目的名称。")

    def clean(self) -> dict[str, Any]:
        # The name of the item says what it is about; a title is more than most have.
        given = self.cleaned_data
        if given.get("check") and not given.get("title") and given.get("item") is None:
            given["title"] = given["check"]
        cleaned = super().clean()
        name, day = cleaned.get("check"), cleaned.get("date")
        names = offers.checks_on(day) if day else []
        if name and names and name not in names:
            self.add_error(
                "check",
                _("%(day)s施行的计分办法没有“%(name)s”，请从这些中选择：%(names)s。")
                % {"day": day, "name": name, "names": "、".join(names)},
            )
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "details": {"check": self.cleaned_data["check"]}}


class AdjustmentForm(FactForm):
    """登记加减分; scorers only."""

    kind = FactKind.ADJUSTMENT

    value = points_field(
        gettext_lazy("分值"),
        min_value=-HUNDREDTHS_MAX / Decimal(HUNDRED),
        help_text=gettext_lazy("加分填正数，减分填负数，例如 3 或 -2.5。"),
    )
    note = note_field(
        gettext_lazy("理由"), gettext_lazy("写明依据。会记入得分台账，单位和领导看得到。")
    )
    field_order = ["form_id", "date", "value", "title", "units", "item", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("事由")
        self.fields["title"].help_text = _("例如：承办全市信息工作现场会")
        self.fields["units"].help_text = _(
            "输入单位名称选择；填了几个单位，每个单位都按这个分值计。"
        )

    @property
    def values(self) -> dict[str, Any]:
        hundredths = int(self.cleaned_data["value"] * HUNDRED)
        return {**super().values, "details": {"hundredths": hundredths}}

    def clean_value(self) -> Decimal:
        value: Decimal = self.cleaned_data["value"]
        if not value:
            raise forms.ValidationError(_("分值不能是0。"))
        return value
