"""The office's forms of recurring duties."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from infoflow.units.models import Unit

from .actions_recurring import Duty
from .forms_office import UnitsMixin, line, lines, too_long, words_field
from .models_recurring import RecurringDuty
from .rules import PHONE_MAX, TITLE_MAX
from .rules_recurring import AHEAD_MAX, Rhythm

_WHOLE = gettext_lazy("请填整数。")


class DutyForm(UnitsMixin):
    """What is due again and again, when, and from whom."""

    title = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=TITLE_MAX - 20,
        help_text=gettext_lazy("例如：重点工作简报。期次（几月、哪一周）自动加在后面。"),
        error_messages={"required": gettext_lazy("请填写名称。"), **too_long(TITLE_MAX - 20)},
    )
    rhythm = forms.ChoiceField(label=gettext_lazy("多久一次"), choices=Rhythm.choices)
    day = forms.IntegerField(
        label=gettext_lazy("星期几或几日"),
        min_value=1,
        max_value=31,
        help_text=gettext_lazy(
            "每周的填1（周一）到7（周日）；每月的填几日，没有这一天的月份为最后一天。遇休息日顺延。"
        ),
        error_messages={
            "required": gettext_lazy("请填写星期几或几日。"),
            **dict.fromkeys(
                ("invalid", "min_value", "max_value"), gettext_lazy("请填1到31的整数。")
            ),
        },
    )
    at = forms.TimeField(
        label=gettext_lazy("截止钟点"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("请填写钟点，例如17:00。")
        ),
    )
    ahead = forms.IntegerField(
        label=gettext_lazy("提前几天下达"),
        min_value=0,
        max_value=AHEAD_MAX,
        error_messages={
            "required": gettext_lazy("请填写提前几天。"),
            "invalid": _WHOLE,
            "min_value": _WHOLE,
            "max_value": gettext_lazy("最多提前20天。"),
        },
    )
    points = lines(gettext_lazy("要点"))
    requirements = lines(gettext_lazy("写作要求"), rows=2)
    contact = line(gettext_lazy("联系人及电话"), PHONE_MAX)

    NAMES = ("title", "rhythm", "day", "at", "ahead", "points", "requirements", "contact")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer()
        field = self.fields["units"]
        field.required = True
        field.error_messages["required"] = gettext_lazy("请至少选择一个单位。")

    def duty(self) -> Duty:
        """Return what was typed, as the action takes it."""
        return Duty(**{name: self.cleaned_data[name] for name in self.NAMES})

    def chosen_units(self) -> list[Unit]:
        """Return the units that were ticked."""
        return list(Unit.objects.filter(pk__in=self.cleaned_data["units"]))

    @classmethod
    def initial_of(cls, duty: RecurringDuty) -> dict[str, Any]:
        """Return the fields filled with what a duty says."""
        said = {name: getattr(duty, name) for name in cls.NAMES}
        return {**said, "units": list(duty.units.values_list("pk", flat=True))}


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=dict.fromkeys(
            ("required", "invalid"), gettext_lazy("日期请按“2026-01-31”的格式填写。")
        ),
    )


class ExemptForm(forms.Form):
    """Which unit need not report, from when to when, and why."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("单位"),
        queryset=Unit.objects.none(),
        empty_label=gettext_lazy("请选择单位"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("请选择单位。")),
    )
    since = _day(gettext_lazy("从哪天"))
    until = _day(gettext_lazy("到哪天"))
    reason = words_field(gettext_lazy("理由"))

    def __init__(self, *args: Any, units: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = Unit.objects.filter(pk__in=units)
        if not self.is_bound:
            self.initial.setdefault("since", timezone.localdate())
