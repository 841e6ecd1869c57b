"""A process that sweeps and kills itself (SIGKILL) at a boundary of its work.

`python -m tests.notices.killed NAME`: for each "JOB BOUNDARY MOMENT" on stdin it forks a child
that runs the job of the sweep on the database NAME as if it were that moment, and dies before its
so-manieth statement, before or after a commit, before or after a call of the network. It answers
"killed", or "done" when the sweep was over before.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django


def sweep_until(job: str, boundary: int, now: datetime) -> None:
    """Run one job of the sweep; die at the boundary."""
    from django.db import connection

    from infoflow.notices import deliveries, sweep
    from infoflow.notices.rules import Result

    from .conftest import NearCourier

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

    class Mortal(NearCourier):
        def bring(self, job: dict[str, Any]) -> Result:
            pass_by()
            result = super().bring(job)
            pass_by()
            return result

    connection._commit = committing  # type: ignore[attr-defined]
    deliveries.Courier = Mortal  # type: ignore[misc, assignment]
    sweep._jobs = {job: sweep._jobs[job]}
    with connection.execute_wrapper(statement):
        sweep.sweep(now)


def main() -> None:
    """Answer every line on stdin with what became of the child."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infoflow.settings.test")
    django.setup()
    from django.db import connection
    from django.urls import reverse

    from infoflow.notices import kinds

    from . import conftest, trial

    connection.settings_dict["NAME"] = sys.argv[1]
    trial.register()
    kinds.register_kind(conftest.ORDINARY, "约稿")
    # Loaded once here, not in every child.
    reverse("notices")
    connection.ops.compiler("SQLCompiler")
    gc.freeze()
    for line in sys.stdin:
        job, boundary, moment = line.split()
        child = os.fork()
        if not child:
            sweep_until(job, int(boundary), datetime.fromisoformat(moment))
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
