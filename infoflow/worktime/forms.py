"""Forms of the calendar's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput

from infoflow.uploads.handlers import TooLargeFile

from .models import CalendarYear, ClosingTime, WorkdayOverride

if TYPE_CHECKING:
    OverrideModelForm = forms.ModelForm[WorkdayOverride]
    YearModelForm = forms.ModelForm[CalendarYear]
    ClosingModelForm = forms.ModelForm[ClosingTime]
else:
    OverrideModelForm = YearModelForm = ClosingModelForm = forms.ModelForm

LISTING_MAX = 100_000
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


class ListingForm(forms.Form):
    """A year's list as a file."""

    year = forms.IntegerField(
        label=_("年度"),
        min_value=2004,
        max_value=2100,
        error_messages={
            "required": _("请填写年度。"),
            "invalid": _("年度请填四位数字，例如 2027。"),
            "min_value": _("年度请填2004至2100。"),
            "max_value": _("年度请填2004至2100。"),
        },
    )
    source = forms.CharField(
        label=_("依据"),
        max_length=100,
        help_text=_("文件名称或文号"),
        error_messages={"required": _("请填写。"), "max_length": _("依据不能超过100字。")},
    )
    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
        error_messages={"required": _("请选择文件。"), "empty": _("文件是空的，请重新选择。")},
    )

    def clean_file(self) -> Any:
        """Return the file; a list of one year is small."""
        file = self.cleaned_data["file"]
        if file.size > LISTING_MAX or isinstance(file, TooLargeFile):
            raise forms.ValidationError(_("文件超过100KB，请只留一个年度的放假安排。"))
        return file
