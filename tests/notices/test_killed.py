"""A sweeping process is killed before every statement, around every commit and around every call
of the network: nothing is told or brought twice, nothing is lost. On SQLite and PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from infoflow.notices import deliveries, sweep
from infoflow.notices.models import Delivery, Notice, Recipient
from infoflow.worktime.models import Due, DuePoint
from tests import builders

from . import trial
from .make import notice
from .station import station
from .test_outside import bound, channel
from .trial import due, minutes_ago, told

Killed = Callable[[str, int, datetime], str]
MINUTE = timedelta(minutes=1)
BOUNDARIES_MAX = 500


@pytest.fixture(scope="module")
def sweeper(django_db_setup: None) -> Iterator[Killed]:
    """Return what runs a job in another process that is killed at a boundary.

    It starts once for all tests: between two of them it holds nothing open.
    """
    name = str(connection.settings_dict["NAME"])
    with subprocess.Popen(
        [sys.executable, "-m", "tests.notices.killed", name],
        cwd=Path(__file__).resolve().parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        questions, answers = process.stdin, process.stdout
        assert questions is not None
        assert answers is not None

        def at(job: str, boundary: int, now: datetime) -> str:
            questions.write(f"{job} {boundary} {now.isoformat()}\n")
            questions.flush()
            return answers.readline().strip()

        yield at
        questions.close()


@pytest.fixture
def killed(sweeper: Killed, transactional_db: None) -> Killed:
    return sweeper


@pytest.fixture
def trial_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "_jobs", {"dues": sweep._jobs["dues"]})
    trial.register()


def wait_for_locks() -> None:
    """On PostgreSQL the dead process's locks last until the server has noticed."""
    until = time.monotonic() + 20
    while Due.objects.waking(timezone.now()).exists() and time.monotonic() < until:
        sweep.sweep(timezone.now())


@pytest.mark.usefixtures("trial_kind")
@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(False, id="whole batch"),
        pytest.param(True, id="row by row", marks=pytest.mark.screens),
    ],
)
def test_while_telling(killed: Killed, broken: bool) -> None:
    """What was told stands with its record, its recipient and what is to be brought, or nothing
    of it does, for the whole batch; the next run tells the rest, and nothing twice."""
    who = builders.person(name=trial.ASKED)
    bound(who, channel("webhook", "http://127.0.0.1:9"), "/hook/1")
    before = after = 0
    for boundary in range(1, BOUNDARIES_MAX):
        keys = [f"late{boundary}-{n}" for n in range(2)]
        for key in keys:
            due(key, minutes_ago(20.5))
        if broken:
            due(f"broken{boundary}", minutes_ago(30))
        answer = killed("dues", boundary, timezone.now())
        assert answer in ("killed", "done")
        rows = list(Due.objects.filter(key__in=keys))
        has = {row.told.exists() for row in rows}
        assert len(has) == 1, "a batch is one commit"
        for row in rows:
            assert [len(told(row.key))] == [*has]
            assert row.next_at is not None
            assert {row.next_at > timezone.now()} == has
        before, after = before + (has == {False}), after + (has == {True})
        wait_for_locks()
        # How late it was depends on the machine; what a reminder says is looked at elsewhere.
        assert [[text[:5] for text in told(key)] for key in keys] == [["到期（晚了"]] * 2
        assert DuePoint.objects.filter(due__key__in=keys).count() == 3 * 2
        if answer == "done":
            break
    else:
        pytest.fail("the sweep never ended")
    # It died on both sides of the commit.
    assert before > 10
    assert after > 2
    count = 2 * boundary
    assert Notice.objects.count() == Recipient.objects.count() == Delivery.objects.count() == count
    failing = Due.objects.filter(key__startswith="broken", failures__gt=0)
    assert failing.count() == boundary * broken


@pytest.mark.usefixtures("near")
def test_while_bringing(killed: Killed) -> None:
    """Each message arrives once, or it is said that nobody knows whether it did."""
    who, start = builders.person(), timezone.now()
    lost = {0: 0, 1: 0}
    with station() as http:
        bound(who, channel("webhook", http.url), "/hook/1")
        for boundary in range(1, BOUNDARIES_MAX):
            numbers = [f"试〔2026〕{boundary}-{n}号" for n in range(2)]
            for number in numbers:
                notice(who, number=number)
            now = start + 5 * boundary * MINUTE
            answer = killed("deliveries", boundary, now)
            assert answer in ("killed", "done")
            for minutes in range(4):
                deliveries.run(now + minutes * MINUTE, False)
            arrived = http.numbers()
            for row in Delivery.objects.filter(notice__number__in=numbers):
                times = arrived.count(row.notice.number)
                assert row.next_at is None
                assert times == 1 if row.sent_at else row.unclear_at and times <= 1
                if row.unclear_at:
                    lost[times] += 1
            assert sum(lost.values()) <= boundary, "one try at a time"
            if answer == "done":
                break
        else:
            pytest.fail("the sweep never ended")
    # It died between the try and the call, and between the call and its result.
    assert lost[0] > 0
    assert lost[1] > 0
    assert Delivery.objects.count() == 2 * boundary
