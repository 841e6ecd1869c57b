"""What this room tells the rooms above it; sent inside the recording transaction."""

from django.dispatch import Signal

# Facts were stored that were not there before. Arguments: touched (dict[int, set[int]]), year →
# units that they are about; withdrawn (bool), they take others back; closed (list[ClosedSpan]),
# the closed periods, looked at while the units are held.
facts_recorded = Signal()
