"""紧急信息专报 as a Word file."""

from __future__ import annotations

from io import BytesIO

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from infoflow.uploads.kinds import MIME_OF_KIND, Kind

from . import paper, queries
from .views import own_event


@login_required
@require_GET
def urgent_paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give an event's 专报; what the reviewer has stopped leaves by no file."""
    event = own_event(request, pk)
    if queries.is_hidden(event):
        messages.error(request, _("保密审查员认为首报不宜在本系统流转，不能生成专报。"))
        return redirect("urgent_event", event.pk)
    now = timezone.now()
    clocks = queries.clocks_for(event, queries.rule_rows(), now)
    return FileResponse(
        BytesIO(paper.paper_file(event, clocks, now)),
        as_attachment=True,
        filename=f"{paper.paper_title(event)}.docx",
        content_type=MIME_OF_KIND[Kind.DOCX],
    )
