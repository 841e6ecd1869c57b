"""Measure every work screen of desk and office in front of 200,000 items.

Run with `bin/bench screens`; `--items`, `--per-step`, `--units` for a smaller library. Builds
its own database. Exit code 1 when a screen takes more queries or milliseconds than the goal.
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROUNDS = 5
QUERIES_MAX = 25
MS_MAX = 150.0


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def set_up() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "infoflow.settings.test"
    # Made-up items must never reach a real database.
    os.environ.pop("DATABASE_URL", None)
    import django

    django.setup()


@dataclass
class Screen:
    """One page as one person asks for it."""

    name: str
    person: Any
    path: str
    queries: int = 0
    ms: float = 0.0
    cpu: float = 0.0
    slowest: str = ""

    @property
    def passes(self) -> bool:
        """By the processor: SQLite works in this process, so that is the whole cost, while
        the clock also counts what other programs of the machine take."""
        return self.queries <= QUERIES_MAX and self.cpu <= MS_MAX


def _first(numbers: list[int]) -> int:
    return numbers[len(numbers) // 2]


def screens(library: Any) -> Iterator[Screen]:
    """Yield the work screens, each as the person who works there asks for it."""
    from django.urls import reverse

    office = library.office
    yield from _desk(library)
    editor, reviewer, issuer = office.editor, office.reviewer, office.issuer
    for who, person in (("编辑", editor), ("保密审查员", reviewer), ("签发人", issuer)):
        yield Screen(f"后台首页 {who}", person, reverse("wagtailadmin_home"))
    for step, person in (("screen", editor), ("clear", reviewer), ("issue", issuer)):
        yield Screen(f"队列 {step}", person, reverse("review_queue", args=[step]))
    queue = reverse("review_queue", args=["screen"])
    yield Screen("队列 每页100", editor, f"{queue}?size=100")
    yield Screen("队列 多项筛选", editor, f"{queue}?age=overdue&whose=free&kind=personal&form=news")
    screen, clear = _first(library.open["screen"]), _first(library.open["clear"])
    yield Screen("办理 初审", editor, reverse("review_decide", args=[screen]))
    yield Screen("办理 保密审查", reviewer, reverse("review_decide", args=[clear]))
    yield Screen("办理 期刊", reviewer, reverse("review_decide", args=[library.own["issue_task"]]))
    waiting = library.own["waiting"]
    yield Screen("各稿对照", editor, reverse("review_versions", args=[waiting]))
    issue = library.own["issue"]
    yield Screen("原稿对照", editor, reverse("review_originals", args=[issue]))
    yield Screen("流程统计 本季度", editor, reverse("review_flow"))
    yield Screen("流程统计 三年", editor, f"{reverse('review_flow')}?{library.own['years']}")
    pool = reverse("bulletin_pool")
    yield Screen("备用稿库", editor, pool)
    yield Screen("备用稿库 已编入", editor, f"{pool}?used=1")
    yield Screen("备用稿库 查找", editor, f"{pool}?q=防汛")
    search = reverse("office_search")
    # One word of few texts, both, one that stands in every text; then with conditions.
    for words in ("防汛", "主要做法 防汛", "主要做法"):
        yield Screen(f"检索 {words}", editor, f"{search}?q={words}")
    yield Screen("检索 主要做法 某单位", editor, f"{search}?q=主要做法&unit={library.own['unit']}")
    yield Screen("检索 主要做法 已退改", editor, f"{search}?q=主要做法&state=returned")
    yield Screen("检索 防汛 今年", editor, f"{search}?q=防汛&year={library.own['year']}")
    yield Screen("检索 期刊", editor, f"{search}?kind=issues&q=主要做法")
    yield Screen("期刊列表", editor, reverse("bulletin_issues"))
    draft = library.own["issue_draft"]
    yield Screen("编辑期刊", editor, reverse("wagtailadmin_pages:edit", args=[draft]))
    scorer = office.scorer
    yield Screen("采用与计分事项", scorer, reverse("facts"))
    yield Screen("登记上级采用", scorer, reverse("fact_adopted"))
    yield Screen("登记上报", scorer, reverse("fact_forwarded"))
    yield Screen("排名", office.scorer, reverse("ranking"))


def _desk(library: Any) -> Iterator[Screen]:
    from django.urls import reverse

    office, items = library.office, reverse("item_list")
    officer, own = office.officer, library.own
    yield Screen("工作台首页 信息员", officer, reverse("home"))
    yield Screen("工作台首页 审签人", office.signatory, reverse("home"))
    yield Screen("本单位稿件", officer, items)
    for state in ("returned", "pool", "adopted", "screen", "draft"):
        yield Screen(f"本单位稿件 {state}", officer, f"{items}?state={state}")
    yield Screen("本单位稿件 查找", officer, f"{items}?q=防汛")
    yield Screen("本单位稿件 查找常见词", officer, f"{items}?q=主要做法")
    yield Screen("待审签", office.signatory, reverse("item_signing"))
    yield Screen("稿件详情 在库", officer, reverse("item_detail", args=[own["pool"]]))
    yield Screen("稿件详情 待签", office.signatory, reverse("item_detail", args=[own["sign"]]))
    yield Screen("写稿", officer, reverse("item_new"))
    yield Screen("改稿", officer, reverse("item_edit", args=[own["draft"]]))
    yield Screen("期刊阅览", office.editor, reverse("issue_list"))
    yield Screen("期刊阅览 查找", office.editor, f"{reverse('issue_list')}?q=防汛")


def measure(screen: Screen) -> None:
    """Ask once to warm up and count, then some times by the clock."""
    from django.db import connection
    from django.test import Client

    client = Client()
    client.force_login(screen.person)
    spent: list[tuple[float, str]] = []

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(((time.perf_counter() - start) * 1000, sql))

    ask: Callable[[], Any] = lambda: client.get(screen.path)  # noqa: E731
    ask()
    with connection.execute_wrapper(count):
        answer = ask()
    if answer.status_code != 200:
        raise SystemExit(f"{screen.name}: {screen.path} answered {answer.status_code}")
    screen.queries = len(spent)
    took, sql = max(spent)
    screen.slowest = f"{took:.0f} ms {sql[:4000]}"
    clock, processor = [], []
    for _round in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        ask()
        clock.append((time.perf_counter() - wall) * 1000)
        processor.append((time.process_time() - cpu) * 1000)
    screen.ms, screen.cpu = statistics.median(clock), statistics.median(processor)


def main() -> int:
    """Build, measure, print. Exit code 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--units", type=int, default=300)
    parser.add_argument("--per-step", type=int, default=500)
    parser.add_argument("--only", default="", help="part of a screen's name")
    parser.add_argument("--slowest", action="store_true", help="print each screen's dearest query")
    asked = parser.parse_args()
    set_up()
    from tests.bench import library as made

    started = time.perf_counter()
    library = made.build(items=asked.items, units=asked.units, per_step=asked.per_step)
    say(
        f"{library.items} items, {asked.units} units, {asked.per_step} open at each step; "
        f"ready in {time.perf_counter() - started:.0f} s; {os.cpu_count()} cores, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}; "
        f"median of {ROUNDS} after warm-up; goal {QUERIES_MAX} queries, {MS_MAX:.0f} ms of the "
        f"processor"
    )
    missed: list[str] = []
    for screen in screens(library):
        if asked.only not in screen.name:
            continue
        measure(screen)
        if not screen.passes:
            missed.append(screen.name)
        mark = "" if screen.passes else "  <-- missed"
        say(
            f"{screen.queries:4d} queries {screen.ms:8.1f} ms  processor {screen.cpu:7.1f} ms"
            f"  {screen.name}{mark}"
        )
        if asked.slowest and not screen.passes:
            say(f"     {screen.slowest}")
    say(f"{len(missed)} missed{': ' + '、'.join(missed) if missed else ''}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
