"""Forms of the page editor and of the pool."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.widgets import AdminAutoHeightTextInput

from cms.items import text
from cms.items.markup import TooMuch
from cms.scanning import door
from cms.scanning.rules import Entrance


class DocumentTextarea(AdminAutoHeightTextInput):
    """Shows a stored text as plain lines and reads lines or pasted HTML back as clean HTML."""

    def format_value(self, value: Any) -> str | None:
        try:
            plain = text.to_text(value) if isinstance(value, str) else value
        except TooMuch:
            plain = value
        return super().format_value(plain)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        if not isinstance(typed, str) or text.unfit_characters(typed):
            return typed
        try:
            return text.to_html(typed)
        except TooMuch:  # the model's own check says so at the field
            return typed


class IssueForm(WagtailAdminPageForm):
    """Page form of an issue; errors are said where they are."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        for form in self.formsets["entries"].forms if "entries" in self.formsets else []:
            for name in ("title", "body"):
                value = form.data.get(form.add_prefix(name), "") or ""
                if text.unfit_characters(value):
                    form.add_error(name, _("含有无法保存的特殊字符，请删除后重新输入。"))
        door.check(parts=self._text_parts(), person=self.for_user, entrance=Entrance.ISSUE)
        return data

    def _text_parts(self) -> dict[str, str]:
        """Return what was typed as it will be stored, for the door: markup hides nothing."""
        parts = {name: str(value or "") for name, value in self.data.items()}
        return {
            name: text.to_text(text.to_html(value)) if text.carries_markup(value) else value
            for name, value in parts.items()
        }


class PoolForm(forms.Form):
    """What to do with the items ticked in the pool."""

    target = forms.RegexField(
        r"^(issue|bulletin):[0-9]{1,12}$",
        error_messages={
            "required": _("请选择编入哪一期。"),
            "invalid": _("请选择编入哪一期。"),
        },
    )
    merged = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        ticked = [
            pk
            for pk in cast(QueryDict, self.data).getlist("items")
            if pk.isascii() and pk.isdigit()
        ]
        if not ticked:
            raise forms.ValidationError(_("请先勾选稿件。"))
        data["items"] = [int(pk) for pk in ticked]
        return data
