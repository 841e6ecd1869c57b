"""The forms of adoptions, of what was sent up and of instructions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from cms.bulletins.models import Bulletin, Level
from cms.items.rules import ItemForm
from infoflow.units.models import plausible_date

from . import offers
from .fields import HUNDRED, choice_field, points_field, traits_field
from .forms import BulletinFactForm, FactForm
from .rules import (
    LABEL_MAX,
    MARKS_OF,
    WORDS_MAX,
    AdoptionForm,
    FactKind,
    FactRow,
    Source,
    points_text,
)
from .rules_instructions import TEXT_MAX


class AdoptedForm(BulletinFactForm):
    """登记上级采用."""

    kind = FactKind.ADOPTION

    form = forms.ChoiceField(
        label=gettext_lazy("采用形式"),
        choices=AdoptionForm.choices,
        initial=AdoptionForm.SINGLE,
        error_messages={"required": gettext_lazy("请选择采用形式。")},
    )
    issue_label = forms.CharField(
        label=gettext_lazy("期号"),
        required=False,
        max_length=LABEL_MAX,
        help_text=gettext_lazy("例如：2026年第12期"),
        error_messages={"max_length": gettext_lazy("期号不能超过60字。")},
    )
    genre = forms.ChoiceField(
        label=gettext_lazy("稿件形式"),
        required=False,
        choices=[("", gettext_lazy("按稿件，或不区分")), *ItemForm.choices],
        help_text=gettext_lazy(
            "计分办法按稿件形式区分分值时选择；选了本系统稿件自动取稿件的形式。"
        ),
    )
    words = forms.IntegerField(
        label=gettext_lazy("字数"),
        required=False,
        min_value=1,
        max_value=WORDS_MAX,
        help_text=gettext_lazy("计分办法按字数区分分值时填写。"),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), gettext_lazy("字数请填1到100000的整数。")
        ),
    )
    traits = traits_field()
    value = points_field(
        gettext_lazy("选定分值"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("只有计分办法规定可在区间内选定时填写，并在“说明”中写明理由。"),
    )
    field_order = [
        "form_id",
        "date",
        "bulletin",
        "form",
        "issue_label",
        "item",
        "title",
        "units",
        "genre",
        "words",
        "traits",
        "value",
        "note",
    ]

    @property
    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            **super().values,
            "form": cleaned["form"],
            "issue_label": cleaned["issue_label"],
            "details": self._details,
        }

    @property
    def _details(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        details: dict[str, Any] = {
            "words": cleaned["words"],
            "traits": tuple(cleaned["traits"]),
            "hundredths": self._hundredths,
        }
        if cleaned["genre"]:
            details["genre"] = cleaned["genre"]
        return details

    @property
    def _hundredths(self) -> int | None:
        value = self.cleaned_data.get("value")
        return None if value is None else int(value * HUNDRED)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("value") is not None and not self.errors:
            for field, message in self._faults_of_value():
                self.add_error(field, message)
        return cleaned

    def _faults_of_value(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a value that was chosen: its range, its reason."""
        cleaned = self.cleaned_data
        if not cleaned["note"]:
            yield "note", _("选定分值要写明理由，单位和领导会看到。")
        if not offers.is_governed(cleaned["date"]):
            yield "value", _("这一天没有施行的计分办法，没有可选定的分值，请留空。")
            return
        item = cleaned["item"]
        row = FactRow(
            kind=self.kind,
            date=cleaned["date"],
            title="",
            units=(),
            key="",
            source=Source.FORM,
            bulletin=cleaned["bulletin"].pk,
            form=cleaned["form"],
            **{"genre": item.form if item is not None else "", **self._details},
        )
        found = offers.value_range(row)
        if found is None:
            yield "value", _("计分办法对这种采用规定的是固定分值，请留空。")
        elif not found[0] <= (self._hundredths or 0) <= found[1]:
            yield (
                "value",
                _("计分办法规定在%(least)s分到%(most)s分之间选定。")
                % {"least": points_text(found[0]), "most": points_text(found[1])},
            )


class ForwardedForm(BulletinFactForm):
    """登记上报."""

    kind = FactKind.FORWARDING
    field_order = ["form_id", "date", "bulletin", "item", "title", "units", "note"]


class InstructionForm(FactForm):
    """登记批示."""

    kind = FactKind.INSTRUCTION

    leader = forms.CharField(
        label=gettext_lazy("批示领导"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("姓名和职务，例如：副市长张某"),
        error_messages={"max_length": gettext_lazy("批示领导不能超过60字。")},
    )
    level = choice_field(
        gettext_lazy("领导级别"), Level.choices, gettext_lazy("请选择批示领导的级别。")
    )
    mark = choice_field(
        gettext_lazy("主要领导还是其他领导"),
        [(mark.value, mark.label) for mark in MARKS_OF[FactKind.INSTRUCTION]],
        gettext_lazy("请选择主要领导还是其他领导。"),
    )
    text = forms.CharField(
        label=gettext_lazy("批示内容"),
        required=False,
        max_length=TEXT_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("照录批示原文；不便照录的留空。单位看得到。"),
        error_messages={"max_length": gettext_lazy("批示内容不能超过2000字。")},
    )
    bulletin = forms.ModelChoiceField(
        label=gettext_lazy("批在哪个刊物上"),
        queryset=Bulletin.objects.filter(active=True),
        required=False,
        empty_label=gettext_lazy("不分刊物"),
        error_messages={"invalid_choice": gettext_lazy("这个刊物已停用，请重新选择。")},
    )
    traits = traits_field()
    answer_by = forms.DateField(
        label=gettext_lazy("反馈期限"),
        required=False,
        widget=AdminDateInput,
        validators=[plausible_date],
        help_text=gettext_lazy("要求单位反馈办理情况的，填最后日期；不要求的留空。"),
        error_messages={"invalid": gettext_lazy("日期请按“2026-01-31”的格式填写。")},
    )
    field_order = [
        "form_id",
        "date",
        "leader",
        "level",
        "mark",
        "text",
        "bulletin",
        "item",
        "title",
        "units",
        "traits",
        "answer_by",
        "note",
    ]

    @property
    def values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        values = super().values
        del values["kind"]
        return {
            **values,
            "text": cleaned["text"],
            "answer_by": cleaned["answer_by"],
            "details": {
                "leader": cleaned["leader"],
                "level": int(cleaned["level"]),
                "mark": cleaned["mark"],
                "traits": tuple(cleaned["traits"]),
            },
        }
