"""Jobs of the sweep that belong to no other room."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext_lazy as _

from infoflow.worktime.actions_calendar import reckon_provisional_again

from . import deliveries, escalation, job_dues
from .sweep import Outcome, register_job


def calendar(now: datetime, dry: bool) -> Outcome:
    """Reckon again what is marked 暂按推算. A list that is loaded does so by itself; this catches
    what was being set at that moment."""
    if dry:
        return Outcome()
    return Outcome(done=reckon_provisional_again(now=now))


def optimize(now: datetime, dry: bool) -> Outcome:
    """Let SQLite look at its statistics again, as its makers advise; PostgreSQL does by itself."""
    if dry or connection.vendor != "sqlite":
        return Outcome()
    with connection.cursor() as cursor:
        # Looks at a thousand rows of an index at most, so it never holds the file for long.
        cursor.execute("PRAGMA analysis_limit=1000")
        cursor.execute("PRAGMA optimize")
    return Outcome()


def register() -> None:
    """Register them; called when the apps are ready."""
    register_job("dues", job_dues.run, label=_("期限提醒"), order=10)
    register_job("escalation", escalation.run, label=_("逐级提醒"), order=20)
    register_job("deliveries", deliveries.run, label=_("消息外发"), order=90)
    register_job(
        "calendar", calendar, label=_("期限随工作日历重算"), order=5, every=timedelta(hours=1)
    )
    register_job("optimize", optimize, label=_("数据库统计信息"), order=99, every=timedelta(days=1))
