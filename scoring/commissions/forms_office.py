"""The office's forms of commissions: what is asked, of whom, until when; words to one unit."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.units.models import GroupMembership, Unit

from .content import Ask, Content
from .models import AskedUnit, CommissionTemplate
from .rules import (
    DAYS_MAX,
    NAME_MAX,
    PHONE_MAX,
    TEXT_MAX,
    TITLE_MAX,
    WORDS_MAX,
    Origin,
)

PHONE_ROWS = 6


def too_long(longest: int) -> dict[str, Any]:
    """Return the message of a text that is too long."""
    return {"max_length": gettext_lazy("不能超过%(max)s字，请缩短。") % {"max": longest}}


def line(label: Any, longest: int, *, help_text: Any = "") -> forms.CharField:
    """Return one line of text that may stay empty."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        help_text=help_text,
        error_messages=too_long(longest),
    )


def lines(label: Any, *, rows: int = 3, help_text: Any = "") -> forms.CharField:
    """Return several lines of text that may stay empty."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=TEXT_MAX,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages=too_long(TEXT_MAX),
    )


def words_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    """Return words that a unit will read."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=WORDS_MAX,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("请填写，单位会看到。"),
            **too_long(WORDS_MAX),
        },
    )


class MomentField(forms.SplitDateTimeField):
    """A day and an hour, in two boxes that old browsers know as well."""

    def __init__(self, **kwargs: Any) -> None:
        day: dict[str, Any] = {"type": "date", "aria-label": gettext_lazy("日期")}
        hour: dict[str, Any] = {"type": "time", "aria-label": gettext_lazy("钟点")}
        super().__init__(
            widget=forms.SplitDateTimeWidget(
                date_format="%Y-%m-%d",
                time_format="%H:%M",
                date_attrs=day,
                time_attrs=hour,
            ),
            error_messages={
                "required": gettext_lazy("请填写日期和钟点。"),
                "invalid_date": gettext_lazy("日期请按“2026-01-31”的格式填写。"),
                "invalid_time": gettext_lazy("钟点请按“17:00”的格式填写。"),
            },
            **kwargs,
        )


class ConfirmMixin(forms.Form):
    """What is doubtful is asked about once; ticked it goes through."""

    confirmed = forms.BooleanField(label=gettext_lazy("已核对，就这样办"), required=False)


