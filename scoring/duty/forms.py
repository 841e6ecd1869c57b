"""Forms of the duty room."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .actions_log import Call
from .models import LogEntry
from .rules import MATTER_MAX, SHORT_MAX, TEXT_MAX, WHY_MAX
from .subjects import Subject, find_subject

if TYPE_CHECKING:
    from infoflow.units.models import User

_CALL = tuple(field.name for field in fields(Call))
MOMENT = "%Y-%m-%dT%H:%M"


def _area(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        error_messages={"invalid": gettext_lazy("请按“2026-07-03 14:05”的格式填写时间。")},
    )


def _short(label: Any, most: int = SHORT_MAX, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, **more)


class KeyedForm(forms.Form):
    """A form that is taken once, however often it is sent."""

    form_id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("form_id", str(uuid.uuid4()))

    @property
    def key(self) -> str:
        """The key under which what the form says is kept."""
        return f"form:{self.cleaned_data['form_id']}"


class CallForm(KeyedForm):
    """A call as it is taken down."""

    unit_name = _short(
        gettext_lazy("来电单位"),
        widget=forms.TextInput(attrs={"list": "duty-units", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("请填写来电单位；群众来电写“群众”。")},
    )
    caller = _short(
        gettext_lazy("来电人"),
        error_messages={"required": gettext_lazy("请填写来电人；不肯说姓名的写“不详”。")},
    )
    post = _short(gettext_lazy("职务"), required=False)
    phone = _short(
        gettext_lazy("电话"), required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    content = forms.CharField(
        label=gettext_lazy("内容"),
        max_length=TEXT_MAX,
        widget=_area(3),
        error_messages={"required": gettext_lazy("请填写内容：何时何地发生何事，现在怎样。")},
    )
    reported = forms.CharField(
        label=gettext_lazy("已向谁报告了什么"), max_length=TEXT_MAX, required=False, widget=_area(2)
    )
    called_at = _moment(gettext_lazy("来电时间"))
    about = _short(
        gettext_lazy("有关紧急信息编号"),
        60,
        required=False,
        widget=forms.TextInput(attrs={"list": "duty-subjects", "autocomplete": "off"}),
    )
    instructed_by = _short(gettext_lazy("作指示的领导"), required=False)
    instruction = forms.CharField(
        label=gettext_lazy("指示内容"), max_length=TEXT_MAX, required=False, widget=_area(2)
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.subject: Subject | None = None

    @classmethod
    def keeping(cls, typed: Mapping[str, str], *, person: User) -> CallForm:
        """Return a form with what somebody has typed, not judged: they have not finished."""
        known = {name: typed[name] for name in cls.base_fields if name in typed}
        return cls(initial=known, person=person)

    def clean_about(self) -> str:
        text: str = self.cleaned_data["about"].strip()
        if text:
            self.subject = find_subject(text, self.person)
            if self.subject is None:
                raise forms.ValidationError(
                    _("没有找到“%(text)s”，请从列表中选择，或先留空。") % {"text": text[:30]}
                )
        return text

    @property
    def call(self) -> Call:
        """What the action takes."""
        return Call(**{name: self.cleaned_data[name] for name in _CALL if name in self.fields})


class CorrectionForm(CallForm):
    """An entry written once more, with the reason."""

    why = _short(
        gettext_lazy("更正原因"),
        WHY_MAX,
        error_messages={"required": gettext_lazy("请写明为什么更正，如“数字听错”。")},
    )
    instruction = None  # type: ignore[assignment]
    instructed_by = None  # type: ignore[assignment]

    @classmethod
    def of(cls, entry: LogEntry, *, person: User) -> CorrectionForm:
        """Return the form with what the entry says."""
        names = ("unit_name", "caller", "post", "phone", "content", "reported")
        said = {name: getattr(entry, name) for name in names}
        at = timezone.localtime(entry.called_at)
        return cls(initial={**said, "about": entry.about_label, "called_at": at}, person=person)


class InstructionForm(KeyedForm):
    """What a leader said about an entry."""

    leader = _short(
        gettext_lazy("作指示的领导"),
        error_messages={"required": gettext_lazy("请填写是哪位领导。")},
    )
    text = forms.CharField(
        label=gettext_lazy("指示内容"),
        max_length=TEXT_MAX,
        widget=_area(2),
        error_messages={"required": gettext_lazy("请填写指示内容。")},
    )
    given_at = _moment(gettext_lazy("指示时间"))


class AnswerForm(forms.Form):
    """What was done about an instruction."""

    text = forms.CharField(
        label=gettext_lazy("落实情况"),
        max_length=TEXT_MAX,
        widget=_area(2),
        error_messages={"required": gettext_lazy("请写明怎么办的、结果如何。")},
    )


class NoteForm(KeyedForm):
    """What a shift leaves to the next one."""

    text = forms.CharField(
        label=gettext_lazy("本班情况"),
        max_length=TEXT_MAX,
        widget=_area(4),
        error_messages={"required": gettext_lazy("请写明本班情况；平安无事的写“一切正常”。")},
    )
    matters = forms.CharField(label=gettext_lazy("新的未办结事项"), required=False, widget=_area(3))


class CloseForm(forms.Form):
    """How an open matter ended."""

    text = _short(
        gettext_lazy("办理结果"),
        MATTER_MAX,
        error_messages={"required": gettext_lazy("请写明办理结果。")},
    )


class SearchForm(forms.Form):
    """What is looked for in the log."""

    start = forms.DateField(
        label=gettext_lazy("从"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    end = forms.DateField(
        label=gettext_lazy("到"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    unit = _short(
        gettext_lazy("单位"),
        required=False,
        widget=forms.TextInput(attrs={"list": "duty-units", "autocomplete": "off"}),
    )
    q = _short(
        gettext_lazy("词语"), 100, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("start"), said.get("end")
        if start and end and end < start:
            raise forms.ValidationError(_("结束日期早于开始日期，请检查。"))
        return said
