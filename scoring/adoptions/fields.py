"""Fields that several forms of facts have."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from .rules import (
    HUNDREDTHS_MAX,
    NOTE_MAX,
    Trait,
)

HUNDRED = 100


def choice_field(label: Any, choices: Any, message: Any, **more: Any) -> forms.ChoiceField:
    """Return a choice that must be made, with one sentence when it is not."""
    return forms.ChoiceField(
        label=label,
        choices=[("", gettext_lazy("请选择")), *choices],
        error_messages={"required": message, "invalid_choice": message},
        **more,
    )


def points_field(label: Any, **more: Any) -> forms.DecimalField:
    """Return a number of points with at most two decimals."""
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


def note_field(label: Any, help_text: Any) -> forms.CharField:
    """Return a reason that must be given."""
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


def traits_field() -> forms.MultipleChoiceField:
    """Return the traits of a piece, to be ticked."""
    return forms.MultipleChoiceField(
        label=gettext_lazy("特征"),
        required=False,
        choices=Trait.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("计分办法对这些情况另有规定时勾选。"),
    )
