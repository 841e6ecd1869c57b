"""Names of uploaded files: what may be shown and sent back as a file name. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from django.utils.translation import gettext as _

# With "（99）" and an extension it stays below the 255 bytes of a name on disk.
STEM_MAX = 70
_STEM_BYTES = 225
# Ends that say what a file is, or what it pretends to be. A date such as 2026.11.25 stays.
_ENDS = re.compile(
    r"\.(?:docx?|docm|dotx?|dotm|xlsx?|xlsm|xlsb|xltx?|pptx?|pptm|ppsx?|wps|wpt|et|ett|dps|pdf|ofd|"
    r"rtf|txt|csv|md|odt|ods|odp|png|jpe?g|gif|bmp|webp|tiff?|heic|svg|html?|mht|mhtml|xml|json|"
    r"zip|rar|7z|tar|gz|iso|exe|com|scr|bat|cmd|ps1|vbs|vbe|jse?|wsf|msi|dll|jar|lnk|hta|cpl|"
    r"reg|sh|py|php|asp|aspx|jsp|apk|eml|msg)\s*$",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_BLANKS = re.compile(r"\s+")
# Names that old systems keep for devices.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def last_part(name: str) -> str:
    """Return a name without folders and drive letter."""
    return re.split(r"[\\/]", re.sub(r"^[A-Za-z]:", "", name))[-1]


def _visible(name: str) -> str:
    """Return a name without characters that nobody sees or that turn its direction."""
    shown = "".join(
        " " if char in "\t\r\n\u2028\u2029" else char
        for char in name
        if char in "\t\r\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return unicodedata.normalize("NFC", shown)


def clean_name(name: str, extension: str) -> str:
    """Return a safe name whose end says what the file is, whatever it was called.

    Args:
        name: as the browser sent it; may hold folders, control characters, several ends.
        extension: without the dot, by the file's content.
    """
    stem = _BLANKS.sub(" ", _visible(last_part(_visible(name)))).strip()
    while found := _ENDS.search(stem):
        stem = stem[: found.start()]
    stem = _FORBIDDEN.sub("_", stem).strip(" .\u3000")[:STEM_MAX]
    while len(stem.encode()) > _STEM_BYTES:
        stem = stem[:-1]
    stem = stem.rstrip(" .\u3000") or _("附件")
    if _DEVICES.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem}.{extension}"


def unique_name(name: str, taken: Collection[str]) -> str:
    """Return a name that differs from those taken: 表.xlsx becomes 表（2）.xlsx."""
    used = {other.casefold() for other in taken}
    stem, _dot, extension = name.rpartition(".")
    number, found = 1, name
    while found.casefold() in used:
        number += 1
        found = f"{stem}（{number}）.{extension}"
    return found
