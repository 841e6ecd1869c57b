"""Forms of the desk: who does it, more time, what is linked, why it cannot be done."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from infoflow.units.handover import people_of
from infoflow.worktime.rules import CHINA

from .models import AskedUnit
from .rules import WORDS_MAX

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class PersonForm(forms.Form):
    """Who of the unit's people does it."""

    chosen = forms.TypedChoiceField(label=_("承办人"), coerce=int)

    def __init__(self, *args: Any, asked: AskedUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [  # type: ignore[attr-defined]
            (person.pk, str(person)) for person in people_of(asked.unit)
        ]


def words_field(label: StrOrPromise, empty: StrOrPromise) -> forms.CharField:
    """Return a field for a reason."""
    return forms.CharField(
        label=label,
        max_length=WORDS_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": empty, "max_length": _("不能超过%(limit_value)d字。")},
    )


class ExtendForm(forms.Form):
    """More time: until when, and why."""

    day = forms.DateField(
        label=_("延到哪一天"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("请选择日期。"), "invalid": _("请填写日期，如2026-07-10。")},
    )
    at = forms.TimeField(
        label=_("几点"),
        initial=time(17),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("请填写钟点。"), "invalid": _("请填写钟点，如17:00。")},
    )
    reason = words_field(_("延期理由"), _("请写明延期的理由，信息科据此决定。"))
    confirmed = forms.BooleanField(label=_("已核对"), required=False)

    def until(self) -> datetime:
        """Return the moment that was filled in, in China's time."""
        day: date = self.cleaned_data["day"]
        return datetime.combine(day, self.cleaned_data["at"], CHINA)


class UnableForm(forms.Form):
    """Why it cannot be done."""

    reason = words_field(_("无法完成的理由"), _("请写明为什么无法完成，信息科据此决定。"))


class LinkForm(forms.Form):
    """Which item answers; whether it may is decided by the action."""

    item = forms.IntegerField(error_messages={"required": _("请选择一篇稿件。")})


class UnlinkForm(forms.Form):
    """Which answer is taken back, and why."""

    answer = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("解除关联的理由"),
        max_length=WORDS_MAX,
        error_messages={"required": _("请写明为什么解除关联。")},
    )


class NothingForm(forms.Form):
    """零报告: what may be said with it."""

    words = forms.CharField(
        label=_("说明"),
        required=False,
        max_length=WORDS_MAX,
        error_messages={"max_length": _("不能超过%(limit_value)d字。")},
    )
