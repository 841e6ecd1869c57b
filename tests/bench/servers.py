"""A database of one's own for a measurement: a file, or a PostgreSQL cluster in a folder.

Made-up facts must never reach a real database, so `DATABASE_URL` is never looked at.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

_PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
SETTINGS = "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c shared_buffers=512MB"


def _program(name: str) -> str | None:
    return shutil.which(
        name, path=os.pathsep.join([os.environ.get("PATH", ""), *map(str, _PLACES)])
    )


def available() -> list[str]:
    """Return the databases that this machine can measure on."""
    return ["sqlite", "postgresql"] if _program("initdb") and _program("pg_ctl") else ["sqlite"]


def _run(command: Sequence[str], folder: Path) -> None:
    if os.getuid() == 0:
        # PostgreSQL refuses to run as root.
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
    subprocess.run(
        command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@contextmanager
def database(kind: str, folder: str) -> Iterator[str]:
    """Yield the address of an empty database in a folder; it ends with the context."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/bench.sqlite3"
        return
    place = Path(folder) / "pg"
    place.mkdir()
    Path(folder).chmod(0o711)
    if os.getuid() == 0:
        shutil.chown(place, "nobody")
    data, control = str(place / "data"), str(_program("pg_ctl"))
    options = ["-U", "infoflow", "-A", "trust", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"]
    _run([str(_program("initdb")), "-D", data, *options], place)
    start = ["-D", data, "-l", str(place / "log"), "-w", "-o", f"-k {place} {SETTINGS}", "start"]
    _run([control, *start], place)
    try:
        yield f"postgres://infoflow@{quote(str(place), safe='')}/postgres"
    finally:
        _run([control, "-D", data, "-m", "immediate", "-w", "stop"], place)


def on_each(module: str, arguments: Sequence[str]) -> int:
    """Run a measurement once in a process of its own for each database; the worst exit code.

    Settings are read once in a process, so one process cannot see both.
    """
    codes = [
        subprocess.run(
            [sys.executable, "-m", module, "--on", kind, *arguments], check=False
        ).returncode
        for kind in available()
    ]
    if len(codes) < 2:
        sys.stdout.write("left out: PostgreSQL, no server programs on this machine\n")
    return max(codes)
