"""Parts that several blocks of a scheme share: numbers, selections, what a clause is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from cms.bulletins.models import Bulletin, Level
from cms.items.rules import ItemForm
from infoflow.units.models import UnitGroup
from scoring.adoptions.rules import AdoptionForm, FactKind, Mark, Trait

from ..joint import Joint, parse_ratio
from ..rules import Remainder, factor_text, parse_factor, parse_points, parse_signed, points_text
from ..which import ALL, split_names


def target_choices() -> list[tuple[str, Any]]:
    """Return what a row may be for: all bulletins, a whole level, or one bulletin."""
    return [(ALL, _("全部刊物")), *named_targets()]


def named_targets() -> list[tuple[str, Any]]:
    """Return the levels and the bulletins, grouped. One query."""
    levels: list[tuple[str, Any]] = [
        (f"level:{level.value}", _("%(level)s全部刊物") % {"level": level.label}) for level in Level
    ]
    named = [
        (f"bulletin:{pk}", f"《{name}》（{Level(level).label}）")
        for pk, name, level in Bulletin.objects.values_list("pk", "name", "level")
    ]
    return [(_("按级别"), levels), (_("指定刊物"), named)]


def target_labels() -> dict[str, str]:
    """Return the name of each target, for showing what a scheme says. One query."""
    found = {ALL: str(_("全部刊物"))}
    for _group, choices in named_targets():
        found.update({key: str(label) for key, label in choices})
    return found


class NamedThing:
    """A block whose value names something stored here; files name it by its name instead.

    Subclasses say how one value is written to a file and read from it.
    """

    def to_file(self, value: Any, names: Names) -> Any:
        """Return the value for a file."""
        raise NotImplementedError

    def from_file(self, value: Any, names: Names) -> Any:
        """Return the value stored here.

        Raises:
            ValueError: nothing here has this name; the message tells what to do.
        """
        raise NotImplementedError


class Names:
    """The names of what blocks refer to, both ways; looked up once for a whole scheme."""

    def __init__(self) -> None:
        self.bulletins = dict(Bulletin.objects.order_by("pk").values_list("pk", "name"))
        self.bulletin_ids = {name: pk for pk, name in self.bulletins.items()}
        self.groups = dict(UnitGroup.objects.order_by("pk").values_list("pk", "name"))
        self.group_ids = {name: pk for pk, name in self.groups.items()}

    def target_to_file(self, target: str) -> str:
        """Return "bulletin:12" with the bulletin's name; everything else as it is."""
        where, _colon, number = target.partition(":")
        if where != "bulletin":
            return target
        return f"bulletin:{self.bulletins.get(int(number), number)}"

    def target_from_file(self, target: str) -> str:
        """Return a target with the bulletin's number.

        Raises:
            ValueError: no bulletin of this name.
        """
        where, _colon, name = str(target).partition(":")
        if where != "bulletin":
            return str(target)
        if name not in self.bulletin_ids:
            raise ValueError(
                _("没有名称为“%(name)s”的刊物，请先在“刊物设置”中添加，或写进文件的 bulletins。")
                % {"name": name}
            )
        return f"bulletin:{self.bulletin_ids[name]}"


class TargetBlock(NamedThing, blocks.FieldBlock):
    """What a row is for. The bulletins are read when a form is shown, never on import."""

    def to_file(self, value: Any, names: Names) -> Any:
        return names.target_to_file(value)

    def from_file(self, value: Any, names: Names) -> Any:
        return names.target_from_file(value)

    def __init__(self, **kwargs: Any) -> None:
        self.field = forms.ChoiceField(
            choices=target_choices, help_text=kwargs.pop("help_text", "")
        )
        super().__init__(**kwargs)

    class Meta:
        default = ALL
        icon = "list-ul"


class TargetsBlock(NamedThing, blocks.FieldBlock):
    """Any number of levels and bulletins; none means all."""

    def to_file(self, value: Any, names: Names) -> Any:
        return [names.target_to_file(target) for target in value or []]

    def from_file(self, value: Any, names: Names) -> Any:
        return [names.target_from_file(target) for target in value or []]

    def __init__(self, **kwargs: Any) -> None:
        self.field = forms.MultipleChoiceField(
            choices=named_targets,
            required=False,
            help_text=kwargs.pop("help_text", ""),
            widget=forms.SelectMultiple(attrs={"size": 6}),
        )
        super().__init__(**kwargs)

    class Meta:
        default: list[str] = []
        icon = "list-ul"


