"""What rooms above put on the duty screen.

`register_duty_panel`: callable(request) -> Panel | None (infoflow.desk.menu.Panel). The panel is
drawn anew whenever something in it has changed, so it holds nothing that is typed into. An element
with `data-alert="…"` is new until its name has been on the screen once: it is said aloud where
sound is switched on. After a refresh the document gets the event `duty:refreshed`.
"""

from __future__ import annotations

from django.http import HttpRequest
from wagtail import hooks

from infoflow.desk.menu import Panel

PANEL_HOOK = "register_duty_panel"


def panels_for(request: HttpRequest) -> list[Panel]:
    """Return the panels of the duty screen, in order."""
    found = [hook(request) for hook in hooks.get_hooks(PANEL_HOOK)]
    return sorted((p for p in found if p is not None), key=lambda p: p.order)
