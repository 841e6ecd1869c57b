"""Forms of the ledger's pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from infoflow.units.models import EARLIEST_DATE

# What one page recalculates while a person waits: for 3,000 units with 200,000 facts a year
# comparing takes ten seconds a year and writing all anew thirty, when nobody records. Longer
# times are done in parts, or at night by the command, which shows how far it is.
YEARS_MAX = 2


class PeriodForm(forms.Form):
    """A first and a last day."""

    start = forms.DateField(
        label=_("开始日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("请填写开始日期。"),
            "invalid": _("开始日期不对，请按 2026-01-31 的格式填写。"),
        },
    )
    end = forms.DateField(
        label=_("结束日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("请填写结束日期。"),
            "invalid": _("结束日期不对，请按 2026-01-31 的格式填写。"),
        },
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what is no period."""
        data: dict[str, Any] = super().clean() or {}
        start: date | None = data.get("start")
        end: date | None = data.get("end")
        if start and start < EARLIEST_DATE:
            self.add_error("start", ValidationError(_("开始日期早于1949年10月1日，请检查年份。")))
        if start and end:
            if end < start:
                self.add_error("end", ValidationError(_("结束日期早于开始日期，请调整。")))
            elif end.year - start.year >= YEARS_MAX:
                self.add_error(
                    "end",
                    ValidationError(
                        _("一次最多两个年度：再长要等很久，入账时别人也不能登记。请分几次做。")
                    ),
                )
        return data


class ConfirmForm(PeriodForm):
    """A period, and the digest of what the person has seen of it."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
