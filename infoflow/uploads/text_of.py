"""All words of an uploaded file, for the scanner: also those that a reader does not see.

Word files with headers, notes, comments, text boxes, hidden and deleted words; tables of all
sheets, hidden ones too; PDF pages in a process of their own. Only for searching: the order
of the parts is that of the file.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from . import plain
from .kinds import DEFAULT_LIMITS, BadFile, Kind, Limits
from .xmlwalk import Budget, walk
from .zips import Directory, read_directory

# Elements that end a line; in a sheet every string and cell is one.
_LINES = {"p", "br", "cr", "si", "c", "row", "tr", "text", "comment"}
_WORDS = {"t", "delText", "instrText", "v", "f"}
# Attributes that a person can read: sheet names, titles of pictures, properties.
_NAMES = ("name", "descr", "title", "alt", "oddHeader")
_ROOT = Path(__file__).resolve().parents[2]
# Seconds that a PDF's pages may take; the person waits meanwhile.
PDF_SECONDS = 10


def text_of(kind: Kind, data: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    """Return the words of a file that `rules.inspect` let pass.

    Pictures have none; neither has a PDF of scanned pages.

    Raises:
        BadFile: there is more in it than can be looked through, or it cannot be read.
    """
    if kind in (Kind.DOCX, Kind.XLSX):
        found = office_text(read_directory(data, limits), limits)
    elif kind == Kind.PDF:
        found = _pdf_text(data)
    elif kind == Kind.TXT:
        found = plain.decoded(data) or ""
    else:
        found = ""
    if len(found) > limits.characters:
        raise _too_long()
    return found


def _too_long() -> BadFile:
    return BadFile(_("文件里的字太多，系统查不完。请分成几个文件再上传。"))


def office_text(directory: Directory, limits: Limits) -> str:
    """Return the words of the parts of a Word or Excel file.

    Raises:
        BadFile: as `text_of`.
    """
    budget = Budget(limits.elements, limits.depth)
    # The main text first: it is what people look for.
    names = sorted(
        (n for n in directory.entries if n.lower().endswith((".xml", ".rels", ".vml"))),
        key=lambda n: (n not in ("word/document.xml", "xl/sharedStrings.xml"), n),
    )
    pieces = [_part_text(directory, name, limits, budget) for name in names]
    return "\n".join(piece for piece in pieces if piece)


def _part_text(directory: Directory, name: str, limits: Limits, budget: Budget) -> str:
    """Return the words of one part, a line for each paragraph or cell.

    Runs of one paragraph are joined: a marked word is often split among several.
    """
    found: list[str] = []
    taking = False
    room = limits.characters
    # Properties have elements of their own for each word; relations and styles have none.
    every = name.startswith("docProps/") or "/diagrams/" in name or "/charts/" in name

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal taking
        taking = every or element in _WORDS
        if element == "tab":
            found.append("\t")
        if element == "Relationship":
            found.append(f"{attributes.get('Target', '')}\n")
        for key in _NAMES:
            for attribute in (key, f"w:{key}"):
                if attribute in attributes and element in ("docPr", "sheet", "cNvPr", "shape"):
                    found.append(f"{attributes[attribute]}\n")

    def end(element: str) -> None:
        nonlocal taking
        taking = False
        if every or element in _LINES:
            found.append("\n")

    def text(words: str) -> None:
        nonlocal room
        if taking:
            room -= len(words)
            if room < 0:
                raise _too_long()
            found.append(words)

    walk(directory.chunks(name, limits.unpacked), budget, start=start, end=end, text=text)
    return "\n".join(line for line in "".join(found).split("\n") if line.strip())


def _pdf_text(data: bytes) -> str:
    """Return the words of a PDF's pages, read in a process that is ended when it takes long.

    A reader follows what the file says; no check before it finds every loop and every
    bomb. Nothing is written: the file goes in and the words come out through pipes.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "infoflow.uploads.pdf_pages"],
            input=data,
            capture_output=True,
            timeout=PDF_SECONDS,
            cwd=_ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode:
        raise BadFile(
            _("PDF 太复杂或已损坏，系统无法检查。请用“打印为 PDF”重新生成，或改传 Word 文件。")
        )
    return done.stdout.decode("utf-8", "replace")
