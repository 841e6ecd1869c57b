"""The board of open commissions, the record of units over the year, and both as Excel."""

from __future__ import annotations

import io
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from infoflow.papers.xlsx import write_workbook
from infoflow.units.permissions import person_of, works_in_office
from infoflow.uploads.kinds import MIME_OF_KIND, Kind

from . import queries_office
from .board import board_of
from .standing import standings
from .views_office import CommissionsMixin
from .workbook import commission_sheets, commission_title

FIRST_YEAR = 2000


def asked_year(request: HttpRequest) -> int:
    """Return the year in the address; this year when it is none."""
    now = timezone.localdate().year
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else now
    return year if FIRST_YEAR <= year <= now else now


class BoardView(CommissionsMixin, TemplateView):
    """Open commissions as strips of time; how each unit did this year."""

    template_name = "commissions/office_board.html"
    page_title = gettext_lazy("约稿进展")
    writes = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, year = timezone.now(), asked_year(self.request)
        strips = queries_office.strips(self.person, now)
        return super().get_context_data(
            **kwargs,
            board=board_of(strips, now) if strips else None,
            year=year,
            before=year - 1,
            after=year + 1 if year < timezone.localdate().year else None,
            units=queries_office.years_of_units(year, self.person, now),
        )


def board_export(request: HttpRequest) -> HttpResponse:
    """Give a year's commissions as Excel."""
    if not works_in_office(request.user):
        raise PermissionDenied
    person, now, year = person_of(request), timezone.now(), asked_year(request)
    rows = queries_office.asked_in(year, person)
    sheets = commission_sheets(
        year,
        rows,
        standings(rows, now),
        queries_office.years_of_units(year, person, now),
        printed_on=timezone.localdate(),
    )
    out = io.BytesIO()
    write_workbook(sheets, out)
    response = HttpResponse(out.getvalue(), content_type=MIME_OF_KIND[Kind.XLSX])
    name = f"{commission_title(year)}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response