class ContentForm(ConfirmMixin):
    """What a commission says, and its deadline: a moment, or working days from sending on."""

    title = forms.CharField(
        label=gettext_lazy("题目"),
        max_length=TITLE_MAX,
        error_messages={"required": gettext_lazy("请填写题目。"), **too_long(TITLE_MAX)},
    )
    origin = forms.ChoiceField(
        label=gettext_lazy("来源"), choices=Origin.choices, initial=Origin.OWN
    )
    superior = line(gettext_lazy("上级单位"), NAME_MAX)
    superior_document = line(gettext_lazy("上级文件或通知"), NAME_MAX)
    superior_due_at = MomentField(
        label=gettext_lazy("上级要求的时限"),
        required=False,
        help_text=gettext_lazy("给单位的截止时间应早于它。"),
    )
    background = lines(gettext_lazy("背景"))
    points = lines(gettext_lazy("要点"), help_text=gettext_lazy("希望写到的内容，一行一条。"))
    requirements = lines(gettext_lazy("写作要求"), rows=2)
    contact = line(gettext_lazy("联系人及电话"), PHONE_MAX)
    channel = line(
        gettext_lazy("报送方式"),
        PHONE_MAX,
        help_text=gettext_lazy("不填即在本系统报送。"),
    )
    due_at = MomentField(label=gettext_lazy("截止时间"), required=False)
    due_days = forms.IntegerField(
        label=gettext_lazy("或下达后几个工作日"),
        required=False,
        min_value=1,
        max_value=DAYS_MAX,
        help_text=gettext_lazy("两项只填一项。工作日从下达的第二天算起，按放假和调休安排推算。"),
        error_messages={
            "invalid": gettext_lazy("请填整数，例如3。"),
            "min_value": gettext_lazy("至少1个工作日。"),
            "max_value": gettext_lazy("工作日数太大，请检查。"),
        },
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    SUPERIOR = ("superior", "superior_document", "superior_due_at")
    TEXTS = ("background", "points", "requirements", "contact", "channel")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("form_key", uuid.uuid4())

    def content(self) -> Content:
        """Return what was typed, as the actions take it."""
        cleaned = self.cleaned_data
        names = ("title", "origin", *self.SUPERIOR, *self.TEXTS, "due_at", "due_days")
        return Content(**{name: cleaned[name] for name in names})

    @staticmethod
    def initial_of(content: Content) -> dict[str, Any]:
        """Return the fields filled with what a commission says."""
        return dict(vars(content))

    @staticmethod
    def initial_from(template: CommissionTemplate) -> dict[str, Any]:
        """Return the fields filled from a template."""
        names = ("title", "background", "points", "requirements", "contact", "channel")
        return {**{name: getattr(template, name) for name in names}, "due_days": template.days}


def grouped_units(day: Any, without: Iterable[int] = ()) -> list[tuple[str, list[Unit]]]:
    """Return the units of a day by the groups of its year; who is in none comes last."""
    left_out = set(without)
    units = [u for u in Unit.objects.active_on(day) if u.pk not in left_out]
    groups = {
        row.unit_id: (row.group.order, row.group.name)
        for row in GroupMembership.objects.filter(year=day.year).select_related("group")
    }
    none = (10**9, _("未分组"))
    found: dict[tuple[int, str], list[Unit]] = {}
    for unit in units:
        found.setdefault(groups.get(unit.pk, none), []).append(unit)
    return [(name, found[order, name]) for order, name in sorted(found)]


class UnitsMixin(forms.Form):
    """Units to ask, ticked by group."""

    units = forms.TypedMultipleChoiceField(
        label=gettext_lazy("约稿单位"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("有的单位已停用，请刷新页面重新选择。")},
    )

    def offer(self, without: Iterable[int] = ()) -> None:
        """Set the units to choose from."""
        self.groups = grouped_units(timezone.localdate(), without)
        field = self.fields["units"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [(unit.pk, unit.name) for _name, units in self.groups for unit in units]

    @property
    def chosen(self) -> set[int]:
        """Return the ids that stand ticked, typed or first."""
        value = self["units"].value() or []
        return {int(pk) for pk in value if str(pk).isdecimal()}

    @property
    def by_group(self) -> list[tuple[str, list[tuple[Unit, bool]]]]:
        """Return groups with their units and whether each is ticked, for the page."""
        chosen = self.chosen
        return [(name, [(u, u.pk in chosen) for u in units]) for name, units in self.groups]


class DraftForm(UnitsMixin, ContentForm):
    """A draft: what is asked and of whom."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer()

    def asks(self, standing: Sequence[AskedUnit] = ()) -> list[Ask]:
        """Return who is asked; a unit that was asked before keeps its part."""
        kept = {row.unit_id: Ask(row.unit_id, row.lead, row.part) for row in standing}
        return [kept.get(pk, Ask(pk)) for pk in self.cleaned_data["units"]]


class PartsForm(ConfirmMixin):
    """Who leads and which part each unit has; the last look before sending."""

    def __init__(self, *args: Any, rows: Sequence[AskedUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        choices = [("", _("不设牵头单位")), *((str(r.unit_id), r.unit.name) for r in rows)]
        lead = next((str(row.unit_id) for row in rows if row.lead), "")
        self.fields["lead"] = forms.ChoiceField(
            label=_("牵头单位"), choices=choices, required=False, initial=lead
        )
        for row in rows:
            field = line(row.unit.name, WORDS_MAX)
            field.initial = row.part
            field.widget.attrs["aria-label"] = _("%(unit)s的分工") % {"unit": row.unit.name}
            self.fields[f"part_{row.unit_id}"] = field

    @property
    def parts(self) -> list[tuple[AskedUnit, forms.BoundField]]:
        """Return each unit with its box."""
        return [(row, self[f"part_{row.unit_id}"]) for row in self.rows]

    @property
    def has_parts(self) -> bool:
        """Whether any unit has a part, or a box wants attention."""
        return any(field.value() or field.errors for _row, field in self.parts)

    def asks(self) -> list[Ask]:
        """Return who is asked, as the actions take it."""
        lead = self.cleaned_data["lead"]
        return [
            Ask(row.unit_id, str(row.unit_id) == lead, self.cleaned_data[f"part_{row.unit_id}"])
            for row in self.rows
        ]


class AddUnitsForm(UnitsMixin, ConfirmMixin):
    """Further units for what was sent."""

    due_at = MomentField(
        label=gettext_lazy("截止时间"),
        required=False,
        help_text=gettext_lazy("不填即与原定截止时间相同。"),
    )

    def __init__(self, *args: Any, without: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].required = True
        self.fields["units"].error_messages["required"] = _("请至少选择一个单位。")
        self.offer(without)

    def asks(self) -> list[Ask]:
        """Return the units to add."""
        return [Ask(pk) for pk in self.cleaned_data["units"]]


class ChangeForm(ContentForm):
    """What was sent, changed with notice."""

    words = words_field(gettext_lazy("改了什么、为什么"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What was sent has a moment; counting again from now would surprise everybody.
        self.fields["due_days"].widget = forms.HiddenInput()


class PhonedForm(ContentForm):
    """A commission that went out by telephone: who called whom, and when."""

    caller = forms.CharField(
        label=gettext_lazy("打电话的人"),
        max_length=PHONE_MAX,
        error_messages={"required": gettext_lazy("请填写打电话的人。"), **too_long(PHONE_MAX)},
    )
    called_at = MomentField(label=gettext_lazy("通话时间"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.active_on(timezone.localdate())
        choices = [("", _("请选择单位")), *((str(u.pk), u.name) for u in units)]
        for n in range(PHONE_ROWS):
            self.fields[f"unit_{n}"] = forms.ChoiceField(
                choices=choices,
                required=False,
                label=_("单位"),
                error_messages={"invalid_choice": _("这个单位已停用，请重新选择。")},
            )
            self.fields[f"to_{n}"] = line(_("接电话的人"), PHONE_MAX)
        if not self.is_bound:
            self.initial.setdefault("called_at", timezone.localtime().replace(second=0))

    @property
    def calls(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the pairs of boxes: unit, who took the call."""
        return [(self[f"unit_{n}"], self[f"to_{n}"]) for n in range(PHONE_ROWS)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        pairs = [
            (n, cleaned.get(f"unit_{n}", ""), cleaned.get(f"to_{n}", "")) for n in range(PHONE_ROWS)
        ]
        for n, unit, to in pairs:
            if unit and not to:
                self.add_error(f"to_{n}", _("请填写接电话的人。"))
            if to and not unit:
                self.add_error(f"unit_{n}", _("请选择单位。"))
        if not any(unit for _n, unit, _to in pairs):
            self.add_error("unit_0", _("请至少选择一个单位。"))
        return cleaned

    def asks(self) -> list[Ask]:
        """Return who was called."""
        cleaned = self.cleaned_data
        return [
            Ask(int(cleaned[f"unit_{n}"]), phoned_to=cleaned[f"to_{n}"])
            for n in range(PHONE_ROWS)
            if cleaned[f"unit_{n}"]
        ]
