"""The office's forms of one asked unit: words, replies, rulings, where it was used."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy

from .forms_office import MomentField, too_long, words_field
from .rules import NAME_MAX, Reply, Ruling


class ReasonForm(forms.Form):
    """One reason that the unit reads."""

    reason = words_field(gettext_lazy("理由"))


class UrgeForm(forms.Form):
    """Words that go with an urging."""

    words = words_field(
        gettext_lazy("催办的话"), required=False, help_text=gettext_lazy("可不填。")
    )
    urgent = forms.BooleanField(label=gettext_lazy("紧急（半天内再次催办）"), required=False)


class ReplyForm(forms.Form):
    """The answer to a unit that asks for more time."""

    reply = forms.ChoiceField(
        label=gettext_lazy("答复"),
        choices=Reply.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择同意、缩短或不同意。")},
    )
    given = MomentField(
        label=gettext_lazy("延到"),
        required=False,
        help_text=gettext_lazy("只有选“同意，时间缩短”时才填。"),
    )
    words = words_field(
        gettext_lazy("理由"),
        required=False,
        help_text=gettext_lazy("选“同意”的可不填；缩短或不同意的请写明。"),
    )

    def given_at(self) -> datetime | None:
        """Return until when a shortened one is given."""
        shortened = self.cleaned_data["reply"] == Reply.SHORTENED
        given: datetime | None = self.cleaned_data["given"]
        return given if shortened else None


class UnableReplyForm(forms.Form):
    """The answer to a unit that says it cannot."""

    agree = forms.ChoiceField(
        label=gettext_lazy("答复"),
        choices=[
            ("yes", gettext_lazy("同意，撤销对该单位的约稿")),
            ("no", gettext_lazy("不同意，仍请办理")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择同意或不同意。")},
    )
    words = words_field(gettext_lazy("理由"))


class RulingForm(forms.Form):
    """The office's word on a piece."""

    ruling = forms.ChoiceField(
        label=gettext_lazy("意见"),
        choices=Ruling.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择收用或退改。")},
    )
    reason = words_field(
        gettext_lazy("意见说明"),
        required=False,
        help_text=gettext_lazy("退改的请写明怎样修改；收用的可不填。"),
    )


class AdoptedForm(forms.Form):
    """Where a piece was used."""

    where = forms.CharField(
        label=gettext_lazy("采用刊物或单位"),
        max_length=NAME_MAX,
        error_messages={"required": gettext_lazy("请填写被哪里采用。"), **too_long(NAME_MAX)},
    )
    on = forms.DateField(
        label=gettext_lazy("采用日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请填写采用日期。"),
            "invalid": gettext_lazy("日期请按“2026-01-31”的格式填写。"),
        },
    )
