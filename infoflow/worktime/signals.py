"""What this room tells the rooms above it."""

from django.dispatch import Signal

# Inside the loading transaction; argument: years (list[int]). Deadlines that were reckoned
# without these years' lists may have moved.
years_loaded = Signal()
