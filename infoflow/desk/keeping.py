"""Forms that could not be taken: the login has run out, or the page is too old to be trusted.

What was typed goes back to who typed it, in a form that can be sent again. Nothing of it is
stored: it only travels through the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
# What tells a person most of what they typed; the rest goes along unseen.
SHOWN = ("title", "body", "reason", "note", "what", "facts", "result", "caller")


def keeps_typing(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Like login_required, but a form that comes after the login has run out is not lost."""
    inside = login_required(view)

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated and can_be_kept(request):
            return kept_page(request)
        return inside(request, *args, **kwargs)

    return wrapped


def can_be_kept(request: HttpRequest) -> bool:
    """Tell whether a refused form may be handed back: sent by a page of ours, with words in it.

    A form from elsewhere is never handed back: one click would send what a stranger wrote.
    """
    sender = request.headers.get("Origin") or request.headers.get("Referer") or ""
    if urlsplit(sender).netloc != request.get_host():
        return False
    if request.FILES or request.path.startswith("/office/"):
        return False
    names = set(request.POST) - {TOKEN}
    return not any("password" in name for name in names) and any(
        request.POST.get(name, "").strip() for name in SHOWN
    )


def kept_page(request: HttpRequest) -> HttpResponse:
    """Give the typed fields back in a form with a fresh token."""
    pairs = [
        (name, value) for name, values in request.POST.lists() if name != TOKEN for value in values
    ]
    shown = [request.POST[name] for name in SHOWN if request.POST.get(name, "").strip()]
    context = {"pairs": pairs, "shown": shown, "again": request.user.is_authenticated}
    response = render(request, "desk/kept.html", context, status=403)
    add_never_cache_headers(response)
    return response
