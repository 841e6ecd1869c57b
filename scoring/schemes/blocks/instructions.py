"""批示: the block of the table of instructions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError

from cms.bulletins.models import Level
from scoring.adoptions.rules import MARKS_OF, FactKind, Mark, Trait

from ..clauses.common import Within
from ..clauses.instructions import Further, Repeat
from ..which import ALL
from .common import (
    JointFields,
    NumberTextBlock,
    PointsBlock,
    SeveralChoices,
    TargetBlock,
    joint_group,
    named_targets,
    target_labels,
)


def bulletin_choices() -> list[tuple[str, Any]]:
    """Return any bulletin, or one of them. One query."""
    _levels, bulletins = named_targets()
    return [(ALL, _("不分刊物")), *bulletins[1]]


class BulletinBlock(TargetBlock):
    """One bulletin, or any; read when a form is shown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.field = forms.ChoiceField(choices=bulletin_choices, help_text=self.field.help_text)


class FurtherBlock(NumberTextBlock):
    """Points or a percentage; nothing means in full."""

    read = staticmethod(Further.parse)
    write = staticmethod(lambda further: further.written)


class InstructionRowBlock(blocks.StructBlock):
    """One row: who wrote, on which bulletin → points."""

    level = blocks.ChoiceBlock(
        label=gettext_lazy("领导级别"),
        choices=[
            ("", gettext_lazy("各级")),
            *((str(value), label) for value, label in Level.choices),
        ],
        required=False,
    )
    mark = blocks.ChoiceBlock(
        label=gettext_lazy("主要领导或其他领导"),
        choices=[
            ("", gettext_lazy("不区分")),
            *((mark.value, mark.label) for mark in MARKS_OF[FactKind.INSTRUCTION]),
        ],
        required=False,
    )
    target = BulletinBlock(
        label=gettext_lazy("批示在哪种刊物上"),
        help_text=gettext_lazy("分值与刊物有关才选。写明刊物的行优先，其次是写明级别的行。"),
    )
    points = PointsBlock(label=gettext_lazy("每次分值"), help_text=gettext_lazy("例如 10 或 2.5"))

    class Meta:
        label = gettext_lazy("批示分值行")


class InstructionRowsBlock(blocks.ListBlock):
    """The rows of the table; no two for the same thing."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        first: dict[tuple[Any, ...], int] = {}
        errors: dict[int, ValidationError] = {}
        for n, row in enumerate(cleaned):
            reach = (row["level"] or "", row["mark"] or "", row["target"])
            if reach in first:
                errors[n] = ValidationError(
                    _("与第%(n)s行重复，请删去一行。") % {"n": first[reach] + 1}
                )
            first.setdefault(reach, n)
        if errors:
            raise ListBlockValidationError(block_errors=errors)
        return cleaned


class InstructionsBlock(JointFields):
    """批示: rows, and what several instructions on one piece count."""

    rows = InstructionRowsBlock(InstructionRowBlock(), label=gettext_lazy("批示分值"), min_num=1)
    repeat = blocks.ChoiceBlock(
        label=gettext_lazy("同一稿件同一级别多次批示"),
        choices=Repeat.choices,
        default=Repeat.EVERY,
    )
    further = FurtherBlock(
        label=gettext_lazy("同一稿件第二次起每次计"),
        required=False,
        help_text=gettext_lazy("填分值（如 2）或本次分值的百分比（如 50%）；留空表示每次都计满分"),
    )
    within = blocks.ChoiceBlock(
        label=gettext_lazy("以上两项的时间范围"), choices=Within.choices, default=Within.YEAR
    )
    traits = SeveralChoices(
        Trait.choices,
        label=gettext_lazy("只计这些稿件"),
        help_text=gettext_lazy("不选表示全部"),
    )
    without = SeveralChoices(
        Trait.choices,
        label=gettext_lazy("不计这些稿件"),
        help_text=gettext_lazy("例如紧急信息获得的批示不另计分"),
    )

    class Meta:
        label = gettext_lazy("批示")
        icon = "comment"
        template = "schemes/blocks/instructions.html"
        form_layout = [
            "name",
            "source",
            "rows",
            "repeat",
            "further",
            "within",
            "traits",
            "without",
            joint_group(),
        ]

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Add the rows in a clerk's words; the bulletins' names cost one query."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        targets = target_labels() | {ALL: str(_("不分刊物"))}
        context["rows"] = [
            {
                "level": Level(int(row["level"])).label if row["level"] else _("各级"),
                "mark": Mark(row["mark"]).label if row["mark"] else _("不区分"),
                "target": targets.get(row["target"], _("（已删除的刊物）")),
                "points": row["points"],
            }
            for row in value["rows"]
        ]
        return context
