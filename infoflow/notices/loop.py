"""The sweep over and over, as one process; and the keeper that starts that process again.

Nothing depends on it: whoever prefers a timer runs `manage.py sweep` once a minute.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, reset_queries

log = logging.getLogger(__name__)

# Seconds: the longest pause after failures, so that at most a minute passes after a repair.
PAUSE_MAX = 60.0
# How often a sleeping loop looks whether it is still wanted.
TICK = 1.0
# A process that lived this long had started well: the next failure counts as the first.
LIVED = 60.0
# How long a sweep may go on with its batch when it is asked to stop.
PATIENCE = 5.0


def pause_after(failures: int, every: float) -> float:
    """Return the seconds to wait after so many failures in a row."""
    return min(every * 2 ** min(failures, 10), max(PAUSE_MAX, every)) if failures else every


def forever(
    round_of: Callable[[], object],
    *,
    every: float,
    stop: threading.Event,
    parent: int | None = None,
) -> None:
    """Call `round_of` every so many seconds until stopped, or until the parent is gone.

    A round that fails (no database) is told by its kind and tried again, at longer intervals.
    """
    failures = 0
    while not stop.is_set():
        begun = time.monotonic()
        close_old_connections()
        reset_queries()
        try:
            round_of()
            failures = 0
        except Exception as error:  # noqa: BLE001 - the loop outlives whatever happens in it
            failures += 1
            log.error("sweep: round failed: %s", type(error).__name__)
        close_old_connections()
        until = begun + pause_after(failures, every)
        while not stop.wait(min(TICK, max(0.0, until - time.monotonic()))):
            if parent is not None and os.getppid() != parent:
                return
            if time.monotonic() >= until:
                break


def loop_command(every: int) -> list[str]:
    """Return the command line of the loop as a child of this process."""
    manage = str(Path(settings.BASE_DIR) / "manage.py")
    return [sys.executable, manage, "sweep", "--every", str(every), "--with-parent"]


class Keeper:
    """Keeps a process running: starts it, starts it again when it ends, ends it at last."""

    def __init__(self, command: Sequence[str], *, first_pause: float = 1.0) -> None:
        self.command = list(command)
        self.first_pause = first_pause
        self.process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        """Start the process in the background."""
        self._thread.start()

    def stop(self) -> None:
        """End the process and wait for it; it may finish the batch that it is at."""
        self._stop.set()
        with self._lock:
            process = self.process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _keep(self) -> None:
        failures = 0
        while True:
            with self._lock:
                if self._stop.is_set():
                    return
                begun = time.monotonic()
                self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL)  # noqa: S603
            code = self.process.wait()
            if self._stop.is_set():
                return
            failures = 0 if time.monotonic() - begun > LIVED else failures
            log.error("sweep: the loop ended with %s, starting it again", code)
            if self._stop.wait(min(self.first_pause * 2 ** min(failures, 10), PAUSE_MAX / 2)):
                return
            failures += 1
