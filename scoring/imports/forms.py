"""Forms of importing: the file, and what the whole table is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from infoflow.uploads.handlers import TooLargeFile
from infoflow.uploads.rules import too_large

from .headings import NOTICE_MAX
from .looks import Choices
from .names import SKIP
from .rules import Form, Look


class UploadForm(forms.Form):
    """Which file."""

    file = forms.FileField(
        label=_("文件"),
        allow_empty_file=True,
        help_text=_("Excel（.xlsx、.xls）或 CSV，不超过20兆、5万行。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.txt"}),
        error_messages={"required": _("请选择文件。"), "invalid": _("请选择文件。")},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, TooLargeFile):
            raise ValidationError(too_large(file.real_size).message)
        return file


class TableForm(forms.Form):
    """What the whole table is."""

    sheet = forms.ChoiceField(label=_("工作表"), required=False)
    form = forms.ChoiceField(label=_("表的种类"), choices=Form.choices)
    notice = forms.CharField(
        label=_("通报名称"),
        required=False,
        max_length=NOTICE_MAX,
        help_text=_("例如：2026年第一季度通报。同一份通报更正后再导入时用同一名称，不会重复登记。"),
        error_messages={"max_length": _("通报名称不能超过60字。")},
    )
    day = forms.DateField(
        label=_("登记日期"),
        required=False,
        widget=AdminDateInput,
        help_text=_("通报所属期间的最后一天，各条按这一天计入。"),
        error_messages={"invalid": _("日期请按“2026-01-31”的格式填写。")},
    )
    year = forms.IntegerField(
        label=_("没有写年份的日期按"),
        required=False,
        min_value=1949,
        max_value=2100,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), _("年份请填四位数，例如2026。")
        ),
    )

    def __init__(self, *args: Any, sheets: list[str], found: Look, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        field = self.fields["sheet"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - says what stands above
        field.choices = [(name, name) for name in sheets]
        self.initial.setdefault("sheet", found.sheet)
        self.initial.setdefault("form", found.form)
        self.initial.setdefault("notice", found.notice)
        self.initial.setdefault("day", found.day)
        self.initial.setdefault("year", timezone.localdate().year)
        unused = ("year",) if found.form == Form.NOTICE else ("notice", "day")
        for name in unused:
            del self.fields[name]
        if len(sheets) < 2:
            del self.fields["sheet"]

    def choices(self, before: Choices, data: Mapping[str, str]) -> Choices:
        """Return what was chosen, the confirmations included that stand beside this form."""
        cleaned = self.cleaned_data
        names, titles, columns = dict(before.names), dict(before.titles), dict(before.columns)
        for choice in [*self.found.units.values(), *self.found.bulletins.values()]:
            value = _number(data.get(choice.key, ""))
            if value is not None:
                names[choice.key] = value
            elif choice.key in data:
                names.pop(choice.key, None)
        for title in self.found.titles:
            value = _number(data.get(title.key, ""))
            if value is not None:
                titles[title.key] = value
        for column in self.found.columns:
            if column.key in data:
                columns[column.key] = data[column.key][:60]
        return Choices(
            sheet=cleaned.get("sheet") or before.sheet,
            form=cleaned["form"],
            notice=cleaned.get("notice", before.notice),
            day=cleaned.get("day", before.day),
            year=cleaned.get("year", before.year),
            names=names,
            titles=titles,
            columns=columns,
        )


def _number(text: str) -> int | None:
    """Return a chosen id, SKIP, or None when nothing was chosen."""
    if text == str(SKIP):
        return SKIP
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
