"""Forms of the rule table: rows, a preset to load, and moments to try a table on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from .models_rules import Dated, GradeThreshold, UrgentRule
from .presets import Preset, presets
from .queries_rules import judged_until, judged_words
from .rules_clocks import EventFacts, problems
from .rules_grades import EventClass, Grade

if TYPE_CHECKING:
    RuleModelForm = forms.ModelForm[UrgentRule]
    ThresholdModelForm = forms.ModelForm[GradeThreshold]
else:
    RuleModelForm = ThresholdModelForm = forms.ModelForm

_REQUIRED = {"required": _("请填写。")}
_DAY = {"required": _("请填写日期。"), "invalid": _("日期不正确，请按 2026-06-03 填写。")}
FOLLOWUPS_MAX = 60


def _lock_judged(form: forms.ModelForm[Any]) -> None:
    """Leave only the last day of a row open that has judged events, and say why."""
    row: Dated = form.instance
    judged = judged_until(row) if row.pk else None
    if judged is None:
        return
    for name, field in form.fields.items():
        field.disabled = name != "valid_to"
    told = _t("%(judged)s，内容不能再改，只能填写施行止。要改内容，请在列表中点“更换”。") % {
        "judged": judged_words(judged)
    }
    # At the top, where everybody looks first, and beside the one field that is open.
    for name in ("jurisdiction", "valid_to"):
        form.fields[name].help_text = told


def _name_blanks(form: forms.ModelForm[Any]) -> None:
    """Say in words what an empty choice means."""
    open_ended = {"cls": _t("各类"), "grade": _t("各级")}
    for name, field in form.fields.items():
        if isinstance(field, forms.TypedChoiceField) and name != "sensitive":
            told = _t("请选择") if field.required else open_ended.get(name)
            named = [choice for choice in field.widget.choices if choice[0]]
            if told:
                field.choices = [("", told), *named]


class RuleForm(RuleModelForm):
    class Meta:
        model = UrgentRule
        fields = [
            "jurisdiction",
            "document",
            "cls",
            "grade",
            "sensitive",
            "step",
            "channel",
            "limit_amount",
            "limit_kind",
            "start",
            "after_step",
            "slots",
            "incomplete_ok",
            "valid_from",
            "valid_to",
        ]
        widgets = {"valid_from": AdminDateInput, "valid_to": AdminDateInput}
        error_messages = {
            "jurisdiction": _REQUIRED,
            "document": _REQUIRED,
            "step": {"required": _("请选择。")},
            "channel": {"required": _("请选择。")},
            "valid_from": _DAY,
            "valid_to": _DAY,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_blanks(self)
        _lock_judged(self)


class ThresholdForm(ThresholdModelForm):
    class Meta:
        model = GradeThreshold
        fields = [
            "jurisdiction",
            "document",
            "cls",
            "measure",
            "at_least",
            "grade",
            "valid_from",
            "valid_to",
        ]
        widgets = {"valid_from": AdminDateInput, "valid_to": AdminDateInput}
        error_messages = {
            "jurisdiction": _REQUIRED,
            "document": _REQUIRED,
            "measure": {"required": _("请选择。")},
            "grade": {"required": _("请选择。")},
            "at_least": _REQUIRED,
            "valid_from": _DAY,
            "valid_to": _DAY,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_blanks(self)
        _lock_judged(self)


class LoadForm(forms.Form):
    """For which level, by which document and from when a preset is loaded."""

    jurisdiction = forms.CharField(label=_("适用层级"), max_length=40, error_messages=_REQUIRED)
    document = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("换成本地文件的名称或文号"),
        error_messages=_REQUIRED,
    )
    valid_from = forms.DateField(
        label=_("施行起"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=_DAY,
    )

    @classmethod
    def for_preset(cls, preset: Preset) -> LoadForm:
        """Return the form as it stands before anything was changed."""
        return cls(
            initial={
                "jurisdiction": preset.jurisdiction,
                "document": preset.document,
                "valid_from": preset.valid_from or timezone.localdate(),
            }
        )


def _moment(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"
        ),
        error_messages={"invalid": _("时间不正确，请按 2026-06-03 14:03 填写。"), **_REQUIRED},
    )


class TrialForm(forms.Form):
    """The moments of an event that is only thought of. Nothing of it is stored."""

    table = forms.ChoiceField(label=_("按哪张表"), required=False)
    cls = forms.ChoiceField(label=_("事件类别"), choices=EventClass.choices)
    grade = forms.ChoiceField(
        label=_("级别"), required=False, choices=[("", _("未定")), *Grade.choices]
    )
    sensitive = forms.BooleanField(label=_("涉及敏感因素"), required=False)
    happened_at = _moment(_("事发时间"))
    happened_about = forms.BooleanField(label=_("事发时间为大约"), required=False)
    learned_at = _moment(_("获悉时间"))
    received_at = _moment(_("接报时间"))
    phone_at = _moment(_("电话报告时间"))
    written_at = _moment(_("书面报告时间"))
    incomplete = forms.BooleanField(label=_("书面报告不完整，写明了原因"), required=False)
    followups = forms.CharField(
        label=_("续报时间"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("一行一次，例如 2026-06-04 07:50"),
    )
    final_at = _moment(_("终报时间"))
    ended_at = _moment(_("处置结束时间"))
    as_of = _moment(_("查看时刻"), help_text=_("空即现在；只影响还没有报告的"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tables = [(p.code, p.name) for p in presets().values() if p.rules]
        field = cast("forms.ChoiceField", self.fields["table"])
        field.choices = [("", _t("现行规则表")), (_t("内置样例"), tables)]

    def clean_followups(self) -> tuple[datetime, ...]:
        """Return the moments of the lines, in order of time."""
        lines = [line.strip() for line in self.cleaned_data["followups"].splitlines()]
        field = _moment("")
        found = []
        for number, line in enumerate(filter(None, lines), start=1):
            try:
                found.append(cast("datetime", field.clean(line)))
            except forms.ValidationError:
                raise forms.ValidationError(
                    _t("第%(n)d行不是时间，请按 2026-06-04 07:50 填写。") % {"n": number}
                ) from None
        if len(found) > FOLLOWUPS_MAX:
            raise forms.ValidationError(_t("续报最多%(n)d次。") % {"n": FOLLOWUPS_MAX})
        return tuple(sorted(found))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("happened_at") and not cleaned.get("learned_at"):
            if not {"happened_at", "learned_at"} & set(self.errors):
                raise forms.ValidationError(_t("事发时间和获悉时间请至少填一个。"))
            return cleaned
        if not self.errors:
            # A trial may lie ahead: only the order of the moments is looked at.
            ahead = max(m for m in cleaned.values() if isinstance(m, datetime))
            for told in problems(self.facts, max([timezone.now(), ahead, *cleaned["followups"]])):
                self.add_error(None, told)
        return cleaned

    @property
    def facts(self) -> EventFacts:
        """The event that was thought of."""
        data = self.cleaned_data
        return EventFacts(
            cls=data["cls"],
            grade=Grade(data["grade"]) if data["grade"] else None,
            sensitive=data["sensitive"],
            happened_at=data["happened_at"],
            happened_about=data["happened_about"],
            learned_at=data["learned_at"],
            received_at=data["received_at"],
            phone_at=data["phone_at"],
            written_at=data["written_at"],
            written_incomplete_reason="—" if data["incomplete"] else "",
            followups=data["followups"],
            final_at=data["final_at"],
            ended_at=data["ended_at"],
        )
