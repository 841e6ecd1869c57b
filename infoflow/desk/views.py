"""First page of the desk."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from infoflow.units.permissions import enters_admin, unit_ids_of

from .menu import panels_for


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for a person; who only works in the office is sent there."""
    if enters_admin(request.user) and not unit_ids_of(request.user):
        return redirect("wagtailadmin_home")
    return render(request, "desk/home.html", {"panels": panels_for(request)})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do when a form is too old to be trusted."""
    return render(request, "desk/csrf.html", status=403)
