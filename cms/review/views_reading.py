"""Reading a gated page at its own address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from .models import GatedPage


def serve_gated(request: HttpRequest, page: GatedPage) -> HttpResponse:
    """Show a live text to those who may see it, if it is exactly what was cleared."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not type(page).objects.visible_to(request.user).filter(pk=page.pk).exists():
        raise Http404
    if not page.is_readable():
        return render(request, "review/differs.html", {"page": page}, status=409)
    return render(request, "review/reading.html", {"page": page, "text": page.render_text()})
