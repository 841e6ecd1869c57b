"""Looking through lists of items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy

from .forms import TextField
from .rules import TITLE_MAX, ItemForm, ItemState


@dataclass(frozen=True)
class Wanted:
    """What a person looks for; empty values narrow nothing."""

    words: str = ""
    state: str = ""
    form: str = ""
    year: str = ""
    mine: bool = False

    def __bool__(self) -> bool:
        return bool(self.words or self.state or self.form or self.year or self.mine)

    @property
    def folded(self) -> bool:
        """Whether one of the filters that are rarely used is on."""
        return bool(self.form or self.year or self.mine)

    def query(self) -> str:
        """Return it as the query of an address."""
        pairs = {
            "q": self.words,
            "state": self.state,
            "form": self.form,
            "year": self.year,
            "mine": "1" if self.mine else "",
        }
        return urlencode({name: value for name, value in pairs.items() if value})


class FilterForm(forms.Form):
    """Looking through the unit's items."""

    q = TextField(
        label=gettext_lazy("标题或正文中的字"),
        required=False,
        max_length=TITLE_MAX,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("状态"),
        required=False,
        choices=[("", gettext_lazy("全部状态")), *ItemState.choices],
    )
    form = forms.ChoiceField(
        label=gettext_lazy("形式"),
        required=False,
        choices=[("", gettext_lazy("全部形式")), *ItemForm.choices],
    )
    year = forms.ChoiceField(label=gettext_lazy("年度"), required=False)
    mine = forms.BooleanField(label=gettext_lazy("只看我写的"), required=False)

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year: Any = self.fields["year"]
        year.choices = [("", gettext_lazy("全部年度")), *((str(y), f"{y}年") for y in years)]

    def wanted(self) -> Wanted:
        """Return what is looked for; what is not valid filters nothing."""
        self.is_valid()
        data = self.cleaned_data
        return Wanted(
            words=data.get("q", ""),
            state=data.get("state", ""),
            form=data.get("form", ""),
            year=data.get("year", ""),
            mine=bool(data.get("mine")),
        )
