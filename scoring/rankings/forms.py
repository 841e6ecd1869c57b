"""What a person chooses: the period and the group. A plain GET form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.papers.xlsx import Paper
from infoflow.units.models import EARLIEST_DATE

from .layouts import Layout
from .rules import (
    RATE_PLACES_MAX,
    Period,
    PeriodError,
    months_around,
    months_before,
    read_date,
    read_period,
)
from .workbook import Options

_NAMED = (
    ("month", months_around, 1),
    ("last-month", months_before, 1),
    ("quarter", months_around, 3),
    ("last-quarter", months_before, 3),
    ("half", months_around, 6),
    ("last-half", months_before, 6),
    ("year", months_around, 12),
    ("last-year", months_before, 12),
)


def named_periods(today: date) -> dict[str, Period]:
    """Return the periods that one press chooses, this one and the last of each length."""
    return {key: make(today, months) for key, make, months in _NAMED}


@dataclass(frozen=True, slots=True)
class Choice:
    """What to show: the person's choice, or the default where that cannot be read."""

    period: Period
    group_id: int | None
    fixed: bool = False  # units in their fixed order, not by points
    places: int | None = None  # decimals of rates; None: the usual, or those it was closed with


class ChoiceForm(forms.Form):
    """Dates as typed (start, end) or a named period, and a group."""

    start = forms.CharField(
        label=gettext_lazy("开始日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    end = forms.CharField(
        label=gettext_lazy("结束日期"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    period = forms.CharField(required=False, widget=forms.HiddenInput)
    group = forms.ChoiceField(
        label=gettext_lazy("考核分组"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("没有这个分组，已显示全部分组。")},
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("排列"),
        required=False,
        choices=[("", gettext_lazy("按得分")), ("fixed", gettext_lazy("按固定顺序"))],
        error_messages={"invalid_choice": gettext_lazy("没有这种排列，已按得分排列。")},
    )
    places = forms.TypedChoiceField(
        label=gettext_lazy("采用率小数"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", gettext_lazy("默认")),
            *((str(n), gettext_lazy("%(n)s位") % {"n": n}) for n in range(RATE_PLACES_MAX + 1)),
        ],
        error_messages={"invalid_choice": gettext_lazy("采用率的小数位数请从列表中选择。")},
    )

    def __init__(self, *args: Any, today: date, groups: Iterable[tuple[int, str]] = (), **kw: Any):
        super().__init__(*args, **kw)
        self.today = today
        field = self.fields["group"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("全部分组")), *((str(pk), name) for pk, name in groups)]

    def clean_period(self) -> str:
        """Accept only the names of the buttons."""
        name: str = self.cleaned_data["period"]
        if name and name not in named_periods(self.today):
            raise ValidationError(_("没有这样的期间，请从按钮中选择。"))
        return name

    def clean(self) -> dict[str, Any]:
        """Read the two dates when no button was pressed."""
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start", ""), data.get("end", "")
        if data.get("period") or not (start or end) or self.errors.keys() & {"start", "end"}:
            return data
        faults = False
        for field, text in (("start", start), ("end", end)):
            try:
                read_date(text, field=field, earliest=EARLIEST_DATE)
            except PeriodError as error:
                self.add_error(field, error.message)
                faults = True
        if not faults:
            try:
                data["chosen"] = read_period(start, end, earliest=EARLIEST_DATE)
            except PeriodError as error:
                self.add_error(error.field, error.message)
        return data

    def choice(self) -> Choice:
        """Return what to show; the current year where no period was chosen or readable."""
        self.is_valid()
        data = self.cleaned_data
        periods = named_periods(self.today)
        period = periods.get(data.get("period") or "") or data.get("chosen") or periods["year"]
        group = data.get("group") or ""
        return Choice(
            period,
            int(group) if group else None,
            fixed=data.get("sort") == "fixed",
            places=data.get("places"),
        )


class ExportForm(forms.Form):
    """How the Excel file looks; what is missing or unknown is as it usually is.

    Units stand as on the page, and rates have its decimals.
    """

    layout = forms.ChoiceField(
        label=gettext_lazy("表式"), choices=Layout.choices, initial=Layout.FULL, required=False
    )
    paper = forms.ChoiceField(
        label=gettext_lazy("纸张"),
        choices=[("", gettext_lazy("按列数自动")), *((paper, paper) for paper in Paper)],
        required=False,
    )

    def options(self) -> Options:
        """Return what was chosen."""
        self.is_valid()
        chosen = self.cleaned_data
        paper = chosen.get("paper")
        return Options(
            layout=Layout(chosen.get("layout") or Layout.FULL),
            paper=Paper(paper) if paper else None,
        )
