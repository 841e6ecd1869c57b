"""The form of a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .rules import REASON_MAX, REASONED_VERDICTS, Verdict


class DecisionForm(forms.Form):
    """A verdict with its reason, on exactly the text that was on the screen."""

    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=REASON_MAX,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("退改、不采用、不通过时必填，报送单位会看到。"),
        error_messages={"max_length": _("理由不能超过%(limit_value)d字。")},
    )
    seen_digest = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, verdicts: Sequence[Verdict], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"] = forms.ChoiceField(
            label=_("意见"),
            choices=[(v.value, v.label) for v in verdicts],
            error_messages={
                "required": _("请选择意见。"),
                "invalid_choice": _("此环节没有这种意见，请重新选择。"),
            },
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needs_reason = data.get("verdict") in REASONED_VERDICTS and not data.get("reason")
        if needs_reason and "reason" not in self.errors:
            self.add_error("reason", _("请填写理由，报送单位会看到。"))
        return data
