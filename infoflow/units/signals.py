"""What this room tells the rooms above it."""

from django.dispatch import Signal

# Sent inside the creating transaction; argument: units (list[Unit]).
units_created = Signal()
