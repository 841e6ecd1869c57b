"""The sweep: everything that becomes due by itself. Rooms register jobs, one command runs them.

A job asks "due and not yet recorded" and claims its work row by row, so a run that is missed,
doubled, late or killed loses and doubles nothing.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from .models_sweep import SweepRun

log = logging.getLogger(__name__)

# Rounds of one run, so that a job that always finds more cannot hold the others for ever.
ROUNDS_MAX = 10_000


@dataclass(frozen=True)
class Outcome:
    """What a job did; in a dry run, what it would do."""

    done: int = 0
    # Work that failed and will be tried again.
    failed: int = 0
    # The job stopped at its share; it wants to be called again in this run.
    more: bool = False
    # What to tell whoever runs the command: counts, numbers, never texts.
    lines: tuple[str, ...] = ()


Run = Callable[[datetime, bool], Outcome]


@dataclass(frozen=True)
class Job:
    """One registered job."""

    name: str
    run: Run
    label: Any
    order: int
    every: timedelta | None


@dataclass(frozen=True)
class Ran:
    """How one job went in a run."""

    job: Job
    outcome: Outcome
    # The class of what it raised; empty when all went well.
    failure: str = ""


_jobs: dict[str, Job] = {}


def register_job(
    name: str,
    run: Run,
    *,
    label: Any = "",
    order: int = 50,
    every: timedelta | None = None,
) -> None:
    """Register a job; from the AppConfig.ready of the room that owns it.

    Args:
        run: called with (now, dry). Keep to a share of some hundred rows in each call and answer
            `more`: the other jobs are called in between. Dry: write nothing, say what would be.
        label: what an administrator calls it.
        order: small ones first. Deadlines 10, what sends things out 90.
        every: not oftener than this; None, at every sweep.
    """
    _jobs[name] = Job(name, run, label or name, order, every)


def jobs() -> list[Job]:
    """Return the registered jobs in the order in which they run."""
    return sorted(_jobs.values(), key=lambda job: (job.order, job.name))


def sweep(
    now: datetime, *, dry: bool = False, stop: Callable[[], bool] = lambda: False
) -> list[Ran]:
    """Run every job that is due until none wants more; a failing one never stops the others.

    Args:
        stop: asked between two calls of jobs; what is left waits for the next run.
    """
    rested = set() if dry else _resting()
    waiting = [job for job in jobs() if job.name not in rested]
    ran: dict[str, Ran] = {}
    for _round in range(ROUNDS_MAX):
        waiting = [job for job in waiting if not stop() and _once(job, now, dry, ran)]
        if not waiting:
            break
    return list(ran.values())


def _resting() -> set[str]:
    """Return the jobs that ran well less than their `every` ago."""
    clock = timezone.now()
    good = dict(SweepRun.objects.values_list("job", "good_at"))
    return {
        job.name
        for job in jobs()
        if job.every and (at := good.get(job.name)) is not None and clock - at < job.every
    }


def _once(job: Job, now: datetime, dry: bool, ran: dict[str, Ran]) -> bool:
    """Call one job once; tell whether it wants to be called again."""
    before = ran[job.name].outcome if job.name in ran else Outcome()
    begun = time.monotonic()
    try:
        outcome, failure = job.run(now, dry), ""
    except Exception as error:  # noqa: BLE001 - whatever one job does, the others must run
        outcome, failure = Outcome(), type(error).__name__
        log.error("sweep: job %s failed: %s", job.name, failure)
    whole = Outcome(
        done=before.done + outcome.done,
        failed=before.failed + outcome.failed,
        more=outcome.more,
        lines=before.lines + outcome.lines,
    )
    ran[job.name] = Ran(job, whole, failure)
    if not dry:
        _beat(job.name, whole.done, failure, int((time.monotonic() - begun) * 1000))
    return outcome.more


def _beat(name: str, done: int, failure: str, took_ms: int) -> None:
    clock = timezone.now()
    fields: dict[str, Any] = {"done": done, "took_ms": took_ms, "good_at": clock}
    if failure:
        fields = {"failed_at": clock, "failure": failure[:100]}
    try:
        with transaction.atomic():
            if not SweepRun.objects.filter(job=name).update(**fields):
                SweepRun.objects.get_or_create(job=name, defaults=fields)
    except DatabaseError as error:
        log.error("sweep: heartbeat of %s not written: %s", name, type(error).__name__)


def told(ran: list[Ran]) -> Iterator[str]:
    """Yield what to say of a run on the command line."""
    for one in ran:
        if one.failure:
            yield f"{one.job.label}：出错（{one.failure}）"
        elif one.outcome.done or one.outcome.failed:
            failed = f"，{one.outcome.failed}条没有成功，稍后再试" if one.outcome.failed else ""
            yield f"{one.job.label}：{one.outcome.done}条{failed}"
        yield from (f"  {line}" for line in one.outcome.lines)
