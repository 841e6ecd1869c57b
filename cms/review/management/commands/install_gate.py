"""Put the triggers of the gate back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cms.review import gate


class Command(BaseCommand):
    help = "重建数据库中的发布闸门（每次 migrate 之后也会自动重建）。"
    # The check that reports the missing gate must not stop the command that restores it.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Create every trigger anew; safe to repeat."""
        if not gate.install():
            raise CommandError(_("数据表还没有建立，请先运行 manage.py migrate。"))
        self.stdout.write(_("发布闸门已重建。"))
