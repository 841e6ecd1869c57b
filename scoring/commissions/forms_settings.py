"""Forms of the settings and templates of commissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy

from .models import CommissionTemplate

REMINDER_CHOICES = (
    ("-4320", gettext_lazy("截止前3天")),
    ("-1440", gettext_lazy("截止前1天")),
    ("-240", gettext_lazy("截止前4小时")),
    ("-120", gettext_lazy("截止前2小时")),
    ("-30", gettext_lazy("截止前半小时")),
    ("0", gettext_lazy("到截止时间")),
    ("60", gettext_lazy("超过1小时")),
    ("1440", gettext_lazy("超过1天")),
    ("4320", gettext_lazy("超过3天")),
)


class SettingsForm(forms.Form):
    """When units are reminded; after how many days what has not come is 未报."""

    reminders = forms.TypedMultipleChoiceField(
        label=gettext_lazy("什么时候提醒单位"),
        coerce=int,
        choices=REMINDER_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选择一个提醒时点。")},
    )
    grace_days = forms.IntegerField(
        label=gettext_lazy("截止后几天没有报送的记为未报"),
        required=False,
        min_value=0,
        max_value=90,
        help_text=gettext_lazy("不填表示只由编辑人工登记。对此后下达的约稿生效。"),
        error_messages={
            "invalid": gettext_lazy("请填整数，例如3。"),
            "min_value": gettext_lazy("天数不能是负数。"),
            "max_value": gettext_lazy("最多90天。"),
        },
    )


if TYPE_CHECKING:
    TemplateFormBase = forms.ModelForm[CommissionTemplate]
else:
    TemplateFormBase = forms.ModelForm


class TemplateForm(TemplateFormBase):
    """What commissions of one sort usually say."""

    class Meta:
        model = CommissionTemplate
        fields = [
            *("name", "title", "background", "points", "requirements", "contact", "channel"),
            *("days", "retired"),
        ]
        widgets = {name: forms.Textarea(attrs={"rows": 3}) for name in ("background", "points")}
