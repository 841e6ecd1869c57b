"""What the forms of facts recorded by hand share, and the form of their withdrawal."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from cms.bulletins.models import Bulletin
from cms.items.models import ItemPage
from infoflow.units.models import Unit, plausible_date

from .queries import offered_items, recordable_items
from .rules import NOTE_MAX, TITLE_MAX, FactKind

if TYPE_CHECKING:
    from infoflow.units.models import User

UNIT_BOXES = 5
_NUMBER = re.compile(r"\s*(\d{1,18})\b")


class OfferedInput(forms.TextInput):
    """A text box that offers choices while typing; works without scripts."""

    boxes_template = "adoptions/widgets/offered.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.offers: Sequence[str] = ()

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["offers"] = self.offers
        context["widget"]["list_id"] = f"offers-{name}"
        return context

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        return render_to_string(self.boxes_template, self.get_context(name, value, attrs))


class OfferedInputs(OfferedInput):
    """Several such boxes under one name, in order; empty ones count for nothing."""

    boxes_template = "adoptions/widgets/offered_several.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        given = list(value or [])
        context = super().get_context(name, "", attrs)
        boxes = max(UNIT_BOXES, len(given))
        context["widget"]["values"] = [*given, *[""] * (boxes - len(given))]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = data.getlist(name) if isinstance(data, MultiValueDict) else data.get(name, [])
        return [value.strip() for value in values if value.strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class UnitsField(forms.Field):
    """Units by name, in the order of their names on the item."""

    widget = OfferedInputs

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.by_label: dict[str, Unit] = {}

    def offer(self, units: Sequence[Unit]) -> None:
        """Set the units to choose from; equal names carry their code."""
        names = Counter(unit.name for unit in units)
        self.by_label = {
            unit.name if names[unit.name] == 1 else f"{unit.name}（{unit.code}）": unit
            for unit in units
        }
        self.widget.offers = list(self.by_label)

    def to_python(self, value: Any) -> list[Unit]:
        unknown = [label for label in value or [] if label not in self.by_label]
        if unknown:
            raise ValidationError(
                _("没有叫“%(names)s”的单位，请从提示中选择。") % {"names": "”“".join(unknown)}
            )
        return [self.by_label[label] for label in value or []]


class FactForm(forms.Form):
    """What every fact recorded by hand has: a day, an item or a title, units."""

    kind: FactKind

    form_id = forms.UUIDField(widget=forms.HiddenInput)
    date = forms.DateField(
        label=gettext_lazy("日期"),
        widget=AdminDateInput,
        validators=[plausible_date],
        error_messages={
            "required": gettext_lazy("请填写日期。"),
            "invalid": gettext_lazy("日期请按“2026-01-31”的格式填写。"),
        },
    )
    item = forms.CharField(
        label=gettext_lazy("本系统稿件"),
        required=False,
        widget=OfferedInput,
        max_length=TITLE_MAX + 100,
        help_text=gettext_lazy("输入标题选择备用稿库中的稿件；稿件不在本系统的留空。"),
    )
    title = forms.CharField(
        label=gettext_lazy("标题"),
        required=False,
        max_length=TITLE_MAX,
        help_text=gettext_lazy("选了本系统稿件可以留空，自动取稿件标题。"),
        error_messages={
            "max_length": gettext_lazy("标题不能超过200字，请缩短。"),
        },
    )
    units = UnitsField(
        label=gettext_lazy("单位"),
        required=False,
        help_text=gettext_lazy(
            "输入单位名称选择；联合报送的，按署名次序各填一格。选了本系统稿件的可以留空，自动取报送单位。"
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        help_text=gettext_lazy("可不填；单位和领导看得到。"),
        max_length=NOTE_MAX,
        error_messages={"max_length": gettext_lazy("说明不能超过200字。")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not self.is_bound:
            self.initial.setdefault("form_id", uuid.uuid4())
            self.initial.setdefault("date", timezone.localdate())
        units = self.fields["units"]
        assert isinstance(units, UnitsField)  # noqa: S101 - says what the class above declares
        units.offer(list(Unit.objects.visible_to(user)))
        self.fields["item"].widget.offers = [
            f"{pk} {title}（{unit}）" for pk, title, unit in offered_items(user)
        ]

    def clean_date(self) -> Any:
        day = self.cleaned_data["date"]
        if day > timezone.localdate():
            raise ValidationError(_("日期不能晚于今天，请填写实际发生的日期。"))
        return day

    def clean_item(self) -> ItemPage | None:
        text = self.cleaned_data["item"]
        if not text:
            return None
        number = _NUMBER.match(text)
        pool = recordable_items(self.user).select_related("unit")
        item = pool.filter(pk=int(number[1])).first() if number else None
        if item is None:
            found = list(pool.filter(title=text)[:2])
            item = found[0] if len(found) == 1 else None
        if item is None:
            raise ValidationError(
                _("备用稿库中没有这篇稿件，请从提示中选择；稿件不在本系统的请留空。")
            )
        return item

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        item = cleaned.get("item")
        if item is not None and "units" in cleaned and not cleaned["units"]:
            cleaned["units"] = [item.unit]
        if "units" in cleaned and not cleaned["units"] and "item" in cleaned:
            self.add_error("units", _("请至少选择一个单位。"))
        if "title" in cleaned and not cleaned["title"] and "item" in cleaned and item is None:
            self.add_error("title", _("请填写标题，或选择本系统的稿件。"))
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of `actions.record_fact`, besides key and person."""
        names = ("date", "title", "item", "units", "note")
        return {
            "kind": self.kind,
            "bulletin": self.cleaned_data.get("bulletin"),
            **{name: self.cleaned_data[name] for name in names},
        }


class BulletinFactForm(FactForm):
    """A fact of a superior's bulletin."""

    bulletin = forms.ModelChoiceField(
        label=gettext_lazy("刊物"),
        queryset=Bulletin.objects.filter(own=False, active=True),
        empty_label=gettext_lazy("请选择"),
        error_messages={
            "required": gettext_lazy("请选择刊物；列表中没有的，请先到“刊物设置”添加。"),
            "invalid_choice": gettext_lazy("这个刊物不是在用的上级刊物，请重新选择。"),
        },
    )


class WithdrawForm(forms.Form):
    """Why a fact is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("撤销理由"),
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("会记入得分台账，单位和领导看得到。例如：上级更正，该条未采用。"),
        error_messages={
            "required": gettext_lazy("请填写撤销理由。"),
            "max_length": gettext_lazy("撤销理由不能超过200字。"),
        },
    )
