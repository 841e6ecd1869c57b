"""Two hundred first reports in one minute on a real server, and the pages beside them.

Run with `bin/bench urgent`; `--reports`, `--seconds` for another load. Each database in turn, made
for the measurement. Exit code 1 when a report is not announced within 5 s of being sent, is lost
or doubled, or when a page takes more than 100 ms at the median.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.bench import servers

UNITS = 40
ANNOUNCED_MAX = 5.0
PAGE_MAX = 100.0
WORKERS = 2
OPEN_BEFORE = 30
START_MAX = 180.0


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@dataclass
class Person:
    """Somebody with an open session."""

    unit: int
    cookies: str
    token: str


@dataclass
class Measured:
    """What was measured, in milliseconds."""

    posts: list[float] = field(default_factory=list)
    pages: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def people() -> tuple[list[Person], Person]:
    """Make units with their officers, the office, limits, and some events that are open already."""
    from django.test import Client

    from infoflow.units.roles import Role
    from tests import builders
    from tests.scoring.urgent import make

    make.rules()
    office = builders.Office()
    duty = make.duty_officer()
    builders.person(Role.LEADER)
    officers = [(office.unit, office.officer)]
    for _n in range(UNITS - 1):
        unit = builders.unit()
        officers.append((unit, builders.person(Role.OFFICER, at=unit)))
    for _n in range(OPEN_BEFORE):
        make.first(office)

    def session(unit: int, user: Any) -> Person:
        client = Client()
        client.force_login(user)
        client.get("/urgent/")
        token = "a" * 32
        cookies = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
        return Person(unit, cookies, token)

    return [session(unit.pk, user) for unit, user in officers], session(0, duty)


@contextmanager
def server(address: str) -> Iterator[int]:
    """Serve the project as `bin/run` does, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "1",
        "--workers-kill-timeout", "3", "--log-level", "error", "infoflow.wsgi:application",
    ]  # fmt: skip
    environment = {**os.environ, "DATABASE_URL": address}
    with subprocess.Popen(command, env=environment) as process:
        try:
            if not answers(port):
                raise SystemExit("the server did not start")
            yield port
        finally:
            process.terminate()
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()


def answers(port: int) -> bool:
    """Wait until a worker accepts connections; False when none does in time."""
    until = time.monotonic() + START_MAX
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return True
    return False


