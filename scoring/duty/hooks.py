"""What rooms above put on the duty screen.

`register_duty_panel`: callable(request) -> Panel | None (infoflow.desk.menu.Panel). The panel is
drawn anew whenever something in it has changed, so it holds nothing that is typed into. An element
with `data-alert="…"` is new until its name has been on the screen once: it is said aloud where
sound is switched on. After a refresh the document gets the event `duty:refreshed`. Nothing but
`data-now="…"` may differ from one drawing to the next while nothing has happened.

`register_duty_asset`: callable() -> str, the static path of a sheet or script for such panels.
"""

from __future__ import annotations

from django.http import HttpRequest
from wagtail import hooks

from infoflow.desk.menu import Panel

PANEL_HOOK = "register_duty_panel"
ASSET_HOOK = "register_duty_asset"


def panels_for(request: HttpRequest) -> list[Panel]:
    """Return the panels of the duty screen, in order."""
    found = [hook(request) for hook in hooks.get_hooks(PANEL_HOOK)]
    return sorted((p for p in found if p is not None), key=lambda p: p.order)


def assets(ending: str) -> list[str]:
    """Return the static paths with an ending that panels ask for."""
    found = dict.fromkeys(str(hook()) for hook in hooks.get_hooks(ASSET_HOOK))
    return [path for path in found if path.endswith(ending)]
