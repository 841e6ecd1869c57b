"""The form of each kind of fact that is recorded by hand."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from cms.bulletins.models import Bulletin, Level
from cms.items.rules import ItemForm
from infoflow.units.models import plausible_date

from . import offers
from .forms import BulletinFactForm, FactForm, OfferedInput
from .rules import (
    CHECK_MAX,
    HUNDREDTHS_MAX,
    LABEL_MAX,
    MARKS_OF,
    NOTE_MAX,
    WORDS_MAX,
    AdoptionForm,
    FactKind,
    FactRow,
    Mark,
    Source,
    Trait,
    points_text,
)
from .rules_instructions import TEXT_MAX

HUNDRED = 100


def _choice(label: Any, choices: Any, message: Any, **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", gettext_lazy("请选择")), *choices],
        error_messages={"required": message, "invalid_choice": message},
        **more,
    )


def _points(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        decimal_places=2,
        max_value=HUNDREDTHS_MAX / Decimal(HUNDRED),
        error_messages={
            "invalid": gettext_lazy("分值请填数字，例如 4 或 2.5。"),
            "max_decimal_places": gettext_lazy("分值最多两位小数，例如 2.55。"),
            "max_value": gettext_lazy("分值不能超过9999.99，请检查是否多写了数字。"),
            "min_value": gettext_lazy("分值不能超过9999.99，请检查是否多写了数字。"),
            "required": gettext_lazy("请填写分值。"),
        },
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **more,
    )


def _note(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=NOTE_MAX,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": gettext_lazy("请填写理由，单位和领导会看到。"),
            "max_length": gettext_lazy("理由不能超过200字。"),
        },
    )


def _traits() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=gettext_lazy("特征"),
        required=False,
        choices=Trait.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("计分办法对这些情况另有规定时勾选。"),
    )


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
    traits = _traits()
    value = _points(
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
    level = _choice(gettext_lazy("领导级别"), Level.choices, gettext_lazy("请选择批示领导的级别。"))
    mark = _choice(
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
    traits = _traits()
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


class MarkedForm(FactForm):
    """A fact that says what exactly happened."""

    marks: tuple[Mark, ...] = ()

    mark = _choice(gettext_lazy("具体情况"), (), gettext_lazy("请选择具体情况。"))
    field_order = ["form_id", "date", "mark", "item", "title", "units", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["mark"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - says what stands above
        field.choices = [("", _("请选择")), *((mark.value, mark.label) for mark in self.marks)]

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "details": {"mark": self.cleaned_data["mark"]}}


class QualityForm(MarkedForm):
    """登记质量问题."""

    kind = FactKind.QUALITY
    marks = MARKS_OF[FactKind.QUALITY]
    note = _note(
        gettext_lazy("理由"), gettext_lazy("写明哪里失实或有差错、如何核实。单位和领导看得到。")
    )


class CommissionForm(MarkedForm):
    """登记约稿结果."""

    kind = FactKind.COMMISSION
    marks = MARKS_OF[FactKind.COMMISSION]


class UrgentForm(MarkedForm):
    """登记紧急信息结果."""

    kind = FactKind.URGENT
    marks = MARKS_OF[FactKind.URGENT]


class CheckForm(FactForm):
    """登记考核项目."""

    kind = FactKind.CHECK

    check = forms.CharField(
        label=gettext_lazy("考核项目"),
        max_length=CHECK_MAX,
        widget=OfferedInput,
        help_text=gettext_lazy("从提示中选择现行计分办法的考核项目。"),
        error_messages={
            "required": gettext_lazy("请选择考核项目。"),
            "max_length": gettext_lazy("考核项目不能超过40字。"),
        },
    )
    field_order = ["form_id", "date", "check", "units", "item", "title", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["check"].widget.offers = offers.checks_on(timezone.localdate())
        self.fields["units"].help_text = _("输入单位名称选择；几个单位都完成的，各填一格。")
        self.fields["title"].help_text = _("留空自动取考核项目的名称。")

    def clean(self) -> dict[str, Any]:
        # The name of the item says what it is about; a title is more than most have.
        given = self.cleaned_data
        if given.get("check") and not given.get("title") and given.get("item") is None:
            given["title"] = given["check"]
        cleaned = super().clean()
        name, day = cleaned.get("check"), cleaned.get("date")
        names = offers.checks_on(day) if day else []
        if name and names and name not in names:
            self.add_error(
                "check",
                _("%(day)s施行的计分办法没有“%(name)s”，请从这些中选择：%(names)s。")
                % {"day": day, "name": name, "names": "、".join(names)},
            )
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {**super().values, "details": {"check": self.cleaned_data["check"]}}


class AdjustmentForm(FactForm):
    """登记加减分; scorers only."""

    kind = FactKind.ADJUSTMENT

    value = _points(
        gettext_lazy("分值"),
        min_value=-HUNDREDTHS_MAX / Decimal(HUNDRED),
        help_text=gettext_lazy("加分填正数，减分填负数，例如 3 或 -2.5。"),
    )
    note = _note(gettext_lazy("理由"), gettext_lazy("写明依据。会记入得分台账，单位和领导看得到。"))
    field_order = ["form_id", "date", "value", "title", "units", "item", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("事由")
        self.fields["title"].help_text = _("例如：承办全市信息工作现场会")
        self.fields["units"].help_text = _(
            "输入单位名称选择；填了几个单位，每个单位都按这个分值计。"
        )

    @property
    def values(self) -> dict[str, Any]:
        hundredths = int(self.cleaned_data["value"] * HUNDRED)
        return {**super().values, "details": {"hundredths": hundredths}}

    def clean_value(self) -> Decimal:
        value: Decimal = self.cleaned_data["value"]
        if not value:
            raise forms.ValidationError(_("分值不能是0。"))
        return value
