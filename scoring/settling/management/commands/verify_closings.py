"""Compare every closed period with what it was closed as."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.closings.models import Closing
from scoring.settling.queries import flaws_of


class Command(BaseCommand):
    help = "核对每次结账：摘要是否相符，已结账期间的台账合计是否还等于快照"

    def handle(self, *args: Any, **options: Any) -> None:
        bad = 0
        closings = list(Closing.objects.order_by("start").defer("snapshot"))
        for closing in closings:
            found = list(flaws_of(closing))
            bad += bool(found)
            word = "不符" if found else "相符"
            self.stdout.write(f"{closing.start}至{closing.end}：{word}  摘要{closing.digest}")
            for flaw in found:
                self.stdout.write(f"  {flaw.what}")
        if bad:
            raise CommandError(f"{bad}次结账核对不符，请立即报告系统管理员。", returncode=1)
        self.stdout.write(f"共核对{len(closings)}次结账，全部相符。")
