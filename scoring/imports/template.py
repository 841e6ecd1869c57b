"""The facts workbook to fill in: drop-downs, an example row, what each column means."""

from __future__ import annotations

import io
from collections.abc import Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from .columns import COLUMNS, EXAMPLE
from .rules import ROWS_MAX, column_letter

_HEAD = PatternFill("solid", fgColor="DCE6F1")
_EXAMPLE = Font(italic=True, color="808080")
LISTS = "选项"


def build(units: Sequence[str], bulletins: Sequence[str], checks: Sequence[str]) -> bytes:
    """Return the template with the names that are in use today as drop-downs."""
    book = Workbook()
    sheet: Worksheet = book.active
    sheet.title = _("事项")
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    given = {"units": units, "bulletin": bulletins, "check": checks}
    for index, spec in enumerate(COLUMNS):
        letter = column_letter(index)
        head = sheet.cell(1, index + 1, f"{spec.label}*" if spec.required else spec.label)
        head.font = Font(bold=True)
        head.fill = _HEAD
        head.alignment = Alignment(horizontal="center")
        head.comment = Comment(str(spec.about), "infoflow", width=260, height=90)
        sheet.column_dimensions[letter].width = spec.width
        example = sheet.cell(2, index + 1, EXAMPLE.get(spec.field, ""))
        example.font = _EXAMPLE
        if spec.field == "date":
            for row in range(2, 502):
                sheet.cell(row, index + 1).number_format = "yyyy-mm-dd"
        names = given.get(spec.field)
        if spec.choices is not None and spec.field != "traits":
            names = [str(choice.label) for choice in spec.choices]
        if names:
            _drop_down(sheet, lists, index, names, strict=spec.field not in given)
    sheet.freeze_panes = "A2"
    _notes(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _drop_down(
    sheet: Worksheet, lists: Worksheet, index: int, names: Sequence[str], *, strict: bool
) -> None:
    """Offer names in a column; only fixed choices are insisted on."""
    letter = column_letter(index)
    for row, name in enumerate(names, start=1):
        cell = lists.cell(row, index + 1, name)
        cell.data_type = "s"
    rule = DataValidation(
        type="list",
        formula1=f"'{LISTS}'!${letter}$1:${letter}${len(names)}",
        allow_blank=True,
        showErrorMessage=strict,
        errorTitle=_("请从列表中选择"),
        error=_("这一列只能填列表中的内容。"),
    )
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{ROWS_MAX + 1}")


def _notes(book: Workbook) -> None:
    sheet = book.create_sheet(_("填写说明"))
    sheet.column_dimensions["A"].width = 14
    sheet.column_dimensions["B"].width = 90
    lines = [
        (_("怎么填"), _("在“事项”表中一行填一条；第2行是样例，不改动就不会导入。带*的列必填。")),
        (_("重复导入"), _("内容完全相同的行只登记一次；同一个文件再传一次，不会重复登记。")),
        *((spec.label, str(spec.about)) for spec in COLUMNS),
    ]
    for row, (label, about) in enumerate(lines, start=1):
        sheet.cell(row, 1, label).font = Font(bold=True)
        sheet.cell(row, 2, about).alignment = Alignment(wrap_text=True)
