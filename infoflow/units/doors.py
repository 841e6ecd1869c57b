"""Who comes through which door of Wagtail's admin. What is not named here is closed.

Wagtail serves about two hundred addresses of its own, and many ask only for access to the
admin: choosers, reports and task pages show titles of every unit, an upgrade brings new ones.
The rooms' own pages (names not beginning with "wagtail") check their roles themselves.
Superusers pass (break-glass).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from wagtail.admin.auth import permission_denied

from .permissions import enters_admin, has_role
from .roles import ADMIN_ROLES, Role

if TYPE_CHECKING:
    from infoflow.units.models import User

OFFICE = "/office/"
# The two addresses under /office/ that lead out of it; open to everybody.
WAYS_OUT = frozenset({"office_login", "office_logout"})

_PAGES = "wagtailadmin_pages:"
_EDITING = frozenset(
    {
        "wagtailadmin_block_preview",
        "wagtailadmin_editing_sessions:ping",
        "wagtailadmin_editing_sessions:release",
    }
)
# Every page of the admin needs these.
_FRAME = frozenset(
    {
        "wagtailadmin_home",
        "wagtailadmin_account",
        "wagtailadmin_dismissibles",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_sprite",
    }
)
# What composing an issue needs of the page editor.
_COMPOSING = frozenset(
    {
        "wagtailadmin_explore_root",
        "wagtailadmin_explore",
        "wagtailadmin_explore_results",
        *(
            _PAGES + name
            for name in (
                "add",
                "add_subpage",
                "edit",
                "delete",
                "history",
                "history_results",
                "revisions_compare",
                "revisions_index",
                "revisions_revert",
                "search",
                "search_results",
                "usage",
            )
        ),
    }
)
STOCK_OPEN: Mapping[Role, frozenset[str]] = {
    **dict.fromkeys(ADMIN_ROLES, _FRAME),
    Role.EDITOR: _FRAME | _EDITING | _COMPOSING,
    Role.SCORER: _FRAME | _EDITING,
}


def is_stock(name: str) -> bool:
    """Tell whether an address of the admin is Wagtail's own: by its name, or nameless."""
    registered = name.startswith("wagtailsnippets_")
    return not name or (name.startswith("wagtail") and not registered)


def passes(user: User, name: str) -> bool:
    """Tell whether a person who works in the admin may use an address by its name."""
    if user.is_superuser or not is_stock(name):
        return True
    return any(name in names for role, names in STOCK_OPEN.items() if has_role(user, role))


class OfficeDoorMiddleware:
    """Turn away at the door who has no business behind it.

    To those who do not work in the admin nothing exists under /office/.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or not request.path.startswith(OFFICE) or match.view_name in WAYS_OUT:
            return None
        user = request.user
        if not user.is_authenticated:
            return None
        if not enters_admin(user):
            raise Http404
        if passes(user, match.view_name):
            return None
        refused: HttpResponse = permission_denied(request)
        return refused
