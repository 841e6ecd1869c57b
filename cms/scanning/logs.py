"""Log lines never carry a marked text, whoever wrote them."""

from __future__ import annotations

import logging
import re
from urllib.parse import unquote_plus

from .marks import marks_in
from .normalise import read

# As Django writes the address of a request into its log.
_ESCAPED = re.compile(r"\\(?:u[0-9a-f]{4}|U[0-9a-f]{8}|x[0-9a-f]{2}|[nrt\\])")
LEFT_OUT = "（此条日志含有密级标志，内容已略去）"


class NoMarks(logging.Formatter):
    """Format a record; what bears a 密级标志 loses its words.

    The addresses of requests that lead nowhere, messages of the database and tracebacks of
    faults may repeat what somebody sent.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        said = _ESCAPED.sub(_character, line) if "\\" in line else line
        said = unquote_plus(said) if "%" in said else said
        if any(True for _mark in marks_in(read(said))):
            return f"{record.levelname} {record.name} {LEFT_OUT}"
        return line


def _character(escaped: re.Match[str]) -> str:
    """Return what an escape stands for; nothing for one that stands for none."""
    return escaped[0].encode("ascii").decode("unicode_escape", "ignore")
