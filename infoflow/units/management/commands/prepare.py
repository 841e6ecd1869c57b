"""Bring database and static files to the state of this version; what bin/run does first."""

from __future__ import annotations

import hashlib
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from infoflow.units.demo import forbidden_accounts, refusal, start_lines
from infoflow.units.models import User


def static_digest() -> str:
    """Return a digest of every static file's name, size and time, and of how they are kept."""
    lines = [str(settings.STORAGES["staticfiles"])]
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            lines.append(f"{path} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Command(BaseCommand):
    help = "升级数据库、更新静态文件，首次启动时装入演示数据；没有变化时什么也不做。"
    # The gate's check can only be green after the migration: it runs below.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default=f"{settings.WAGTAILADMIN_BASE_URL}/")

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        """Do what is missing, then print where to go.

        Ends with one sentence when the database cannot be used, or holds demonstration
        accounts where they are not allowed.
        """
        self.stderr.style_func = None  # steps, not errors: no red on a terminal
        try:
            self._migrate()
            if count := forbidden_accounts():
                sys.exit(refusal(count))
            self.check()
            self._collect_static()
            call_command("load_holidays", verbosity=0)
            self._load_demo()
            lines = start_lines(url)
        except OperationalError as error:
            cause = " ".join(str(error).split())
            sys.exit(
                _("数据库不能使用，请检查 DATABASE_URL 的地址能否连接、是否可写：%(cause)s")
                % {"cause": cause}
            )
        self.stdout.write("\n".join(lines))

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stderr.write(_("正在建立或升级数据库……"))
            call_command("migrate", verbosity=0, interactive=False)

    def _collect_static(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        digest = static_digest()
        if stamp.exists() and stamp.read_text() == digest:
            return
        self.stderr.write(_("正在更新静态文件……"))
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(digest)

    def _load_demo(self) -> None:
        """Fill an installation that nobody uses yet, wholly or not at all."""
        if not settings.INFOFLOW_DEMO_ALLOWED or User.objects.exists():
            return
        self.stderr.write(_("正在装入演示数据……"))
        with transaction.atomic():
            call_command("load_demo", stdout=self.stderr)
