"""分值表: the block of the points table."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.items.rules import ItemForm
from scoring.adoptions.rules import MARKS_OF, WITH_BULLETIN, AdoptionForm, FactKind, Mark, Trait

from ..clauses.points_table import SIGNED
from ..rules import parse_signed
from ..which import ALL
from .common import JointFields, SignedPointsBlock, TargetBlock, joint_group, target_labels


class PointsRowBlock(blocks.StructBlock):
    """One row: what happened, where, how → points."""

    kind = blocks.ChoiceBlock(
        label=gettext_lazy("事项"),
        choices=FactKind.choices,
        default=FactKind.ADOPTION,
    )
    target = TargetBlock(
        label=gettext_lazy("适用刊物或级别"),
        help_text=gettext_lazy(
            "指定刊物优先于按级别，按级别优先于全部刊物。批示按领导级别；报送等不分刊物的请选“全部刊物”。"
        ),
    )
    mark = blocks.ChoiceBlock(
        label=gettext_lazy("具体情况"),
        choices=[("", gettext_lazy("不区分")), *Mark.choices],
        required=False,
        help_text=gettext_lazy("批示的主要领导、约稿的未报、紧急信息的迟报等。"),
    )
    genre = blocks.ChoiceBlock(
        label=gettext_lazy("稿件形式"),
        choices=[("", gettext_lazy("各种形式")), *ItemForm.choices],
        required=False,
    )
    form = blocks.ChoiceBlock(
        label=gettext_lazy("采用形式"),
        choices=[("", gettext_lazy("各种形式")), *AdoptionForm.choices],
        required=False,
        help_text=gettext_lazy("写明形式的行优先于“各种形式”。只有采用才分采用形式。"),
    )
    trait = blocks.ChoiceBlock(
        label=gettext_lazy("特征"),
        choices=[("", gettext_lazy("不区分")), *Trait.choices],
        required=False,
        help_text=gettext_lazy("例如约稿被采用的另定分值。写明特征的行最优先。"),
    )
    words_min = blocks.IntegerBlock(
        label=gettext_lazy("字数不少于"), required=False, min_value=1, max_value=100_000
    )
    words_max = blocks.IntegerBlock(
        label=gettext_lazy("字数不多于"), required=False, min_value=1, max_value=100_000
    )
    points = SignedPointsBlock(
        label=gettext_lazy("每条分值"),
        help_text=gettext_lazy("例如 4 或 2.5，最多两位小数；不计分填 0，扣分填负数如 -10。"),
    )
    most = SignedPointsBlock(
        label=gettext_lazy("最高分值"),
        required=False,
        help_text=gettext_lazy(
            "可在区间内选定的才填：登记时在每条分值和最高分值之间选定，并写明理由。"
        ),
    )

    class Meta:
        label = gettext_lazy("分值行")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned  # a draft may be half written
        errors = {
            field: ValidationError(message) for field, message in faults_of_row(cleaned).items()
        }
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned


def faults_of_row(row: Any) -> dict[str, str]:
    """Return field → message for what contradicts itself in a row of the table."""
    faults: dict[str, str] = {}
    kind = row["kind"]
    targeted = (*WITH_BULLETIN, FactKind.INSTRUCTION)
    if kind not in targeted and row["target"] != ALL:
        faults["target"] = _("%(kind)s不分刊物，请选“全部刊物”。") % {"kind": FactKind(kind).label}
    if kind != FactKind.ADOPTION and row["form"]:
        faults["form"] = _("只有采用才分采用形式，其他事项请留空。")
    if row["mark"] and row["mark"] not in MARKS_OF.get(kind, ()):
        faults["mark"] = _("%(kind)s没有“%(mark)s”这种情况，请重新选择。") % {
            "kind": FactKind(kind).label,
            "mark": Mark(row["mark"]).label,
        }
    if row["points"].startswith("-") and kind not in SIGNED:
        faults["points"] = _("%(kind)s的分值不能是负数；不计分请填 0。") % {
            "kind": FactKind(kind).label
        }
    if row["most"] and parse_signed(row["most"]) <= parse_signed(row["points"]):
        faults["most"] = _("最高分值要大于每条分值；分值固定的请留空。")
    if row["words_min"] and row["words_max"] and row["words_min"] > row["words_max"]:
        faults["words_max"] = _("“字数不多于”要大于“字数不少于”。")
    return faults


class PointsRowsBlock(blocks.ListBlock):
    """The rows of a table; no two for the same thing."""

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        names = ("kind", "target", "mark", "genre", "form", "trait", "words_min", "words_max")
        first: dict[tuple[Any, ...], int] = {}
        errors: dict[int, ValidationError] = {}
        for n, row in enumerate(cleaned):
            reach = tuple(row.get(name) or "" for name in names)
            if reach in first:
                errors[n] = ValidationError(
                    _("与第%(n)s行重复，请删去一行。") % {"n": first[reach] + 1}
                )
            first.setdefault(reach, n)
        if errors:
            raise ListBlockValidationError(block_errors=errors)
        return cleaned


class PointsTableBlock(JointFields):
    """分值表: the rows, and what each unit of a joint item gets."""

    rows = PointsRowsBlock(PointsRowBlock(), label=gettext_lazy("分值"), min_num=1)

    class Meta:
        label = gettext_lazy("分值表")
        icon = "table"
        template = "schemes/blocks/points_table.html"
        form_layout = ["name", "source", "rows", joint_group()]

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Add the rows in a clerk's words; the bulletins' names cost one query."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        targets = target_labels()
        context["rows"] = [
            {
                "kind": FactKind(row["kind"]).label,
                "target": targets.get(row["target"], _("（已删除的刊物）")),
                "details": details_of(row),
                "points": _("%(least)s—%(most)s") % {"least": row["points"], "most": row["most"]}
                if row.get("most")
                else row["points"],
            }
            for row in value["rows"]
        ]
        return context


# What a row may be narrowed to besides its bulletin and the number of words.
DETAILS: tuple[tuple[str, Any], ...] = (
    ("mark", Mark),
    ("genre", ItemForm),
    ("form", AdoptionForm),
    ("trait", Trait),
)


def details_of(row: Any) -> str:
    """Return what a row is narrowed to, in a clerk's words."""
    parts = [str(choices(row[name]).label) for name, choices in DETAILS if row.get(name)]
    if row.get("words_min"):
        parts.append(_("%(n)s字以上") % {"n": row["words_min"]})
    if row.get("words_max"):
        parts.append(_("%(n)s字以内") % {"n": row["words_max"]})
    return "、".join(parts) or _("不区分")
