"""The words that the scanner is given of a file."""

from __future__ import annotations

import io
import signal
import subprocess
import sys

import docx
import openpyxl
import pytest

from infoflow.uploads import text_of as room
from infoflow.uploads.rules import BadFile, Kind, Limits, inspect
from infoflow.uploads.text_of import text_of
from tests.corpus import office_files as office
from tests.corpus.files import KEPT, File
from tests.corpus.other_files import pdf


@pytest.mark.parametrize("file", [f for f in KEPT if f.words], ids=lambda file: file.title)
def test_all_words_are_found(file: File) -> None:
    kept = inspect(name=file.name, data=file.make())
    found = text_of(kept.kind, kept.data)
    assert [word for word in file.words if word not in found] == []


def test_a_word_file_of_another_program() -> None:
    made = docx.Document()
    made.add_heading("一级标题", 1)
    made.add_paragraph("正文").add_run("接着").bold = True
    made.sections[0].header.paragraphs[0].text = "页眉"
    made.add_table(1, 2).cell(0, 1).text = "格子"
    out = io.BytesIO()
    made.save(out)
    kept = inspect(name="a.docx", data=out.getvalue())
    assert {"一级标题", "正文接着", "页眉", "格子"} <= set(
        text_of(kept.kind, kept.data).split("\n")
    )


def test_a_table_of_another_program() -> None:
    book = openpyxl.Workbook()
    book.active.append(["单位", 3.5, "=1+1"])
    hidden = book.create_sheet("隐藏表")
    hidden.sheet_state = "hidden"
    hidden["C9"] = "隐藏的格子"
    hidden["C9"].comment = openpyxl.comments.Comment("批注的字", "某人")
    out = io.BytesIO()
    book.save(out)
    kept = inspect(name="a.xlsx", data=out.getvalue())
    found = text_of(kept.kind, kept.data)
    assert [w for w in ("单位", "隐藏表", "隐藏的格子", "批注的字") if w not in found] == []


def test_pictures_have_no_words() -> None:
    assert text_of(Kind.PNG, b"") == ""


def test_more_than_can_be_looked_through_is_refused() -> None:
    data = office.docx(office.paragraph("字" * 5_000))
    with pytest.raises(BadFile, match="太多"):
        text_of(Kind.DOCX, data, Limits(characters=4_000))


def test_a_pdf_that_takes_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = pdf(text="Words")
    assert "Words" in text_of(Kind.PDF, data)
    # Python itself takes longer to start.
    monkeypatch.setattr(room, "PDF_SECONDS", 0.001)
    with pytest.raises(BadFile, match="PDF"):
        text_of(Kind.PDF, data)


def test_the_system_ends_a_reader_that_takes_much() -> None:
    reader = "from infoflow.uploads import pdf_pages; pdf_pages._SECONDS = 1; pdf_pages.main()"
    # One page whose content draws millions of times.
    data = pdf(text=") Tj 0 1 Td (a" * 3_000_000)
    done = subprocess.run([sys.executable, "-c", reader], input=data, cwd=room._ROOT, check=False)
    assert done.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_a_damaged_pdf_is_refused() -> None:
    with pytest.raises(BadFile, match="PDF"):
        text_of(Kind.PDF, b"%PDF-1.7\nstartxref")
