"""Prepare this version and serve it on this machine; what bin/run does."""

from __future__ import annotations

from argparse import ArgumentParser
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

WORKERS = 2


class Command(BaseCommand):
    help = "准备数据库和静态文件,然后在本机启动服务。"
    # `prepare` checks, after the migration.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        """Serve until interrupted.

        The application is loaded here, once; workers are forked from it, which halves the
        time to the first page. No connection to the database may be open at that moment.
        """
        lines = StringIO()
        call_command("prepare", url=f"http://127.0.0.1:{port}/", stdout=lines, stderr=self.stderr)
        import infoflow.wsgi  # noqa: F401

        connections.close_all()
        server = Granian(
            "infoflow.wsgi:application",
            address="127.0.0.1",
            port=port,
            interface=Interfaces.WSGI,
            workers=WORKERS,
            blocking_threads=1,
            websockets=False,
            workers_kill_timeout=5,
            log_level=LogLevels.warning,
        )
        # Called when the port is open.
        server.on_startup(lambda: self.stdout.write(lines.getvalue(), ending=""))
        server.serve()
