"""What this room tells the rooms above it; sent inside the recording transaction."""

from django.dispatch import Signal

# Argument: facts (list[Fact]), new facts including withdrawals, lines stored.
facts_recorded = Signal()
