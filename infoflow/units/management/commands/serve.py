"""Prepare this version and serve it on this machine; what bin/run does."""

from __future__ import annotations

import socket
import threading
import time
from argparse import ArgumentParser
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from infoflow.notices.loop import Keeper, loop_command

HOST = "127.0.0.1"
WORKERS = 2
# Seconds that a worker gets to finish its request when the server is stopped.
PATIENCE = 3
# Seconds after which nobody waits any longer for the first worker.
GIVE_UP = 60
# Seconds between two sweeps of what has become due.
SWEEP_EVERY = 15


class Command(BaseCommand):
    help = "准备数据库和静态文件，然后在本机启动服务。"
    # `prepare` checks, after the migration.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        """Serve until interrupted; say where to go as soon as pages are answered.

        Beside it runs the loop of the sweep, a process of its own that ends with this one.

        The application is loaded here, once; workers are forked from it, which halves the
        time to the first page. No connection to the database may be open at that moment.
        """
        self.stderr.style_func = None
        lines = StringIO()
        call_command("prepare", url=f"http://{HOST}:{port}/", stdout=lines, stderr=self.stderr)
        import infoflow.wsgi  # noqa: F401

        connections.close_all()
        server = Granian(
            "infoflow.wsgi:application",
            address=HOST,
            port=port,
            interface=Interfaces.WSGI,
            workers=WORKERS,
            blocking_threads=1,
            websockets=False,
            workers_kill_timeout=PATIENCE,
            log_level=LogLevels.warning,
        )

        def announce() -> None:
            if answers(port):
                self.stdout.write(lines.getvalue(), ending="")
                self.stdout.flush()

        sweeper = Keeper(loop_command(SWEEP_EVERY))
        server.on_startup(threading.Thread(target=announce, daemon=True).start)
        # Beside the first page: what was missed meanwhile is told as early.
        server.on_startup(sweeper.start)
        try:
            server.serve()
        finally:
            sweeper.stop()


def answers(port: int) -> bool:
    """Wait until a worker accepts connections; False when none does in time."""
    until = time.monotonic() + GIVE_UP
    while time.monotonic() < until:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False
