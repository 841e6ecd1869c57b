"""Whether the system works as it should: a handful of cheap looks, told in one page.

Rooms above add their own with `register_look`. Everybody may ask, so an answer is kept for some
seconds, and what is told without a login is a name, a state and an age.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.worktime import queries as worktime

from . import sweep
from .models_sweep import SweepRun

log = logging.getLogger(__name__)

# A timer of one minute that has missed twice.
SWEEP_MAX = timedelta(minutes=3)
KEPT_SECONDS = 3.0


class State(StrEnum):
    """How a look went."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"

    @property
    def label(self) -> str:
        """Return the state as it is told."""
        return {self.GOOD: _("正常"), self.WARN: _("注意"), self.BAD: _("不正常")}[self]


@dataclass(frozen=True)
class Finding:
    """What a look found. `advice` is for administrators: what is wrong and what to do."""

    state: State = State.GOOD
    advice: str = ""
    # Since when, where an age says something.
    since: datetime | None = None


Look = Callable[[], Finding]


@dataclass(frozen=True)
class Told:
    """One line of the report."""

    name: str
    label: Any
    finding: Finding

    @property
    def age(self) -> str:
        """Return how old what was found is, where that says something."""
        since = self.finding.since
        return age_words(since, timezone.now()) if since else ""


@dataclass(frozen=True)
class Report:
    """All looks at one moment."""

    at: datetime
    lines: tuple[Told, ...]

    @property
    def good(self) -> bool:
        """Tell whether nothing is wrong; a warning is not."""
        return all(line.finding.state is not State.BAD for line in self.lines)


_looks: dict[str, tuple[Any, Look]] = {}


def register_look(name: str, label: Any, look: Look) -> None:
    """Register a look; from the AppConfig.ready of the room that owns it. One or two queries."""
    _looks[name] = (label, look)


_kept: tuple[float, Report] | None = None


def report(*, fresh: bool = False) -> Report:
    """Return how things stand, at most KEPT_SECONDS old."""
    global _kept
    if fresh or _kept is None or time.monotonic() - _kept[0] > KEPT_SECONDS:
        _kept = (time.monotonic(), _look_at_all())
    return _kept[1]


def _look_at_all() -> Report:
    lines = [Told("database", gettext_lazy("数据库"), _safely(_database))]
    if lines[0].finding.state is not State.BAD:
        lines += [Told(name, label, _safely(look)) for name, (label, look) in _looks.items()]
    return Report(timezone.now(), tuple(lines))


def _safely(look: Look) -> Finding:
    try:
        return look()
    except DatabaseError as error:
        log.error("health: %s", type(error).__name__)
        return Finding(
            State.BAD,
            _("查询没有成功（%(kind)s）：请检查数据库服务、磁盘空间，再运行 manage.py migrate。")
            % {"kind": type(error).__name__},
        )


def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Finding()


@cache
def _migrations() -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    """Return what this version must find applied, and what each may stand for instead.

    Read once: a process knows no migrations that came after its start.
    """
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    found = loader.disk_migrations or {}
    return {key: tuple(migration.replaces) for key, migration in found.items()}


def migrations() -> Finding:
    """Look whether the database is as this version needs it."""
    applied = MigrationRecorder(connection).applied_migrations()
    missing = [
        key
        for key, replaced in _migrations().items()
        if key not in applied and not (replaced and all(name in applied for name in replaced))
    ]
    if missing:
        return Finding(
            State.BAD,
            _("数据库还缺%(n)d项升级：请停止服务，运行 manage.py migrate，再启动。")
            % {"n": len(missing)},
        )
    return Finding()


def sweeping() -> Finding:
    """Look when the sweep last ran well, and whether one of its jobs fails."""
    runs = {run.job: run for run in SweepRun.objects.all()}
    now = timezone.now()
    steady = [job for job in sweep.jobs() if job.every is None]
    good = [runs[job.name].good_at for job in steady if job.name in runs]
    newest = max((at for at in good if at is not None), default=None)
    if newest is None or now - newest > SWEEP_MAX:
        return Finding(
            State.BAD,
            _(
                "提醒和发送已经停下：请检查运行 manage.py sweep 的服务或定时器；"
                "恢复以后错过的提醒会立即补发，并注明晚了多久。"
            ),
            newest,
        )
    failing = [str(job.label) for job in sweep.jobs() if _fails(job, runs.get(job.name), now)]
    if failing:
        return Finding(
            State.BAD,
            _("有任务出错或长时间没有运行：%(jobs)s。请查看服务日志。")
            % {"jobs": "、".join(failing)},
            newest,
        )
    return Finding(since=newest)


def _fails(job: sweep.Job, run: SweepRun | None, now: datetime) -> bool:
    """Tell whether a job has failed since it ran well, or has not run for too long."""
    if run is None:
        return False
    if run.good_at is None or (run.failed_at is not None and run.failed_at > run.good_at):
        return True
    return now - run.good_at > SWEEP_MAX + 2 * (job.every or timedelta())


def calendar() -> Finding:
    """Look whether the lists of days off are here. Without one deadlines are reckoned by
    weekends and fixed holidays and marked, so it is a warning."""
    told = worktime.warning(timezone.localdate())
    return Finding(State.WARN, told) if told else Finding()


def age_words(since: datetime, now: datetime) -> str:
    """Return how long ago something was: 12秒前, 5分钟前, 3小时前, 2天前."""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < 60:
        return _("%(n)d秒前") % {"n": seconds}
    if seconds < 3600:
        return _("%(n)d分钟前") % {"n": seconds // 60}
    if seconds < 2 * 86400:
        return _("%(n)d小时前") % {"n": seconds // 3600}
    return _("%(n)d天前") % {"n": seconds // 86400}


def register() -> None:
    """Register the looks of this room; called when the apps are ready."""
    register_look("migrations", gettext_lazy("数据库升级"), migrations)
    register_look("sweep", gettext_lazy("提醒和发送"), sweeping)
    register_look("calendar", gettext_lazy("工作日历"), calendar)