class NumberTextBlock(blocks.CharBlock):
    """A number as decimal text, stored in one form."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 20, **kwargs})

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return text
        try:
            return type(self).write(type(self).read(text))
        except ValueError as error:
            raise ValidationError(str(error)) from error


class PointsBlock(NumberTextBlock):
    """Points that are not negative."""

    read = staticmethod(parse_points)
    write = staticmethod(points_text)


class SignedPointsBlock(NumberTextBlock):
    """Points that may be negative."""

    read = staticmethod(parse_signed)
    write = staticmethod(points_text)


class FactorBlock(NumberTextBlock):
    """A factor or a percentage: 2, 0.5, 1/2, 20%."""

    read = staticmethod(parse_factor)
    write = staticmethod(factor_text)


class SeveralChoices(blocks.MultipleChoiceBlock):
    """Boxes to tick; none means any."""

    def __init__(self, choices: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        # Not None: a file has lists.
        kwargs.setdefault("default", [])
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(choices=choices, **kwargs)


class WhichBlock(blocks.StructBlock):
    """A selection of facts (`Which`); everything empty means all."""

    kinds = SeveralChoices(FactKind.choices, label=gettext_lazy("事项"))
    targets = TargetsBlock(
        label=gettext_lazy("刊物或级别"), help_text=gettext_lazy("不选表示全部；可多选")
    )
    forms = SeveralChoices(AdoptionForm.choices, label=gettext_lazy("采用形式"))
    genres = SeveralChoices(ItemForm.choices, label=gettext_lazy("稿件形式"))
    marks = SeveralChoices(Mark.choices, label=gettext_lazy("具体情况"))
    traits = SeveralChoices(Trait.choices, label=gettext_lazy("具有特征"))
    without = SeveralChoices(Trait.choices, label=gettext_lazy("不具有特征"))

    class Meta:
        label = gettext_lazy("适用范围（不选表示全部）")
        collapsed = True


class WhoseBlock(blocks.StructBlock):
    """A selection of what earlier clauses gave (`Whose`)."""

    clauses = blocks.CharBlock(
        label=gettext_lazy("前面条款的简称"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("多个用顿号分开；留空表示前面全部条款"),
    )
    facts = WhichBlock()

    class Meta:
        label = gettext_lazy("针对哪些得分")


class ClauseBlock(blocks.StructBlock):
    """What every clause has: a short name to refer to, and the clause of the document."""

    name = blocks.CharBlock(
        label=gettext_lazy("简称"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("供后面的条款引用，例如：采用分"),
    )
    source = blocks.CharBlock(
        label=gettext_lazy("对应条文"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("例如：第八条第二款。得分明细中显示"),
    )

    class Meta:
        template = "schemes/blocks/clause.html"
        form_classname = "struct-block clause"

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        name = (cleaned.get("name") or "").strip()
        if name and split_names(name) != (name,):
            raise blocks.StructBlockValidationError(
                {"name": ValidationError(_("简称中不能有顿号、逗号和分号。"))}
            )
        return cleaned

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        """Add the lines in which the clause tells what it does."""
        from ..engine import SchemeFault, build_clause
        from ..specs import plain

        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        try:
            context["lines"] = build_clause(self.name, "shown", plain(value)).describe()
        except (SchemeFault, ValueError):
            context["lines"] = [_("本条没有填完整，发布前请补齐。")]
        return context


def joint_group() -> BlockGroup:
    """Return the fields of `JointFields` as one part of a form, to unfold."""
    return BlockGroup(
        ["joint", "joint_points", "joint_ratio", "joint_counted", "joint_remainder"],
        heading=gettext_lazy("联合署名的稿件"),
        classname="collapsed",
        icon="group",
        label_format="{joint}",
    )


class JointFields(ClauseBlock):
    """A clause that shares out the points of joint items (`JointRule`)."""

    joint = blocks.ChoiceBlock(
        label=gettext_lazy("联合署名"),
        choices=Joint.choices,
        default=Joint.FULL,
        help_text=gettext_lazy("两个以上单位联合报送的稿件如何计分。"),
    )
    joint_points = PointsBlock(
        label=gettext_lazy("每个署名单位的固定分"),
        required=False,
        help_text=gettext_lazy("联合署名选“计固定分”时填。"),
    )
    joint_ratio = blocks.CharBlock(
        label=gettext_lazy("分配比例"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("联合署名选“按比例”时填，例如 3:2；排在比例之外的单位不计分。"),
    )
    joint_counted = blocks.IntegerBlock(
        label=gettext_lazy("只计前几个署名单位"), required=False, min_value=1, max_value=50
    )
    joint_remainder = blocks.ChoiceBlock(
        label=gettext_lazy("分不尽的零头"), choices=Remainder.choices, default=Remainder.FIRST
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        errors: dict[str, ValidationError] = {}
        if cleaned["joint"] == Joint.FIXED and not cleaned["joint_points"]:
            errors["joint_points"] = ValidationError(_("请填写每个署名单位的固定分。"))
        if cleaned["joint"] == Joint.RATIO:
            try:
                parse_ratio(cleaned["joint_ratio"] or "")
            except ValueError as error:
                errors["joint_ratio"] = ValidationError(str(error))
        if errors:
            raise blocks.StructBlockValidationError(errors)
        return cleaned
