"""What a person looks for: in the office's search and in the readers' list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from cms.items.forms import TextField
from cms.items.rules import ItemForm, ItemState
from infoflow.units.models import Unit, UnitGroup

from .models import Bulletin

WORDS_MAX = 200
YEARS = 12
# Where an item can be once it has left its unit.
OFFICE_STATES = (
    ItemState.SCREENING,
    ItemState.CLEARING,
    ItemState.RECHECKING,
    ItemState.REOPENED,
    ItemState.RETURNED,
    ItemState.POOL,
    ItemState.ADOPTED,
    ItemState.CLOSED,
    ItemState.REFUSED,
)


@dataclass(frozen=True)
class Wanted:
    """What is looked for; empty values narrow nothing."""

    words: str = ""
    unit: Unit | None = None
    group: UnitGroup | None = None
    form: str = ""
    year: int | None = None
    state: str = ""
    bulletin: Bulletin | None = None

    def __bool__(self) -> bool:
        return any(vars(self).values())


class LongSelect(forms.Select):
    """Differs from Django's: no template for each of three hundred options."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (code, mark_safe(" selected") if str(code) == chosen else "", label)
                for code, label in self.choices
            ),
        )
        names = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", names, options)


class NamesOnly(forms.models.ModelChoiceIterator):
    """Differs from Django's: reads two columns and makes no objects."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from self.queryset.values_list("pk", "name")


class UnitChoiceField(forms.ModelChoiceField):
    """One of all the units."""

    iterator = NamesOnly
    widget = LongSelect


class _SearchForm(forms.Form):
    """Reads the address; a value that is not valid narrows nothing and is told at its field."""

    q = TextField(
        label=_("检索词"),
        required=False,
        max_length=WORDS_MAX,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("标题或正文中的词，几个词用空格隔开")}
        ),
        error_messages={"max_length": _("检索词不能超过%(limit_value)d字，请缩短。")},
    )
    year = forms.TypedChoiceField(label=_("年度"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.localdate().year
        years: Any = self.fields["year"]
        years.choices = [("", _("全部年度")), *((y, f"{y}年") for y in range(now, now - YEARS, -1))]

    def wanted(self) -> Wanted:
        """Return what is looked for."""
        self.is_valid()
        data = {name: value for name, value in self.cleaned_data.items() if value}
        return Wanted(words=data.pop("q", ""), **data)


class ItemSearchForm(_SearchForm):
    """Looking through the items that have left their units."""

    unit = UnitChoiceField(
        label=_("单位"), queryset=Unit.objects.all(), required=False, empty_label=_("全部单位")
    )
    group = forms.ModelChoiceField(
        label=_("分组"), queryset=UnitGroup.objects.all(), required=False, empty_label=_("全部分组")
    )
    form = forms.ChoiceField(
        label=_("形式"), required=False, choices=[("", _("全部形式")), *ItemForm.choices]
    )
    state = forms.ChoiceField(
        label=_("状态"),
        required=False,
        choices=[("", _("全部状态")), *((state.value, state.label) for state in OFFICE_STATES)],
    )


class IssueSearchForm(_SearchForm):
    """Looking through issues."""

    bulletin = forms.ModelChoiceField(
        label=_("刊物"),
        queryset=Bulletin.objects.own(),
        required=False,
        empty_label=_("全部刊物"),
    )
