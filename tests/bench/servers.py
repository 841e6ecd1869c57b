"""A database of one's own for a measurement: a file, or a PostgreSQL cluster in a folder.

Made-up facts must never reach a real database, so `DATABASE_URL` is never looked at. The
cluster runs as an ordinary user, listens on a socket alone, and ends with the measurement.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from urllib.parse import quote

KINDS = ("sqlite", "postgresql")
# jit off and more memory for sorting help the raw SQL more than us.
SETTINGS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    " -c shared_buffers=512MB -c work_mem=64MB -c jit=off"
)
_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _program(name: str) -> str | None:
    return shutil.which(
        name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, _PLACES)])
    )


def available() -> list[str]:
    """Return the databases that this machine can measure on."""
    return list(KINDS) if _program("initdb") and _program("pg_ctl") else ["sqlite"]


def _run(command: Sequence[str], folder: Path) -> None:
    if os.getuid() == 0:
        # PostgreSQL refuses to run as root.
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
    subprocess.run(
        command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Yield the address of the database kept in a folder; a new one is empty.

    It ends with the context; its data stay.
    """
    if kind == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    # The path of a socket may have 107 bytes, so it is not kept beside the data.
    socket, place = Path(tempfile.mkdtemp(prefix="infoflow-pg-")), folder / "pg"
    data, control = str(place / "data"), str(_program("pg_ctl"))
    try:
        if os.getuid() == 0:
            shutil.chown(socket, "nobody")
        if not place.exists():
            place.mkdir()
            if os.getuid() == 0:
                shutil.chown(place, "nobody")
            how = ["-U", "infoflow", "-A", "trust", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"]
            _run([str(_program("initdb")), "-D", data, *how], place)
        log = ["-l", str(place / "log"), "-w", "-o", f"-k {socket} {SETTINGS}"]
        _run([control, "-D", data, *log, "start"], place)
        try:
            yield f"postgres://infoflow@{quote(str(socket), safe='')}/postgres"
        finally:
            _run([control, "-D", data, "-m", "fast", "-w", "stop"], place)
    finally:
        shutil.rmtree(socket, ignore_errors=True)


def _leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def end_in_order() -> None:
    """Let a request to end pass through the contexts, so that the cluster ends too."""
    signal.signal(signal.SIGTERM, _leave)


def on_each(module: str, arguments: Sequence[str]) -> int:
    """Run a measurement once in a process of its own for each database; the worst exit code.

    Settings are read once in a process, so one process cannot see both.
    """
    end_in_order()
    codes = []
    for kind in available():
        command = [sys.executable, "-m", module, "--on", kind, *arguments]
        with subprocess.Popen(command) as child:
            try:
                codes.append(child.wait())
            finally:
                child.terminate()
    if len(codes) < len(KINDS):
        sys.stdout.write("left out: PostgreSQL, no server programs on this machine\n")
    return max(codes)
