"""What may be uploaded, how much of it, and how a refusal is said. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MEGABYTE = 1024 * 1024


class Kind(StrEnum):
    """A kind of file that is taken; the value is its extension."""

    DOCX = "docx"
    XLSX = "xlsx"
    PDF = "pdf"
    PNG = "png"
    JPG = "jpg"
    TXT = "txt"


MIME_OF_KIND = {
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.PDF: "application/pdf",
    Kind.PNG: "image/png",
    Kind.JPG: "image/jpeg",
    Kind.TXT: "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class Limits:
    """How much a file may ask of the server. Sizes in bytes."""

    size: int = 20 * MEGABYTE
    entries: int = 500
    unpacked: int = 50 * MEGABYTE
    ratio: int = 100
    # XML of one document: elements, and how deep they stand in one another.
    elements: int = 400_000
    depth: int = 200
    pixels: int = 100_000_000
    pages: int = 300
    # Characters that the scanner is given of one file.
    characters: int = 2_000_000


DEFAULT_LIMITS = Limits()


class BadFile(Exception):
    """A file that is not taken; the message says why and what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Kept:
    """A file that may be kept.

    `data` is what to keep: for pictures without the place and the camera that they were
    taken with, otherwise what was uploaded. `size` and `sha256` are those of `data`.
    """

    name: str
    kind: Kind
    size: int
    sha256: str
    data: bytes
