"""The ranking as an Excel file."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from infoflow.units.permissions import person_of
from infoflow.uploads.kinds import MIME_OF_KIND, Kind

from .forms import ExportForm
from .permissions import opens_details_of
from .views import ask, assessed
from .views_shared import for_readers
from .workbook import ranking_title, write_ranking

_IN_MEMORY = 5_000_000
# Rows of 明细 that a page gives; the command gives all.
LISTING_MAX = 100_000


@for_readers
def ranking_export(request: HttpRequest) -> HttpResponseBase:
    """Give the shown ranking as an Excel file; a wrong request goes back to the page."""
    asked = ask(request)
    user = person_of(request)
    if not asked.form.is_valid():
        return redirect(f"{reverse('ranking')}?{request.GET.urlencode()}")
    # FileResponse closes it.
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    write_ranking(
        asked.shown,
        out,
        printed_on=timezone.localdate(),
        opens=lambda unit_id: opens_details_of(user, unit_id),
        options=ExportForm(request.GET).options(),
        listing_max=LISTING_MAX,
        assessed=assessed(asked, user),
    )
    out.seek(0)
    name = f"{ranking_title(asked.choice.period)}.xlsx"
    return FileResponse(
        out, as_attachment=True, filename=name, content_type=MIME_OF_KIND[Kind.XLSX]
    )
