"""Read a PDF from standard input, write its words to standard output. Runs on its own.

`python -m infoflow.uploads.pdf_pages`; ended by the system when it takes too much.
"""

from __future__ import annotations

import io
import logging
import resource
import sys

from pypdf import PdfReader

from .kinds import DEFAULT_LIMITS, MEGABYTE

_SECONDS = 8
_MEMORY = 512 * MEGABYTE


def main() -> int:
    """Return 0 when all pages were read."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    logging.disable()
    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
    room = DEFAULT_LIMITS.characters
    if len(reader.pages) > DEFAULT_LIMITS.pages:
        return 2
    pieces = [str(value) for value in (reader.metadata or {}).values()]
    for page in reader.pages:
        pieces.append(page.extract_text())
        room -= len(pieces[-1])
        if room < 0:
            return 3
    for page in reader.pages:
        for note in page.get("/Annots") or ():
            written = note.get_object()
            pieces += [str(written.get(key, "")) for key in ("/Contents", "/V", "/TU")]
    sys.stdout.buffer.write("\n".join(pieces).encode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
