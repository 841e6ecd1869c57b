"""The form in which an item is written."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.units.models import Signatory, Unit, User
from infoflow.units.permissions import unit_ids_of
from infoflow.units.roles import Role

from . import text
from .actions import Draft
from .joint import JOINT_MAX
from .rules import TITLE_MAX, ItemForm

if TYPE_CHECKING:
    from .models import ItemPage

FORM_HINTS = {
    ItemForm.NEWS: gettext_lazy("工作动态，何时何地做了什么，500字左右"),
    ItemForm.BRIEF: gettext_lazy("一事一报，200字左右"),
    ItemForm.ONE_LINE: gettext_lazy("一句话说清一件事"),
    ItemForm.EXPERIENCE: gettext_lazy("做法、成效、可推广之处"),
    ItemForm.PROBLEM: gettext_lazy("问题、原因、建议"),
    ItemForm.RESEARCH: gettext_lazy("调研情况、分析、对策，可以较长"),
    ItemForm.SUMMARY: gettext_lazy("几个方面情况的汇总"),
    ItemForm.PICTURE: gettext_lazy("以图片为主，此处填写文字说明"),
}


# Fields of the write page that are folded away until somebody uses them.
MORE_FIELDS = ("keywords", "joint", "commission", "note")
_NAMES = re.compile(r"[、，,；;\n]+")


class TextField(forms.CharField):
    """A text field that refuses characters no document has, and says where they are."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Its message ("不允许空字符") does not tell a clerk what to do; ours does.
        self.validators = [
            v for v in self.validators if not isinstance(v, ProhibitNullCharactersValidator)
        ]

    def validate(self, value: str) -> None:
        if text.unfit_characters(value):
            place = text.unfit_place(value)
            where = _("“%(words)s”后面") % {"words": place} if place else _("开头")
            raise ValidationError(
                _(
                    "%(where)s有看不见的特殊字符（多是从其他软件复制时带入的），"
                    "请删去那几个字重新输入，或先粘贴到记事本再复制过来。"
                )
                % {"where": where},
                code="unfit",
            )
        super().validate(value)


def signatories_of(unit_ids: frozenset[int]) -> QuerySet[User]:
    """Return the signatories in office today in some units."""
    posts = Signatory.objects.in_force_on(timezone.localdate()).filter(unit_id__in=unit_ids)
    return User.objects.filter(pk__in=posts.values("user_id")).order_by("name", "pk")


