"""The processes that go outside, seen from here: started when needed, ended when too slow."""

from __future__ import annotations

import contextlib
import json
import selectors
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from .rules import CALL_SECONDS, Result

# The module runs as a file: importing it by name would start nothing of the project, but
# would need its root on the path.
READY = "ready"
START_SECONDS = 30  # loading apprise takes one on an idle machine
_COURIER = Path(__file__).with_name("courier.py")


class Courier:
    """One process of its own, for one channel."""

    def __init__(self, seconds: float = CALL_SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def bring(self, job: dict[str, Any]) -> Result:
        """Bring one message and return how it ended; never raises, never waits longer than told."""
        try:
            process = self._started()
            if process is None:
                return Result.NO_WAY  # nobody has been given anything yet
            process.stdin.write(json.dumps(job).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            self._end()
            return Result.NO_WAY  # nothing has been read by anybody
        answer = self._line(process.stdout, self.seconds)
        if answer not in Result.values:
            self._end()
            return Result.UNCLEAR
        return Result(answer)

    def _started(self) -> Any:
        """Return the process, started and ready; None when it does not get ready."""
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            [sys.executable, "-I", str(_COURIER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        pipe = self._process.stdout
        if pipe is None or self._line(pipe, START_SECONDS) != READY:
            self._end()
        return self._process

    def _line(self, pipe: IO[bytes], seconds: float) -> str:
        """Return what the process says within these seconds; empty when it says nothing."""
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            if not selector.select(seconds):
                return ""
        return pipe.readline().decode().strip()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was never read is of no use
                    pipe.close()
