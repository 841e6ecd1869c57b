"""A process that sweeps and kills itself (SIGKILL) at a boundary of the database's work.

`python -m tests.notices.killed NAME`: for each number on stdin it forks a child that sweeps on
the database NAME and dies before its so-manieth statement, before or after a commit. It answers
"killed", or "done" when the sweep was over before.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django


def sweep_until(boundary: int) -> None:
    """Sweep deadlines; die at the boundary."""
    from django.db import connection
    from django.utils import timezone

    from infoflow.notices import sweep

    seen = 0

    def pass_by() -> None:
        nonlocal seen
        seen += 1
        if seen == boundary:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Callable[..., Any], *args: Any) -> Any:
        pass_by()
        return execute(*args)

    commit = connection._commit  # type: ignore[attr-defined]

    def committing() -> None:
        pass_by()
        commit()
        pass_by()

    connection._commit = committing  # type: ignore[attr-defined]
    sweep._jobs = {"dues": sweep._jobs["dues"]}
    with connection.execute_wrapper(statement):
        sweep.sweep(timezone.now())


def main() -> None:
    """Answer every number on stdin with what became of the child."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infoflow.settings.test")
    django.setup()
    from django.db import connection

    from . import trial

    connection.settings_dict["NAME"] = sys.argv[1]
    trial.register()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            sweep_until(int(line))
            os._exit(0)
        _child, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            answer = "killed"
        else:
            answer = "done" if os.WEXITSTATUS(status) == 0 else "failed"
        sys.stdout.write(answer + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
