"""What the table of targets shows, and how a column is filled at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure


class ShownForm(forms.Form):
    """Year, what is counted, and over which period; a plain GET form."""

    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=1949, max_value=2100)
    measure = forms.ChoiceField(label=gettext_lazy("按什么算"), choices=Measure.choices)
    per = forms.ChoiceField(label=gettext_lazy("每期任务"), choices=PeriodKind.choices)

    @classmethod
    def reading(cls, data: Any, *, year: int) -> ShownForm:
        """Return the form of what was asked for; this year's items by the year otherwise."""
        usual = {"year": year, "measure": Measure.SUBMITTED, "per": PeriodKind.YEAR}
        form = cls({**usual, **{name: data[name] for name in usual if data.get(name)}})
        return form if form.is_valid() else cls(usual)
