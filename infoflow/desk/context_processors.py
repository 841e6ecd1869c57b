"""What every page of the desk needs: the menu and the banner of the demonstration set."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from infoflow.units.models import User

from .menu import menu_for


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return the menu and whether demonstration accounts exist."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.path.startswith("/office/"):
        return {}
    return {"desk_menu": menu_for(request), "demo_data": User.objects.filter(is_demo=True).exists()}
