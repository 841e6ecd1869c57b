"""Forms of decisions: one text, or several with one reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .practice import CommonReason, ReviewSettings
from .rules import FINAL_VERDICTS, REASON_MAX, REASONED_VERDICTS, Resume, Step, Verdict

if TYPE_CHECKING:
    SettingsModelForm = forms.ModelForm[ReviewSettings]
else:
    SettingsModelForm = forms.ModelForm


class ReasonedForm(forms.Form):
    """A reason from the list, in words, or both."""

    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=REASON_MAX,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("退改、不采用、不通过时必填（选常用理由也算），报送单位会看到。"),
        error_messages={"max_length": _("理由不能超过%(limit_value)d字。")},
    )

    def __init__(self, *args: Any, reasons: Iterable[CommonReason], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["common"] = forms.ChoiceField(
            label=_("常用理由"),
            required=False,
            choices=[("", _("（不选，自己写）")), *((r.text, r.text) for r in reasons)],
            error_messages={"invalid_choice": _("请从列表中选择理由，或在下面自己写。")},
        )

    def needs_reason(self, data: dict[str, Any]) -> bool:
        return True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = data.get("reason") or data.get("common")
        if self.needs_reason(data) and not given and not self.errors.keys() & {"reason", "common"}:
            self.add_error("reason", _("请填写理由，报送单位会看到。"))
        return data


class BulkForm(ReasonedForm):
    """One reason for several texts."""


class DecisionForm(ReasonedForm):
    """A verdict with its reason, on exactly the text that was on the screen."""

    seen_digest = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self,
        *args: Any,
        verdicts: Sequence[Verdict],
        back_to: Sequence[Step] = (Step.SUBMIT,),
        **kwargs: Any,
    ) -> None:
        """Make the form.

        Args:
            back_to: the steps that a return may go to; SUBMIT is the writer.
        """
        super().__init__(*args, **kwargs)
        self.fields["verdict"] = forms.ChoiceField(
            label=_("意见"),
            choices=[(v.value, v.label) for v in verdicts],
            error_messages={
                "required": _("请选择意见。"),
                "invalid_choice": _("此环节没有这种意见，请重新选择。"),
            },
        )
        self.fields["to_step"] = forms.ChoiceField(
            label=_("退回到"),
            required=False,
            choices=[
                (step.value, _("撰稿人（修改后重报）") if step == Step.SUBMIT else step.label)
                for step in back_to
            ],
            error_messages={"invalid_choice": _("不能退回到这个环节，请重新选择。")},
        )
        self.fields["resume"] = forms.ChoiceField(
            label=_("改好之后"),
            required=False,
            choices=Resume.choices,
            error_messages={"invalid_choice": _("请选择改好之后从哪一环节继续。")},
        )

    def needs_reason(self, data: dict[str, Any]) -> bool:
        return data.get("verdict") in REASONED_VERDICTS

    @property
    def asks(self) -> Verdict | None:
        """Return the verdict that cannot be taken back, unless the person has confirmed it."""
        verdict = self.cleaned_data["verdict"]
        sure = self.data.get("sure") == verdict
        return Verdict(verdict) if verdict in FINAL_VERDICTS and not sure else None

    def words(self) -> dict[str, Any]:
        """Return what the form says, as the arguments of `actions.decide`."""
        data = self.cleaned_data
        returns = data["verdict"] == Verdict.RETURN
        return {
            "verdict": data["verdict"],
            "reason": data["reason"],
            "cause": data["common"],
            "seen_digest": data["seen_digest"],
            "to_step": data["to_step"] if returns else "",
            "resume": data["resume"] if returns else "",
        }


class ReopenForm(forms.Form):
    """Why a closed or refused text is taken up again."""

    reason = forms.CharField(
        label=_("恢复办理的理由"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("报送单位会看到。"),
        error_messages={
            "required": _("请填写理由，报送单位会看到。"),
            "max_length": _("理由不能超过%(limit_value)d字。"),
        },
    )


class SettingsForm(SettingsModelForm):
    """Working days and practices."""

    second_level = forms.BooleanField(
        label=_("启用保密复审"),
        required=False,
        help_text=_(
            "启用后，保密审查通过的稿件须由另一名保密审查员复审。停用时已在复审的照常办完。"
        ),
    )

    class Meta:
        model = ReviewSettings
        fields = ["screen_days", "clear_days", "recheck_days", "issue_days", "id_mask"]
