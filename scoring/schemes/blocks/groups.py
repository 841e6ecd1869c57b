"""Parts for numbers by 考核分组, kinds of periods and consequences that are no points."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError

from infoflow.units.models import UnitGroup

from ..clauses.numbers import Basis
from ..periods import PeriodKind
from ..rules import factor_text, parse_percent, parse_points, points_text
from .common import ClauseBlock, NamedThing, Names, NumberTextBlock, PointsBlock


def group_choices() -> list[tuple[str, str]]:
    """Return the groups by their numbers as text. One query."""
    return [(str(pk), name) for pk, name in UnitGroup.objects.values_list("pk", "name")]


class GroupBlock(NamedThing, blocks.FieldBlock):
    """One 考核分组. The groups are read when a form is shown, never on import."""

    def to_file(self, value: Any, names: Names) -> Any:
        return names.groups.get(int(value), str(value)) if value else value

    def from_file(self, value: Any, names: Names) -> Any:
        if value not in names.group_ids:
            raise ValueError(
                _("没有名称为“%(name)s”的考核分组，请先在“考核分组”中添加。") % {"name": value}
            )
        return str(names.group_ids[value])

    def __init__(self, **kwargs: Any) -> None:
        self.field = forms.ChoiceField(
            choices=group_choices,
            error_messages={
                "required": gettext_lazy("请选择考核分组。"),
                "invalid_choice": gettext_lazy("没有这个考核分组，请重新选择。"),
            },
        )
        super().__init__(**kwargs)

    class Meta:
        icon = "group"


def per_block(**kwargs: Any) -> blocks.ChoiceBlock:
    """Return a choice of a kind of period; empty is the scheme's own."""
    return blocks.ChoiceBlock(
        label=gettext_lazy("按什么周期"),
        choices=[("", gettext_lazy("与本办法的计分周期相同")), *PeriodKind.choices],
        required=False,
        **kwargs,
    )


def flag_block(**kwargs: Any) -> blocks.CharBlock:
    """Return a field for a consequence that is no points."""
    return blocks.CharBlock(
        **{
            "label": gettext_lazy("不计分的结果"),
            "required": False,
            "max_length": 20,
            "help_text": gettext_lazy("例如：通报批评、取消评先、不达标。没有的留空"),
            **kwargs,
        }
    )


def _read_amount(text: str) -> int:
    try:
        return parse_points(text)
    except ValueError:
        raise ValueError(_("任务数请填0到9999.99的数字，例如 4 或 120。")) from None


class AmountBlock(NumberTextBlock):
    """A number to reach: items or points."""

    read = staticmethod(_read_amount)
    write = staticmethod(points_text)


class PercentBlock(NumberTextBlock):
    """A percentage without its sign: 30, 33.3."""

    read = staticmethod(parse_percent)
    write = staticmethod(lambda value: factor_text(value * 100))


class RowsByGroupBlock(blocks.ListBlock):
    """One number for each group; no group twice."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        first: dict[str, int] = {}
        errors: dict[int, ValidationError] = {}
        for n, row in enumerate(cleaned):
            if row["group"] in first:
                errors[n] = ValidationError(
                    _("与第%(n)s行是同一个分组，请删去一行。") % {"n": first[row["group"]] + 1}
                )
            first.setdefault(row["group"], n)
        if errors:
            raise ListBlockValidationError(block_errors=errors)
        return cleaned


class GroupPointsBlock(blocks.StructBlock):
    """A group and its points."""

    group = GroupBlock(label=gettext_lazy("考核分组"))
    points = PointsBlock(label=gettext_lazy("分值"))

    class Meta:
        label = gettext_lazy("分组")


class GroupAmountBlock(blocks.StructBlock):
    """A group and its target."""

    group = GroupBlock(label=gettext_lazy("考核分组"))
    number = AmountBlock(label=gettext_lazy("任务数"))

    class Meta:
        label = gettext_lazy("分组")


class ByGroupClause(ClauseBlock):
    """A clause with a number for all units or for each group."""

    NUMBER = "number"

    class Meta:
        template = "schemes/blocks/by_group.html"

    def faults_of_numbers(self, value: Any) -> dict[str, ValidationError]:
        """Return field → message for a number or rows that the chosen way lacks or ignores."""
        faults: dict[str, ValidationError] = {}
        basis = value["basis"]
        if basis == Basis.ONE and not value[self.NUMBER]:
            faults[self.NUMBER] = ValidationError(_("各单位相同的，请填写这个数。"))
        if basis == Basis.GROUPS and not value["rows"]:
            faults["rows"] = ValidationError(_("按考核分组的，请至少填写一个分组。"))
        if basis != Basis.GROUPS and value["rows"]:
            faults["rows"] = ValidationError(
                _("没有选“按考核分组”，这里的分组不起作用。请改选或删去各行。")
            )
        return faults

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Add the rows with the groups' names; one query."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        names = dict(group_choices()) if value["rows"] else {}
        context["rows"] = [
            {
                "group": names.get(str(row["group"]), _("（已删除的分组）")),
                "number": row[self.NUMBER],
            }
            for row in value["rows"]
        ]
        return context
