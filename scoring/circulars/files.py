"""The Word files of a period: the 通报, and the 告知书 of its silent units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from infoflow.papers.parts import Part
from infoflow.papers.word import (
    add_parts,
    add_signature,
    add_title,
    new_document,
    page_break,
    to_bytes,
)
from scoring.progress.queries import UnitProgress
from scoring.progress.rules import SILENT
from scoring.rankings.rules import Period

from .queries import circular_data, day_text
from .rules import compose, zero_letter


def circular_title(period: Period) -> str:
    """Return the title of a period's 通报."""
    return _("关于%(period)s政务信息工作情况的通报") % {"period": period.label}


def circular_parts(period: Period, *, top: int = 3) -> list[Part]:
    """Return the text of a period's 通报."""
    return compose(circular_data(period, top=top))


def circular_file(period: Period, *, office: str, day: date, top: int = 3) -> bytes:
    """Return the 通报 of a period as a Word file that can be edited."""
    document = new_document()
    add_title(document, circular_title(period))
    parts = circular_parts(period, top=top)
    annexes = next((n for n, part in enumerate(parts) if getattr(part, "level", 1) == 0), None)
    add_parts(document, parts[:annexes])
    add_signature(document, office, day_text(day))
    if annexes is not None:
        add_parts(document, parts[annexes:])
    return to_bytes(document)


def zero_letters(
    rows: Sequence[UnitProgress], period: str, *, office: str, day: date
) -> bytes | None:
    """Return one Word file with a 告知书 for each silent unit; None when nobody is silent."""
    silent = [row for row in rows if row.state in SILENT]
    if not silent:
        return None
    document = new_document()
    for number, row in enumerate(silent):
        if number:
            page_break(document)
        add_title(document, _("零报送单位告知书"))
        add_parts(document, zero_letter(row.unit, period, row.in_a_row))
        add_signature(document, office, day_text(day))
    return to_bytes(document)
