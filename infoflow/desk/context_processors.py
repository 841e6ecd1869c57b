"""What every page of the desk needs: who is here, the menu, the banner of the demonstration set.

Everything is a callable, so that a page that does not show it does not pay for it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.translation import gettext as _

from infoflow.units.models import Unit, User
from infoflow.units.permissions import enters_admin, roles_of, unit_ids_of

from .menu import MenuItem, menu_for


def has_demo_data() -> bool:
    """Tell whether demonstration accounts exist."""
    return User.objects.filter(is_demo=True).exists()


def post_of(user: User) -> str:
    """Return a person's units and roles in one line, as the header shows them."""
    units = Unit.objects.filter(pk__in=unit_ids_of(user)).values_list("name", flat=True)
    parts = ["、".join(units), "、".join(sorted(roles_of(user)))]
    if user.is_superuser:
        parts = [_("超级管理员（应急）")]
    return " · ".join(part for part in parts if part)


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return the site's name, the menu, the person's post and the demonstration mark."""
    user: User | AnonymousUser = getattr(request, "user", AnonymousUser())
    path = getattr(request, "path", "")

    @cache
    def menu() -> list[MenuItem]:
        return menu_for(request) if user.is_authenticated and not user.must_change_password else []

    @cache
    def post() -> str:
        return post_of(user) if user.is_authenticated else ""

    return {
        "desk_site": settings.WAGTAIL_SITE_NAME,
        "desk_menu": menu,
        "desk_post": post,
        "desk_path": path,
        "enters_office": cache(lambda: enters_admin(user)),
        "demo_data": cache(has_demo_data),
    }
