"""How long it takes to refuse each bad file of the corpus: bin/bench refusals.

The goal is one second of processor time for the dearest; the floor beside it is one SHA-256 of
the same bytes, which every kept file costs anyway.
"""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import django

GOAL = 1.0  # seconds of processor time
SHOWN = 5


def seconds(call: Callable[[], object]) -> float:
    """Return the least processor time of three calls."""
    spent = []
    for _turn in range(3):
        began = time.process_time()
        call()
        spent.append(time.process_time() - began)
    return min(spent)


def main() -> int:
    django.setup()
    from infoflow.uploads.rules import BadFile, inspect
    from tests.corpus.files import REFUSED

    rows = []
    for file in REFUSED:
        data = file.make()

        def refuse(name: str = file.name, data: bytes = data) -> None:
            with suppress(BadFile):
                inspect(name=name, data=data)

        def read(data: bytes = data) -> None:
            hashlib.sha256(data).digest()

        floor = seconds(read)
        rows.append((seconds(refuse), floor, len(data), file.title))
    rows.sort(reverse=True)
    sys.stdout.write(f"{len(rows)} files, the dearest first\n")
    for spent, floor, size, title in rows[:SHOWN]:
        sys.stdout.write(
            f"{spent * 1_000:8.1f} ms  floor {floor * 1_000:6.2f} ms  {size:>10,} bytes  {title}\n"
        )
    return int(rows[0][0] > GOAL)


if __name__ == "__main__":
    sys.exit(main())
