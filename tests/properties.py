"""How many examples a property is tried on; more of them by an environment variable."""

from __future__ import annotations

import os

from django.db import connection
from hypothesis import settings

# INFOFLOW_EXAMPLES=20 tries every property on twenty times as many examples.
TIMES = int(os.environ.get("INFOFLOW_EXAMPLES") or 1)
# The cases were looked for on SQLite; on PostgreSQL a few show that it gives the same.
PART = 1 if connection.vendor == "sqlite" else 4


def examples(number: int) -> settings:
    """Return the settings of a property that is usually tried so often."""
    return settings(max_examples=max(number * TIMES // PART, 1))
