"""What review tells the rooms above it; sent inside the deciding transaction."""

from django.dispatch import Signal

# Arguments: page (GatedPage), decision (Decision).
decided = Signal()
# Before the last step's publication. Arguments: page (GatedPage), person (User).
before_publication = Signal()
