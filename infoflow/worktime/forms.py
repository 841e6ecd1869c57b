"""Forms of the calendar's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput

from .models import CalendarYear, ClosingTime, WorkdayOverride

if TYPE_CHECKING:
    OverrideModelForm = forms.ModelForm[WorkdayOverride]
    YearModelForm = forms.ModelForm[CalendarYear]
    ClosingModelForm = forms.ModelForm[ClosingTime]
else:
    OverrideModelForm = YearModelForm = ClosingModelForm = forms.ModelForm

_REQUIRED = {"required": _("请填写。")}


class OverrideForm(OverrideModelForm):
    class Meta:
        model = WorkdayOverride
        fields = ["date", "is_workday", "source"]
        widgets = {"date": AdminDateInput}
        error_messages = {
            "date": {
                "required": _("请填写日期。"),
                "invalid": _("日期不正确，请按 2027-01-01 填写。"),
            },
            "source": _REQUIRED,
        }


class YearForm(YearModelForm):
    class Meta:
        model = CalendarYear
        fields = ["year", "source"]
        help_texts = {
            "year": _("该年的放假和调休日全部录入后再登记，登记之前跨入该年的期限标明“暂按推算”")
        }
        error_messages = {"year": _REQUIRED, "source": _REQUIRED}


class ClosingTimeForm(ClosingModelForm):
    class Meta:
        model = ClosingTime
        fields = ["valid_from", "closes", "source"]
        widgets = {"valid_from": AdminDateInput, "closes": AdminTimeInput}
        error_messages = {
            "valid_from": _REQUIRED,
            "closes": {"required": _("请填写。"), "invalid": _("时间不正确，请按 17:00 填写。")},
            "source": _REQUIRED,
        }
