"""The loop outlives failures and ends when it should; its keeper starts it again."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from infoflow.notices import loop
from infoflow.notices.loop import Keeper, forever, pause_after

pytestmark = pytest.mark.sqlite_only


def until(true: Callable[[], bool]) -> None:
    """Wait for something that happens in another process; the limit is for a broken test only."""
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("failures", "every", "pause"),
    [(0, 15, 15), (1, 15, 30), (2, 15, 60), (9, 15, 60), (10_000, 15, 60), (3, 600, 600)],
)
def test_after_a_repair_at_most_a_minute_passes(failures: int, every: int, pause: int) -> None:
    assert pause_after(failures, every) == pause


@pytest.mark.django_db
def test_a_failing_round_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "PAUSE_MAX", 0.01)
    stop = threading.Event()
    calls: list[int] = []

    def one() -> None:
        calls.append(len(calls))
        if len(calls) == 4:
            stop.set()
        raise OSError("no database")

    forever(one, every=0.01, stop=stop)
    assert calls == [0, 1, 2, 3]


@pytest.mark.django_db
def test_it_ends_with_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "TICK", 0.01)
    calls: list[int] = []
    forever(lambda: calls.append(1), every=60, stop=threading.Event(), parent=os.getppid() + 1)
    assert calls == [1]


def test_the_keeper_starts_it_again_and_ends_it(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    script = (
        "import os, sys, time\n"
        f"path = {str(seen)!r}\n"
        "open(path, 'a').write(f'{os.getpid()}\\n')\n"
        "if len(open(path).readlines()) < 3: sys.exit(3)\n"
        "time.sleep(600)\n"
    )
    keeper = Keeper([sys.executable, "-c", script], first_pause=0.01)
    keeper.start()
    until(lambda: seen.exists() and len(seen.read_text().splitlines()) == 3)
    keeper.stop()
    assert keeper.process is not None
    assert keeper.process.returncode == -15


def test_a_keeper_that_was_stopped_before_starts_nothing() -> None:
    keeper = Keeper([sys.executable, "-c", ""])
    keeper.stop()
    keeper.start()
    assert keeper.process is None


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--every", "4"], "--every 请填5到3600之间的秒数"),
        (["--every", "15", "--dry-run"], "不能与"),
        (["--every", "15", "--now", "2026-07-03T08:00"], "不能与"),
    ],
)
def test_what_the_loop_does_not_take(args: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("sweep", *args)
