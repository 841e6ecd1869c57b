"""How long it takes to refuse each table that is made to take long: bin/bench bombs.

Each is refused in a process of its own: the clock from the whole file in memory to the refusal,
and by how much the process (and the one that reads old workbooks) grew. Goals: 1 s, 50 MB.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

GOAL_SECONDS, GOAL_MB = 1.0, 50.0


def one(place: int) -> int:
    """Refuse one bomb; print seconds, processor seconds and megabytes."""
    import django

    django.setup()
    from infoflow.uploads.kinds import BadFile
    from scoring.imports import actions
    from tests.corpus.table_bombs import BOMBS
    from tests.scoring.imports.tables import facts

    # The first table loads what every table needs.
    actions.take(name="表.xlsx", data=facts(["报送", "2026-01-01", "甲", "乙", ""]), person=None)
    bomb = BOMBS[place]
    data = sys.stdin.buffer.read()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock, cpu = time.perf_counter(), time.process_time()
    try:
        actions.take(name=bomb.name, data=data, person=None)
    except BadFile as refusal:
        said = refusal.message
    else:
        said = ""
    spent, used = time.perf_counter() - clock, time.process_time() - cpu
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    ok = bool(said) and bomb.refused in said
    sys.stdout.write(json.dumps([ok, spent, used, grown / 1024, len(data), bomb.title]))
    return 0


def main() -> int:
    if len(sys.argv) > 1:
        return one(int(sys.argv[1]))
    from tests.corpus.table_bombs import BOMBS

    rows = []
    for place in range(len(BOMBS)):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.bombs", str(place)],
            input=BOMBS[place].make(),
            capture_output=True,
            check=True,
        )
        rows.append(json.loads(done.stdout))
    rows.sort(key=lambda row: -row[1])
    missed = False
    for ok, spent, used, grown, size, title in rows:
        bad = not ok or used > GOAL_SECONDS or grown > GOAL_MB
        missed |= bad
        sys.stdout.write(
            f"{spent:6.2f} s  processor {used:5.2f} s  +{grown:6.1f} MB  {size:>11,} bytes"
            f"  {title}{'  MISSED' if bad else ''}\n"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