class WriteForm(forms.Form):
    """Writing an item. `submits` tells whether it shall be sent at once."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("报送单位"),
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={
            "required": gettext_lazy("请选择报送单位。"),
            "invalid_choice": gettext_lazy("您不是这个单位的信息员，请重新选择。"),
        },
    )
    title = TextField(
        label=gettext_lazy("标题"),
        max_length=TITLE_MAX,
        error_messages={
            "required": gettext_lazy("请填写标题。"),
            "max_length": gettext_lazy(
                "标题有%(show_value)d字，不能超过%(limit_value)d字，请缩短。"
            ),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    form = forms.ChoiceField(
        label=gettext_lazy("形式"),
        choices=ItemForm.choices,
        initial=ItemForm.NEWS,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请选择形式。"),
            "invalid_choice": gettext_lazy("没有这种形式，请重新选择。"),
        },
    )
    body = TextField(
        label=gettext_lazy("正文"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "body", "rows": 18}),
    )
    contact = TextField(
        label=gettext_lazy("联系人及电话"),
        required=False,
        max_length=60,
        error_messages={"max_length": gettext_lazy("联系人及电话不能超过%(limit_value)d字。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    signatory = forms.ModelChoiceField(
        label=gettext_lazy("审签人"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("（请选择）"),
        error_messages={"invalid_choice": gettext_lazy("这位审签人已不在任，请重新选择。")},
    )
    keywords = TextField(
        label=gettext_lazy("关键词"),
        required=False,
        max_length=100,
        error_messages={"max_length": gettext_lazy("关键词不能超过%(limit_value)d字。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    joint = TextField(
        label=gettext_lazy("联合报送单位"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    commission = TextField(
        label=gettext_lazy("所答约稿"),
        required=False,
        max_length=60,
        error_messages={"max_length": gettext_lazy("所答约稿不能超过%(limit_value)d字。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = TextField(
        label=gettext_lazy("给审核人员的说明"),
        required=False,
        max_length=500,
        error_messages={
            "max_length": gettext_lazy("说明有%(show_value)d字，不能超过%(limit_value)d字。")
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, person: User, item: ItemPage | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.item = item
        ids = frozenset({item.unit_id}) if item else unit_ids_of(person, Role.OFFICER)
        self.units = list(Unit.objects.filter(pk__in=ids))
        unit: Any = self.fields["unit"]
        unit.queryset = Unit.objects.filter(pk__in=ids)
        if len(self.units) < 2:
            del self.fields["unit"]
        field: Any = self.fields["signatory"]
        field.queryset = signatories_of(ids)
        self.signing_posts = {
            (post.user_id, post.unit_id): post.unit.name
            for post in Signatory.objects.in_force_on(timezone.localdate())
            .filter(unit_id__in=ids)
            .select_related("unit")
        }
        field.label_from_instance = self._signatory_label
        self.initial.setdefault("form_key", uuid.uuid4())
        if item is None and len(self.units) == 1 and len(self.signing_posts) == 1:
            self.initial.setdefault("signatory", next(iter(self.signing_posts))[0])

    def _signatory_label(self, user: User) -> str:
        units = [name for (pk, _unit), name in self.signing_posts.items() if pk == user.pk]
        return f"{user.name}（{'、'.join(units)}）" if len(self.units) > 1 else str(user.name)

    @property
    def submits(self) -> bool:
        return "submit" in self.data

    @property
    def more_open(self) -> bool:
        """Whether one of the fields that are rarely used has something to show."""
        return any(self[name].value() or self[name].errors for name in MORE_FIELDS)

    @property
    def lacks_signatory(self) -> bool:
        """Whether nobody can sign for the unit(s)."""
        return not self.signing_posts

    @property
    def form_choices(self) -> list[tuple[str, Any, Any, bool]]:
        """Forms with their hints: (value, label, hint, chosen)."""
        chosen = self["form"].value()
        return [(f.value, f.label, FORM_HINTS[f], f.value == chosen) for f in ItemForm]

    def clean_title(self) -> str:
        title = text.one_line(self.cleaned_data["title"])
        if not title:
            raise ValidationError(_("请填写标题。"), code="required")
        return title

    def clean_body(self) -> str:
        """Return the body as clean HTML; `removed` tells what cleaning took out."""
        typed: str = self.cleaned_data["body"]
        self.removed = text.removed_parts(typed)
        stored = text.to_html(typed)
        size = text.length(stored)
        if size > text.BODY_MAX:
            raise ValidationError(
                _("正文有%(size)d字，不能超过%(max)d字，请删减或分成几篇报送。")
                % {"size": size, "max": text.BODY_MAX},
                code="too_long",
            )
        return stored

    def clean_joint(self) -> tuple[int, ...]:
        """Return the ids of the units named, in order. Only whole names count: an officer
        may name any unit and list none."""
        names = list(
            dict.fromkeys(name for name in _NAMES.split(self.cleaned_data["joint"]) if name)
        )
        if len(names) > JOINT_MAX:
            raise ValidationError(_("联合报送单位不能超过%(max)d个。") % {"max": JOINT_MAX})
        active = Unit.objects.active_on(timezone.localdate()).filter(name__in=names)
        found = dict(active.values_list("name", "pk"))
        unknown = [name for name in names if name not in found]
        if unknown:
            raise ValidationError(
                _("没有找到单位“%(names)s”，请填写单位全称，几个单位之间用顿号隔开。")
                % {"names": "”“".join(unknown)}
            )
        return tuple(found[name] for name in names)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "unit" not in self.fields and self.units:
            data["unit"] = self.item.unit if self.item else self.units[0]
        signatory, unit = data.get("signatory"), data.get("unit")
        if signatory and unit and (signatory.pk, unit.pk) not in self.signing_posts:
            self.add_error("signatory", _("这位审签人不属于所选单位，请重新选择。"))
        if unit and unit.pk in data.get("joint", ()):
            self.add_error("joint", _("联合报送单位不用填写本单位。"))
        if self.submits:
            self._clean_complete(data)
        return data

    def _clean_complete(self, data: dict[str, Any]) -> None:
        if not data.get("body") and "body" not in self.errors:
            self.add_error("body", _("提交前请填写正文；尚未写完可以先保存草稿。"))
        if not data.get("signatory") and "signatory" not in self.errors:
            self.add_error(
                "signatory",
                _("本单位还没有审签人，暂时不能提交，请先保存草稿并联系信息科登记审签人。")
                if self.lacks_signatory
                else _("提交前请选择审签人。"),
            )

    def draft(self) -> Draft:
        """Return what was filled in, after validation."""
        data = self.cleaned_data
        return Draft(
            title=data["title"],
            form=data["form"],
            body=data["body"],
            contact=data["contact"],
            signatory=data["signatory"],
            keywords=data["keywords"],
            note=data["note"],
            commission=data["commission"],
            joint=data["joint"],
        )


class SendForm(forms.Form):
    """The last word before an item is sent: a note to the reviewers."""

    note = TextField(
        label=gettext_lazy("给审核人员的说明"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, needs_note: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.needs_note = needs_note

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if self.needs_note and not note.strip():
            raise ValidationError(
                _("正文有内部用语，请写明来源和为什么可以报送，由保密审查员决定。"),
                code="required",
            )
        return note
