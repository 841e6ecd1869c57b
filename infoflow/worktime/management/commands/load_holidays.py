"""Fill the working calendar with the published lists that this installation carries."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.worktime import actions, published, queries
from infoflow.worktime.models import CalendarYear

FIRST_YEAR = 2025


class Command(BaseCommand):
    help = "把已公布的放假和调休安排装入工作日历；已录入的年度不动，重复运行没有变化。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="first", type=int, default=FIRST_YEAR, help="从哪一年起（默认2025）"
        )
        parser.add_argument(
            "--replace", action="store_true", help="已录入的年度也按公布的安排补齐和改正"
        )

    def handle(self, *args: Any, first: int, replace: bool, **options: Any) -> None:
        known = sorted(year for year in published.years() if year >= first)
        if not known:
            raise CommandError(
                _("本机的放假安排只到%(last)d年，没有%(first)d年及以后的。请在“工作日历”手工录入。")
                % {"last": max(published.years()), "first": first}
            )
        # A day that was taken out by hand must not come back with the next start.
        here = set() if replace else set(CalendarYear.objects.values_list("year", flat=True))
        added = changed = 0
        days = published.days()
        with transaction.atomic():
            for year in [year for year in known if year not in here]:
                loaded = actions.load_years(
                    days=days,
                    years=frozenset({year}),
                    source=published.source_of(year),
                    replace=replace,
                )
                added += loaded.added
                changed += loaded.changed
        told = _("工作日历：%(first)d年至%(last)d年，新录入%(added)d天，改正%(changed)d天。")
        names = {"first": known[0], "last": known[-1], "added": added, "changed": changed}
        if options["verbosity"]:
            self.stdout.write(told % names)
            if warning := queries.warning(timezone.localdate()):
                self.stderr.write(warning)
