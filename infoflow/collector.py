"""Python's garbage collector rests while many small objects are made that form no circles.

It would look at all of them, and at everything else that the process holds, again and again: a
seventh of the time of a rebuild. What is no longer needed is freed by its count all the same.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_resting = 0
_was_on = False


@contextmanager
def resting() -> Iterator[None]:
    """Let the collector rest. Threads may rest at the same time; the last one wakes it."""
    global _resting, _was_on
    with _lock:
        if _resting == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _resting += 1
    try:
        yield
    finally:
        with _lock:
            _resting -= 1
            if _resting == 0 and _was_on:
                gc.enable()
