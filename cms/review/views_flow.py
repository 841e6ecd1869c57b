"""流程统计: the numbers of the flow, each chart with its table beside it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import flow
from .charts import Chart, Datum, chart
from .flow_rules import (
    DEFAULT_PERIOD,
    PERIOD_LABELS,
    BadPeriod,
    Period,
    named_periods,
    spell,
    typed_period,
)
from .rules import Verdict
from .views import OfficeView

_MONTH_COLUMNS = (
    (Verdict.RETURN, gettext_lazy("退改")),
    (Verdict.CLOSE, gettext_lazy("不采用")),
    (Verdict.REFUSE, gettext_lazy("保密审查不通过")),
    (Verdict.WITHDRAW, gettext_lazy("撤回")),
    (Verdict.REOPEN, gettext_lazy("恢复办理")),
    ("door", gettext_lazy("密级标志拒收")),
)


class FlowView(OfficeView):
    """The numbers of one period, and what waits now."""

    template_name = "review/flow.html"
    page_title = gettext_lazy("流程统计")
    header_icon = "history"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def asked(self) -> tuple[Period, str, str]:
        """Return the period, the name of the one that was pressed, and what is wrong with it."""
        named = named_periods(timezone.localdate())
        start, end = self.request.GET.get("start", ""), self.request.GET.get("end", "")
        name = self.request.GET.get("period", "")
        if name in named:
            return named[name], name, ""
        if start or end:
            try:
                return typed_period(start, end), "", ""
            except BadPeriod as bad:
                return named[DEFAULT_PERIOD], DEFAULT_PERIOD, bad.message
        return named[DEFAULT_PERIOD], DEFAULT_PERIOD, ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        period, name, bad = self.asked()
        now = timezone.now()
        waiting = flow.waiting_now(now)
        steps = flow.step_lines(period, now)
        units, more_units = flow.unit_lines(period)
        causes = flow.cause_lines(period)
        months = flow.month_lines(period)
        return super().get_context_data(
            **kwargs,
            period=period,
            named=[
                {"key": key, "label": label, "chosen": key == name}
                for key, label in PERIOD_LABELS.items()
            ],
            bad=bad,
            made_at=now,
            waiting=waiting,
            waiting_chart=chart(
                [Datum(str(line.step.label), line.count, marked=line.overdue) for line in waiting]
            ),
            steps=steps,
            steps_chart=_steps_chart(steps),
            any_decided=any(line.decided for line in steps),
            units=units,
            more_units=more_units,
            units_chart=chart([Datum(line.name, line.returned) for line in units if line.returned]),
            causes=causes,
            causes_total=sum(n for _cause, n in causes),
            month_columns=[label for _key, label in _MONTH_COLUMNS],
            months=[
                {
                    "label": _("%(year)d年%(month)d月") % {"year": m.year, "month": m.month},
                    "cells": [m.counts.get(key, 0) for key, _label in _MONTH_COLUMNS],
                }
                for m in reversed(months)
            ],
            doors_chart=_doors_chart(months),
            any_in_months=any(m.counts for m in months),
        )


def _steps_chart(lines: list[flow.StepLine]) -> Chart | None:
    return chart(
        [
            Datum(
                str(line.step.label),
                line.spread.ninety,
                spell(line.spread.median),
                line.spread.median,
            )
            for line in lines
            if line.spread
        ]
    )


def _doors_chart(months: list[flow.MonthLine]) -> Chart | None:
    return chart(
        [
            Datum(
                _("%(year)d年%(month)d月") % {"year": m.year, "month": m.month},
                m.counts.get("door", 0),
            )
            for m in months
        ]
    )
