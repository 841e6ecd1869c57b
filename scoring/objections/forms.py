"""Forms of objections."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import ObjectionSettings
from .rules import TEXT_MAX, Result


class ObjectionForm(forms.Form):
    """What a unit says against an entry."""

    text = forms.CharField(
        label=_("异议"),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": _("请写明哪里不对、应当怎样，计分员据此核对。"),
            "max_length": _("异议不能超过%(limit_value)d字。"),
        },
    )


class AnswerForm(forms.Form):
    """The scorer's answer."""

    result = forms.ChoiceField(
        label=_("结果"),
        choices=Result.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择异议成立或不成立。")},
    )
    text = forms.CharField(
        label=_("答复"),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("单位会看到。"),
        error_messages={
            "required": _("请填写答复，单位会看到。"),
            "max_length": _("答复不能超过%(limit_value)d字。"),
        },
    )
    points = forms.CharField(
        label=_("加减分（可不填）"),
        required=False,
        max_length=20,
        help_text=_("异议成立需要调整得分时填写，如 2 或 -1.5，登记为“加减分”。"),
    )


class SettingsForm(forms.ModelForm[ObjectionSettings]):
    """Working days for objecting and answering."""

    class Meta:
        model = ObjectionSettings
        fields = ["raise_days", "answer_days"]
