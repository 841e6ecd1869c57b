"""缺员单位 in the office, and the same as a workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from infoflow.uploads.kinds import MIME_OF_KIND, Kind

from .admin_handover import AdminPage
from .roles import Role
from .vacancies import Table, tables

_SURROGATES = re.compile(r"[\ud800-\udfff]")


class VacanciesView(AdminPage):
    """Units without people, posts that end soon, accounts that nobody uses."""

    template_name = "units/admin_vacancies.html"
    header_icon = "warning"
    roles = (Role.SYSTEM_ADMIN, Role.EDITOR)

    def get_page_title(self) -> str:
        return _("缺员单位")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, tables=list(tables(timezone.localdate())))


class VacanciesExport(VacanciesView):
    """The same tables as one workbook, a sheet for each."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        today = timezone.localdate()
        answer = HttpResponse(workbook(tables(today)), content_type=MIME_OF_KIND[Kind.XLSX])
        name = _("缺员单位%(day)s.xlsx") % {"day": f"{today:%Y%m%d}"}
        answer["Content-Disposition"] = content_disposition_header(True, name) or ""
        return answer


def workbook(made: Iterable[Table]) -> bytes:
    """Return tables as an .xlsx file. Every cell is text: a name may begin with "="."""
    book = Workbook(write_only=True)
    for table in made:
        sheet = book.create_sheet(table.title)
        sheet.freeze_panes = "A2"
        for place, heading in enumerate(table.headings):
            widest = max([len(heading), *(len(row[place]) for row in table.rows)])
            sheet.column_dimensions["ABCDEFGH"[place]].width = min(40, 4 + 2 * widest)
        sheet.append([_cell(sheet, heading, bold=True) for heading in table.headings])
        for row in table.rows:
            sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, value: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, _SURROGATES.sub("", ILLEGAL_CHARACTERS_RE.sub("", value)))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
