"""Print where to go and the demonstration accounts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from infoflow.units.demo import start_lines


class Command(BaseCommand):
    help = "显示访问地址和演示账号。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write("\n".join(start_lines(f"{settings.WAGTAILADMIN_BASE_URL}/")))
