"""What this room tells the rooms above it."""

from django.dispatch import Signal

# Sent inside the creating transaction; argument: units (list[Unit]).
units_created = Signal()

# 交接 (handover.py). Rooms above say what hangs on a post, and move it.
#
# Before anything moves; arguments: unit (Unit), person (User), role (Role).
# A receiver returns list[Holding].
holdings_asked = Signal()
# Inside the transaction of a hand-over, rights already changed; argument: hand_over (HandOver).
# A receiver moves what is its own and returns list[Holding] of it.
handed_over = Signal()
# Arguments: kind (str), ids (list[int]), viewer (User). A receiver returns {id: (title, url)}
# of those of its kind that the viewer may see.
holdings_named = Signal()