def ask(port: int, method: str, path: str, who: Person, data: Any = None) -> tuple[int, bytes]:
    """Send one request on a connection of its own, as a phone does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": who.cookies}
    body = None
    if data is not None:
        body = urlencode({**data, "csrfmiddlewaretoken": who.token})
        headers |= {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Requested-With": "fetch",
        }
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def typed(who: Person, n: int) -> dict[str, Any]:
    """What an officer sends."""
    from django.utils import timezone

    now = timezone.localtime()
    return {
        "key": str(uuid.uuid4()),
        "unit": who.unit,
        "what": f"第{n}处山体滑坡，埋压房屋两间",
        "place": "某镇某村",
        "when": "other",
        "happened_at": (now - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M"),
        "happened_about": "on",
        "learned_at": (now - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
        "casualties": "unknown",
        "source": "现场人员",
    }


def load(port: int, officers: list[Person], duty: Person, reports: int, seconds: float) -> Measured:
    """Send the reports evenly over the time, and ask pages beside them."""
    found = Measured(pages={"/urgent/new/": [], "/urgent/": [], "event": []})
    begun = time.monotonic()
    last = {"event": ""}

    def report(n: int) -> None:
        time.sleep(max(0.0, begun + n * seconds / reports - time.monotonic()))
        who = officers[n % len(officers)]
        start = time.monotonic()
        status, body = ask(port, "POST", "/urgent/new/", who, typed(who, n))
        found.posts.append((time.monotonic() - start) * 1000)
        told = json.loads(body) if body[:1] == b"{" else {}
        if status != 200 or not told.get("ok"):
            found.failed.append(f"{status} {body[:300].decode(errors='replace')}")
        else:
            last["event"] = told["url"]

    def look(n: int) -> None:
        time.sleep(max(0.0, begun + n * seconds / (reports // 4) - time.monotonic()))
        for name in found.pages:
            path = (last["event"] or "/urgent/") if name == "event" else name
            who = officers[n % len(officers)] if name == "/urgent/new/" else duty
            start = time.monotonic()
            status, _body = ask(port, "GET", path, who)
            found.pages[name].append((time.monotonic() - start) * 1000)
            if status != 200:
                found.failed.append(f"{status} {path}")

    with ThreadPoolExecutor(16) as senders, ThreadPoolExecutor(4) as lookers:
        jobs = [senders.submit(report, n) for n in range(reports)]
        jobs += [lookers.submit(look, n) for n in range(reports // 4)]
        for job in jobs:
            job.result()
    return found


def announced(reports: int) -> list[str]:
    """Return what is wrong with the notices: lost, doubled, or told to nobody on duty."""
    from infoflow.notices.models import Recipient
    from scoring.urgent.following import report_key
    from scoring.urgent.models import Report

    wanted = {report_key(report) for report in Report.objects.all()}
    told = list(
        Recipient.objects.filter(notice__key__in=wanted, step=0).values_list(
            "notice__key", flat=True
        )
    )
    wrong = []
    if len(wanted) != reports + OPEN_BEFORE:
        wrong.append(f"{len(wanted) - OPEN_BEFORE} reports of {reports}")
    if len(set(told)) != len(wanted) or len(told) != len(wanted):
        wrong.append(f"{len(told)} notices of {len(wanted)}")
    return wrong


def line(name: str, times: list[float]) -> str:
    times = sorted(times)
    middle, high = statistics.median(times), times[int(len(times) * 0.95)]
    return f"{name:22} median {middle:7.1f} ms  95 % {high:8.1f}  most {times[-1]:8.1f}"


def run(kind: str, reports: int, seconds: float) -> int:
    folder = Path(os.environ["INFOFLOW_VAR"]) / f"urgent-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "static").mkdir(exist_ok=True)
    if os.getuid() == 0:
        # PostgreSQL runs as another user then, who has to pass through.
        folder.parent.chmod(0o755)
        folder.chmod(0o755)
    with servers.database(kind, folder) as address:
        os.environ["DATABASE_URL"] = address
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infoflow.settings.test")
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0)
        officers, duty = people()
        connections.close_all()
        with server(address) as port:
            for who in (*officers[:4], duty):
                ask(port, "GET", "/urgent/", who)
            found = load(port, officers, duty, reports, seconds)
        wrong = announced(reports)
        connections.close_all()
    say(f"{kind}: {reports} first reports in {seconds:.0f} s by {UNITS} units, {WORKERS} workers")
    say(line("sent to announced", found.posts))
    for name, times in found.pages.items():
        say(line(f"page {name}", times))
    for told in (*wrong, *found.failed[:3]):
        say(f"  wrong: {told}")
    slow = [name for name, times in found.pages.items() if statistics.median(times) > PAGE_MAX]
    if statistics.median(found.posts) > PAGE_MAX:
        slow.append("report")
    late = max(found.posts) / 1000 > ANNOUNCED_MAX
    if slow or late:
        say(f"  missed: {', '.join(slow)}{' announced too late' if late else ''}")
    return 1 if wrong or found.failed or slow or late else 0


def main() -> int:
    """Measure on each database; exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reports", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--on", choices=servers.KINDS)
    asked = parser.parse_args()
    if asked.on is None:
        say(f"{os.cpu_count()} cores, Python {platform.python_version()}")
        return servers.on_each("tests.bench.urgent", sys.argv[1:])
    return run(asked.on, asked.reports, asked.seconds)


if __name__ == "__main__":
    sys.exit(main())
