"""Recalculate a period's points and print what changed."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from infoflow.units.models import EARLIEST_DATE, Unit
from scoring.ledger.actions import rebuild
from scoring.schemes.rules import points_text


def _day(text: str) -> date:
    """Return a date written as 2026-01-31.

    Raises:
        CommandError: it is none, or lies before 1949; one line, exit code 2.
    """
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"日期“{text}”不对，请按 2026-01-31 的格式填写。", returncode=2
        ) from None
    if day < EARLIEST_DATE:
        raise CommandError(f"日期“{text}”早于1949年10月1日，请检查年份。", returncode=2)
    return day


class Command(BaseCommand):
    help = "重算一段时间的得分，并列出变化；--dry-run 只比较不入账"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="start", required=True, help="起始日期，如 2026-01-01")
        parser.add_argument("--to", dest="end", required=True, help="截止日期（含当日）")
        parser.add_argument("--dry-run", action="store_true", help="只比较，不入账")

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = _day(options["start"]), _day(options["end"])
        if end < start:
            raise CommandError("截止日期早于起始日期，请检查。", returncode=2)
        found = rebuild(start, end, dry_run=options["dry_run"])
        if found.empty:
            self.stdout.write(f"{start}至{end}：台账与计分办法一致，没有变化。")
            return
        word = "将新增" if options["dry_run"] else "已新增"
        self.stdout.write(f"{start}至{end}:{word}{found.added}笔，冲销{found.taken_back}笔。")
        names = Unit.objects.in_bulk(list(found.by_unit))
        for unit_id, (before, after) in found.by_unit.items():
            self.stdout.write(
                f"  {names[unit_id]}:{points_text(before)}分 → {points_text(after)}分"
            )
