"""Do everything that has become due: reminders, overdue, deliveries, warnings."""

from __future__ import annotations

import os
import signal
import threading
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from infoflow.notices import loop, sweep

# How far from the clock a moment given by hand may be. Ahead: reminders would go out too early.
AHEAD_MAX = timedelta(minutes=10)
BEHIND_MAX = timedelta(days=1)
EVERY_MIN, EVERY_MAX = 5, 3600


class Command(BaseCommand):
    help = "办理到期事项：提醒、逾期、发送、挂零预警。可以随时运行，重复运行不会重复提醒。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--now", help="按这一时刻办理，例如 2026-07-03T08:00（默认为现在）")
        parser.add_argument("--dry-run", action="store_true", help="只说将办理什么，不写入")
        parser.add_argument(
            "--force", action="store_true", help="--now 离现在较远时也办理，例如演练"
        )
        parser.add_argument("--every", type=int, help="不停地办理，每隔多少秒一次")
        parser.add_argument(
            "--with-parent", action="store_true", help="启动它的程序退出时一同退出（用于 bin/run）"
        )

    def handle(
        self, *args: Any, now: str | None, dry_run: bool, force: bool, **options: Any
    ) -> None:
        if options["every"] is not None:
            if now is not None or dry_run:
                raise CommandError("--every 不能与 --now、--dry-run 同时使用。")
            return self._loop(options["every"], options["with_parent"])
        moment = moment_of(now, unbounded=force or dry_run)
        ran = sweep.sweep(moment, dry=dry_run)
        for line in sweep.told(ran):
            self.stdout.write(line)
        failed = [str(one.job.label) for one in ran if one.failure]
        if failed:
            raise CommandError(f"没有办完：{'、'.join(failed)}。其余已办，稍后再运行一次。")

        return None

    def _loop(self, every: int, with_parent: bool) -> None:
        """Sweep until a signal comes; the batch that is under way is finished first."""
        if not EVERY_MIN <= every <= EVERY_MAX:
            raise CommandError(f"--every 请填{EVERY_MIN}到{EVERY_MAX}之间的秒数。")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: stop.set())
        parent = os.getppid() if with_parent else None
        loop.forever(
            lambda: sweep.sweep(timezone.now(), stop=stop.is_set),
            every=every,
            stop=stop,
            parent=parent,
        )


def moment_of(text: str | None, *, unbounded: bool) -> datetime:
    """Return the moment that the command line names; now when it names none.

    Raises:
        CommandError: no moment, or too far from the clock.
    """
    clock = timezone.now()
    if text is None:
        return clock
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"看不懂 --now {text}：请按 2026-07-03T08:00 填写。")
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if unbounded or -BEHIND_MAX <= moment - clock <= AHEAD_MAX:
        return moment
    why = "提醒会提前发出" if moment > clock else "请检查日期"
    raise CommandError(
        f"--now {timezone.localtime(moment):%Y-%m-%d %H:%M} 比现在"
        f"{'晚10分钟以上' if moment > clock else '早一天以上'}，{why}："
        "没有办理。先用 --dry-run 查看，确实要办理请加 --force。"
    )
