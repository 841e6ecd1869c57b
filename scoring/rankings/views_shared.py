"""What the ranking's pages share: the door, the choice, addresses of what is behind a number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_GET

from .forms import Choice, named_periods
from .permissions import sees_rankings

View = Callable[..., HttpResponseBase]


def for_readers(view: View) -> View:
    """Let in only those who see rankings (permissions.sees_rankings)."""

    @login_required
    @require_GET
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_rankings(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner


def choice_query(choice: Choice, **changed: str) -> str:
    """Return the query string of a choice; `changed` fields stand instead, "" leaves one out."""
    asked = {
        "start": choice.period.start.isoformat(),
        "end": choice.period.end.isoformat(),
        "group": "" if choice.group_id is None else str(choice.group_id),
        "sort": "fixed" if choice.fixed else "",
        "places": "" if choice.places is None else str(choice.places),
        **changed,
    }
    return urlencode({key: value for key, value in asked.items() if value})


def named_for(choice: Choice, today: date) -> list[dict[str, Any]]:
    """Return the periods that one press chooses, and which one is chosen."""
    return [
        {"key": key, "period": period, "chosen": period == choice.period}
        for key, period in named_periods(today).items()
    ]
