"""What this room tells the rooms above it; sent inside the recording transaction."""

from django.dispatch import Signal

# Arguments: facts (list[Fact]), new facts including withdrawals; lines (list[FactLine]),
# their lines. All are stored already; none was there before.
facts_recorded = Signal()
