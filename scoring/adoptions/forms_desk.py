"""The unit's answer to an instruction."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from infoflow.units.models import plausible_date

from .rules_instructions import TEXT_MAX


class AnswerForm(forms.Form):
    """What was done about an instruction, and when."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    unit = forms.IntegerField(widget=forms.HiddenInput)
    done_on = forms.DateField(
        label=gettext_lazy("办理日期"),
        validators=[plausible_date],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("请填写办理日期。"),
            "invalid": gettext_lazy("日期请按“2026-01-31”的格式填写。"),
        },
    )
    text = forms.CharField(
        label=gettext_lazy("办理情况"),
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": gettext_lazy("请写明办理情况：做了什么、结果如何。"),
            "max_length": gettext_lazy("办理情况不能超过2000字，请缩短。"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("form_id", uuid.uuid4())
            self.initial.setdefault("done_on", timezone.localdate())
