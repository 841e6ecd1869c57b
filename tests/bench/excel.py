"""Measure writing Excel: a styled ranking against openpyxl writing the same cells bare.

Run with `bin/bench excel`. The first part writes 500,000 rows of 明细 in a process of its own,
so that the peak memory is its own. Needs no database. Times are processor time.
"""

from __future__ import annotations

import gc
import io
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook

from infoflow.papers.xlsx import Heading, Sheet, Value, write_workbook

from .scorebook import say

UNITS, COLUMNS, ROUNDS, DETAILS = 3_000, 30, 21, 500_000
GOALS = {"ratio": 1.2, "memory": 100}


def cells() -> list[tuple[Value, ...]]:
    """Return a ranking as it is printed: rank, unit, counts, points with decimals, remarks."""
    return [
        (
            n,
            f"第{n:04}号乡人民政府办公室",
            *((n * k) % 97 for k in range(COLUMNS - 6)),
            Decimal((n * 7) % 400) / 4,
            Decimal(n) / 2,
            f"▲{n % 9}",
            "取消评先" if n % 50 == 0 else "",
        )
        for n in range(1, UNITS + 1)
    ]


def head() -> tuple[Heading, ...]:
    papers = tuple(f"刊物{k}" for k in range(COLUMNS - 6))
    return (
        Heading("排名"),
        Heading("单位"),
        Heading("县级采用", papers[:8]),
        Heading("市级采用", papers[8:16]),
        Heading("省级采用", papers[16:]),
        *(Heading(name) for name in ("得分", "累计得分", "比上期", "备注")),
    )


def bare(rows: list[tuple[Value, ...]]) -> bytes:
    """The floor: the same cells, nothing else."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ours(rows: list[tuple[Value, ...]]) -> bytes:
    out = io.BytesIO()
    foot = "制表：    审核：    签发："
    write_workbook([Sheet("镇", "信息工作得分情况", "说明", head(), rows, foot=foot)], out)
    return out.getvalue()


def taken(act: Callable[[], Any]) -> float:
    gc.collect()
    start = time.process_time()
    act()
    return time.process_time() - start


def styled() -> float:
    """Return the median ratio of rounds in turn; checks first that both files hold the same.

    The machine is quicker in one second than in the next: each round is compared with itself.
    """
    rows = cells()
    written = openpyxl.load_workbook(io.BytesIO(ours(rows)), read_only=True).active
    plain = openpyxl.load_workbook(io.BytesIO(bare(rows)), read_only=True).active
    for got, wanted in zip(
        written.iter_rows(min_row=5, max_row=4 + UNITS, values_only=True),
        plain.iter_rows(values_only=True),
        strict=True,
    ):
        if got != wanted:
            raise SystemExit(f"not the same cells: {got} / {wanted}")
    times = [(taken(lambda: ours(rows)), taken(lambda: bare(rows))) for _n in range(ROUNDS)]
    mine, floor = (statistics.median(column) for column in zip(*times, strict=True))
    ratios = sorted(own / below for own, below in times)
    ratio = statistics.median(ratios)
    say(
        f"{UNITS} × {COLUMNS} styled: {mine:.2f} s, bare: {floor:.2f} s, ratio {ratio:.2f}"
        f" ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )
    return ratio


def details() -> Iterator[tuple[Value, ...]]:
    """Yield rows as listing.py does."""
    first = date(2026, 1, 1)
    for n in range(DETAILS):
        day = first + timedelta(days=n % 365)
        yield (
            *("镇", f"第{n % 3000:04}号乡人民政府", day, day, "采用", "省级刊物", "单篇", ""),
            f"关于第{n}号事项的情况报告",
            1,
            Decimal(n % 40) / 4,
            "采用于省级刊物，单篇，记2.5分",
            "测试办法（第1版） 第1条 分值表",
            "",
        )


def listing() -> None:
    """Write the long sheet; prints processor seconds and the peak of memory in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.process_time()
    headings = tuple(Heading(f"列{n}") for n in range(14))
    sheet = Sheet("明细", "明细", "说明", headings, details(), widths=(12,) * 14, filtered=True)
    with Path(sys.argv[2]).open("w+b") as out:
        write_workbook([sheet], out, streamed=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"{time.process_time() - start:.1f} {peak:.0f} {before:.0f}")


def long_sheet() -> float:
    """Return the peak of memory in MB of a process that writes the long sheet."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.excel", "--listing", file.name],
            check=True,
            capture_output=True,
            text=True,
        )
        seconds, peak, before = map(float, done.stdout.split())
        size = len(file.read()) / 1e6
    say(
        f"{DETAILS} rows × 14: {seconds:.0f} s, peak {peak:.0f} MB ({before:.0f} MB before the"
        f" first row), file {size:.0f} MB"
    )
    return peak


def main() -> None:
    if "--listing" in sys.argv:
        listing()
        return
    say(f"Python {platform.python_version()}, openpyxl {openpyxl.__version__}")
    # The long sheet first: a process is born with its parent's peak of memory as its own.
    found = {"memory": long_sheet(), "ratio": styled()}
    missed = [name for name, goal in GOALS.items() if found[name] > goal]
    if missed:
        raise SystemExit(f"goal missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
