"""Blocks that a scorer writes a scheme from; each becomes a clause of the engine."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.bulletins.models import Bulletin, Level
from scoring.adoptions.rules import AdoptionForm, FactKind

from .points_table import ALL, Joint
from .rules import parse_points, points_text


def target_choices() -> list[tuple[str, Any]]:
    """Return what a row may be for: all bulletins, a whole level, or one bulletin."""
    levels: list[tuple[str, Any]] = [
        (f"level:{level.value}", _("%(level)s全部刊物") % {"level": level.label}) for level in Level
    ]
    named = [
        (f"bulletin:{pk}", f"《{name}》（{Level(level).label}）")
        for pk, name, level in Bulletin.objects.values_list("pk", "name", "level")
    ]
    return [
        (ALL, _("全部刊物")),
        (_("按级别"), levels),
        (_("指定刊物"), named),
    ]


class TargetBlock(blocks.FieldBlock):
    """What a row is for. The bulletins are read when a form is shown, never on import."""

    def __init__(self, **kwargs: Any) -> None:
        self.field = forms.ChoiceField(
            choices=target_choices, help_text=kwargs.pop("help_text", "")
        )
        super().__init__(**kwargs)

    class Meta:
        default = ALL
        icon = "list-ul"


class PointsBlock(blocks.CharBlock):
    """Points as decimal text, stored without trailing zeros."""

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        try:
            return points_text(parse_points(text))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class PointsRowBlock(blocks.StructBlock):
    """One row: what happened, where, how → points."""

    kind = blocks.ChoiceBlock(
        label=gettext_lazy("事项"),
        choices=FactKind.choices,
        default=FactKind.ADOPTION,
    )
    target = TargetBlock(
        label=gettext_lazy("适用刊物"),
        help_text=gettext_lazy("指定刊物优先于按级别，按级别优先于全部刊物。报送请选“全部刊物”。"),
    )
    form = blocks.ChoiceBlock(
        label=gettext_lazy("采用形式"),
        choices=[("", gettext_lazy("各种形式")), *AdoptionForm.choices],
        required=False,
        help_text=gettext_lazy("写明形式的行优先于“各种形式”。只有采用才分形式。"),
    )
    points = PointsBlock(
        label=gettext_lazy("每条分值"),
        max_length=20,
        help_text=gettext_lazy("例如 4 或 2.5，最多两位小数；不计分填 0。"),
    )

    class Meta:
        label = gettext_lazy("分值行")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["kind"] == FactKind.SUBMISSION and cleaned["target"] != ALL:
            raise StructBlockValidationError(
                {"target": ValidationError(_("报送不分刊物，请选“全部刊物”。"))}
            )
        if cleaned["kind"] != FactKind.ADOPTION and cleaned["form"]:
            raise StructBlockValidationError(
                {"form": ValidationError(_("只有采用才分形式，报送和上报请留空。"))}
            )
        return cleaned


class PointsRowsBlock(blocks.ListBlock):
    """The rows of a table; no two for the same thing."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        first: dict[tuple[str, str, str], int] = {}
        errors: dict[int, ValidationError] = {}
        for n, row in enumerate(cleaned):
            reach = (row["kind"], row["target"], row["form"] or "")
            if reach in first:
                errors[n] = ValidationError(
                    _("与第%(n)s行重复，请删去一行。") % {"n": first[reach] + 1}
                )
            first.setdefault(reach, n)
        if errors:
            raise ListBlockValidationError(block_errors=errors)
        return cleaned


class PointsTableBlock(blocks.StructBlock):
    """分值表: the rows, and what each unit of a joint item gets."""

    rows = PointsRowsBlock(PointsRowBlock(), label=gettext_lazy("分值"), min_num=1)
    joint = blocks.ChoiceBlock(
        label=gettext_lazy("联合署名"),
        choices=Joint.choices,
        default=Joint.FULL,
        help_text=gettext_lazy("两个以上单位联合报送的稿件如何计分。"),
    )

    class Meta:
        label = gettext_lazy("分值表")
        icon = "table"
        template = "schemes/blocks/points_table.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Add the rows in a clerk's words; the bulletins' names cost one query."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        targets = {
            key: label
            for group in target_choices()
            for key, label in (group[1] if isinstance(group[1], list) else [group])
        }
        context["rows"] = [
            {
                "kind": FactKind(row["kind"]).label,
                "target": targets.get(row["target"], _("（已删除的刊物）")),
                "form": AdoptionForm(row["form"]).label if row["form"] else _("各种形式"),
                "points": row["points"],
            }
            for row in value["rows"]
        ]
        context["joint"] = Joint(value["joint"]).label
        return context


class SchemeBlocks(blocks.StreamBlock):
    """All block types, in no order: the order in a scheme is the order of application."""

    points_table = PointsTableBlock()
