"""Warn units that have submitted nothing before the period ends."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scoring.progress.actions import warn_silent


class Command(BaseCommand):
    help = "期末前提醒还没有报送的单位；每天运行，重复运行不会重复提醒"

    def handle(self, *args: Any, **options: Any) -> None:
        made = warn_silent(timezone.localdate())
        if not made:
            self.stdout.write("没有需要提醒的单位。")
            return
        names = "、".join(str(warning.unit) for warning in made[:20])
        more = f"等{len(made)}个单位" if len(made) > 20 else ""
        self.stdout.write(f"已提醒{names}{more}：距期末{made[0].days}天以内还没有报送。")
