"""How long texts, pastes and files that are made to take long do take: bin/bench hostile.

Each has its goal in processor time; reading a PDF goes by the clock, for it runs in a process
of its own that is ended when it takes too long.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial

import django

SHOWN = 12
MARKS = {
    "密级 and 200,000 line ends": "机密" + "\n" * 200_000,
    "密级 and 200,000 stars": "机密" + "★" * 200_000,
    "密级 100,000 times": "密级" * 100_000,
    "密级 torn 100,000 times": "机\n" * 100_000 + "密",
}
Case = tuple[str, float, Callable[[], object]]


def least(call: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return the least time of three calls; a refusal is an answer too."""
    from django.core.exceptions import ValidationError

    from infoflow.uploads.rules import BadFile

    spent = []
    for _turn in range(3):
        began = clock()
        with suppress(BadFile, ValidationError):
            call()
        spent.append(clock() - began)
    return min(spent)


def texts() -> Iterator[Case]:
    """Yield what is looked through for signs of secrecy, compared, and pasted."""
    from cms.items import text
    from cms.review import diff
    from cms.scanning import marks, normalise
    from tests.corpus.pastes import PASTES

    def look(source: str) -> None:
        list(marks.marks_in(normalise.read(source)))

    for title, source in MARKS.items():
        yield title, 2.0, partial(look, source)
    old = "\n".join("甲乙丙丁戊己庚"[n * n % 7] for n in range(25_000))
    new = "\n".join("甲乙丙丁戊己庚"[n * 3 % 7] for n in range(25_000))
    yield "25,000 lines of one character compared", 20.0, partial(diff.rows, old, new)

    def paste(source: str) -> None:
        text.removed_parts(source)
        text.carries_markup(source)
        text.length(text.to_html(source))

    for each in PASTES:
        yield f"pasted: {each.title}", 1.0, partial(paste, each.source)


def files() -> Iterator[Case]:
    """Yield Word files at the limit and beyond."""
    from cms.items.word import read_docx
    from tests.corpus.office_files import cell, docx, paragraph, run, table

    big = '<w:b/><w:sz w:val="44"/>'
    long = docx(paragraph(*[run("春耕备耕", big) for _ in range(8)]) * 1_500)
    yield "Word, 48,000 characters in 12,000 runs", 3.0, partial(read_docx, long)
    first = cell("字" * 20_000, properties='<w:vMerge w:val="restart"/>')
    for name, down in (("vMerge", "<w:vMerge/>"), ("gridSpan", '<w:gridSpan w:val="60"/>')):
        row = [cell("", properties=down)]
        data = docx(paragraph("标题") + table([first, first], *[row + row] * 9_000))
        yield f"Word, a table that grows by {name}", 3.0, partial(read_docx, data)


def pdfs() -> Iterator[Case]:
    """Yield PDF files whose pages take long."""
    from infoflow.uploads.kinds import Kind
    from infoflow.uploads.text_of import PDF_SECONDS, text_of
    from tests.corpus.other_files import pdf

    data = pdf(text=") Tj 0 1 Td (a" * 3_000_000)
    yield "PDF whose page draws without end", PDF_SECONDS + 10.0, partial(text_of, Kind.PDF, data)


def main() -> int:
    django.setup()
    rows = []
    for cases, clock in (
        (texts, time.process_time),
        (files, time.process_time),
        (pdfs, time.monotonic),
    ):
        rows += [(least(call, clock), goal, title) for title, goal, call in cases()]
    rows.sort(reverse=True)
    sys.stdout.write(f"{len(rows)} cases, the dearest first\n")
    for spent, goal, title in rows[:SHOWN]:
        sys.stdout.write(f"{spent:7.2f} s  goal {goal:4.0f} s  {title}\n")
    late = [row for row in rows if row[0] > row[1]]
    for spent, goal, title in late:
        sys.stdout.write(f"MISSED: {title}: {spent:.2f} s, goal {goal:.0f} s\n")
    return int(bool(late))


if __name__ == "__main__":
    sys.exit(main())
