"""Recalculate a period's points and print what changed."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from infoflow.units.models import EARLIEST_DATE, Unit
from scoring.ledger.actions import rebuild
from scoring.ledger.difference import Difference
from scoring.ledger.queries import scheme_faults
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


def _unit(code: str) -> Unit:
    found = Unit.objects.filter(code=code).first()
    if found is None:
        raise CommandError(f"没有代码为“{code}”的单位。", returncode=2)
    return found


class Command(BaseCommand):
    help = "重算一段时间的得分，并列出变化；--dry-run 只比较不入账"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="start", required=True, help="起始日期，如 2026-01-01")
        parser.add_argument("--to", dest="end", required=True, help="截止日期（含当日）")
        parser.add_argument("--dry-run", action="store_true", help="只比较，不入账")
        parser.add_argument(
            "--unit", action="append", default=[], metavar="CODE", help="只算这个单位，可写多次"
        )
        parser.add_argument("--why", action="store_true", help="列出每个单位的变化原因")

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = _day(options["start"]), _day(options["end"])
        if end < start:
            raise CommandError("截止日期早于起始日期，请检查。", returncode=2)
        units = [_unit(code).pk for code in options["unit"]] or None
        for fault in scheme_faults(start, end):
            raise CommandError(fault, returncode=2)
        found = rebuild(
            start, end, units=units, dry_run=options["dry_run"], progress=self._progress
        )
        if found.empty:
            self.stdout.write(f"{start}至{end}：台账与计分办法一致，没有变化。")
            return
        word = "将新增" if options["dry_run"] else "已新增"
        self.stdout.write(f"{start}至{end}:{word}{found.added}笔，冲销{found.taken_back}笔。")
        self._tell(found, why=options["why"] or options["verbosity"] > 1)

    def _tell(self, found: Difference, *, why: bool) -> None:
        names = Unit.objects.in_bulk(list(found.by_unit))
        for unit_id, (before, after) in found.by_unit.items():
            self.stdout.write(
                f"  {names[unit_id]}:{points_text(before)}分 → {points_text(after)}分"
            )
            if not why:
                continue
            for day, hundredths, sentence in found.reasons[unit_id]:
                self.stdout.write(f"    {day} {points_text(hundredths)}分 {sentence}")
            if found.untold(unit_id):
                self.stdout.write(f"    另有{found.untold(unit_id)}笔")

    def _progress(self, done: int, whole: int) -> None:
        """Say on a terminal how far it is; scripts read nothing of it."""
        if self.stderr.isatty():
            self.stderr.write(f"\r{done}/{whole}", ending="\n" if done == whole else "")
