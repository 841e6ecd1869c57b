"""Forms in which a unit's people decide on an item: the signature, a joint unit's word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.review.rules import REASON_MAX, Verdict

from .forms import TextField

COMMON_REASONS = [
    gettext_lazy("数据有误，请核实"),
    gettext_lazy("情况不全，请补充"),
    gettext_lazy("文字需要修改"),
    gettext_lazy("标题与内容不符"),
    gettext_lazy("此事暂不宜报送"),
]


class SignForm(forms.Form):
    """A signatory's decision on the text on the screen."""

    task = forms.IntegerField(widget=forms.HiddenInput)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    common = forms.MultipleChoiceField(
        label=gettext_lazy("常用理由"),
        required=False,
        choices=[(str(n), reason) for n, reason in enumerate(COMMON_REASONS)],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = TextField(
        label=gettext_lazy("退回理由"),
        required=False,
        max_length=REASON_MAX - 200,
        error_messages={
            "max_length": gettext_lazy("理由有%(show_value)d字，不能超过%(limit_value)d字。")
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def verdict(self) -> str:
        return Verdict.RETURN if "return" in self.data else Verdict.PASS

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [str(COMMON_REASONS[int(n)]) for n in data.get("common", [])]
        parts = [part for part in [*chosen, data.get("reason", "")] if part]
        if self.verdict == Verdict.RETURN and not parts and "reason" not in self.errors:
            self.add_error("reason", _("退回时请勾选或填写理由，撰稿人会看到。"))
        data["full_reason"] = "；".join(parts)
        return data


class AnswerForm(forms.Form):
    """A joint unit's word on the text on the screen."""

    unit = forms.IntegerField(widget=forms.HiddenInput)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = TextField(
        label=gettext_lazy("不同意的理由"),
        required=False,
        max_length=REASON_MAX,
        error_messages={
            "max_length": gettext_lazy("理由有%(show_value)d字，不能超过%(limit_value)d字。")
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def agreed(self) -> bool:
        return "decline" not in self.data

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.agreed and not data.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("不同意时请填写理由，牵头单位会看到。"))
        return data


class WithdrawForm(forms.Form):
    """Why an officer takes an item back."""

    reason = TextField(
        label=gettext_lazy("撤回原因"),
        required=False,
        max_length=200,
        initial=gettext_lazy("需要修改"),
        error_messages={"max_length": gettext_lazy("撤回原因不能超过%(limit_value)d字。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_reason(self) -> str:
        return str(self.cleaned_data["reason"] or self.fields["reason"].initial)
