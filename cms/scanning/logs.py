"""Log lines never carry a marked text, whoever wrote them."""

from __future__ import annotations

import logging
from urllib.parse import unquote_plus

from .marks import marks_in
from .normalise import read

LEFT_OUT = "（此条日志含有密级标志，内容已略去）"


class NoMarks(logging.Formatter):
    """Format a record; what bears a 密级标志 loses its words.

    The addresses of requests that lead nowhere, messages of the database and tracebacks of
    faults may repeat what somebody sent.
    """

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        said = unquote_plus(line) if "%" in line else line
        if any(True for _mark in marks_in(read(said))):
            return f"{record.levelname} {record.name} {LEFT_OUT}"
        return line
