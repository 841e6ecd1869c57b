"""What this room tells the rooms above it; sent inside the recording transaction."""

from django.dispatch import Signal

# Arguments: facts (list[Fact]), new facts including withdrawals; lines (list[FactLine]),
# their lines. All are stored already; none was there before. closed (list[ClosedSpan]): the
# closed periods, looked at while the units of the lines are held. A long recording sends it
# several times, each time with all new lines of some units: a joint fact may come again.
facts_recorded = Signal()
