"""Putting the card of the first week away."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from infoflow.units.models import Officer
from infoflow.units.permissions import person_of

from . import welcome


@login_required
@require_POST
def welcome_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the card no more."""
    post = get_object_or_404(Officer, pk=pk, user=person_of(request))
    welcome.put_away(post_id=post.pk, person=person_of(request))
    return redirect("home")
