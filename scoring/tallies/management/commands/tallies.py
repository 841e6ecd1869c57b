"""Compare the tallies with facts and ledger, or count them anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from scoring.tallies import keeping

SHOWN = 10


class Command(BaseCommand):
    help = "核对排名所用的月度汇总与事项、台账是否一致；--rebuild 重新汇总"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rebuild", action="store_true", help="重新汇总")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rebuild"]:
            keeping.install()
            keeping.rebuild()
            self.stdout.write("已重新汇总。")
            return
        lacking, wrong = keeping.missing(), keeping.faults()
        if not lacking and not wrong:
            self.stdout.write("月度汇总与事项、台账一致。")
            return
        places = "、".join(f"单位{unit}的{year}年" for unit, year in wrong[:SHOWN])
        parts = []
        if lacking:
            parts.append(f"缺少触发器{'、'.join(lacking)}")
        if wrong:
            parts.append(f"{len(wrong)}处不一致：{places}{'等' if len(wrong) > SHOWN else ''}")
        raise CommandError(
            f"{'；'.join(parts)}。请运行 manage.py tallies --rebuild。", returncode=1
        )
