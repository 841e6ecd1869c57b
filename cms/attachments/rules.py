"""Rules of attachments: how many, how large together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from cms.scanning.rules import Finding, Kind
from infoflow.uploads.kinds import MEGABYTE

Entry = dict[str, Any]  # {"id", "name", "sha256", "size"}, and "stops" where there are any
# Of one file: places that are told, and characters around each.
STOPS_MAX = 20
AROUND = 12
PLACE_MAX = 120


def why_not_another(
    entries: Sequence[Entry], *, size: int, count_max: int, total_max: int
) -> str | None:
    """Return why a file of so many bytes cannot join the entries, or None when it can."""
    if len(entries) >= count_max:
        return _("一篇稿件最多%(max)d个附件，请先删去不需要的，或合并成一个文件。") % {
            "max": count_max
        }
    total = size + sum(entry["size"] for entry in entries)
    if total > total_max:
        return _("附件合计不能超过%(max)d兆，请压缩图片或删去不需要的附件。") % {
            "max": total_max // MEGABYTE
        }
    return None


def with_same_content(entries: Sequence[Entry], sha256: str) -> Entry | None:
    """Return the entry of the same bytes, if one is there."""
    return next((entry for entry in entries if entry["sha256"] == sha256), None)


def places(text: str, findings: Sequence[Finding]) -> list[str]:
    """Return the places of a file that only a reviewer may let pass, in a few words each."""
    windows: list[tuple[int, int]] = []
    for finding in findings:
        if finding.kind != Kind.STOP:
            continue
        begin, end = max(finding.start - AROUND, 0), finding.end + AROUND
        if windows and begin <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(end, windows[-1][1]))
        elif len(windows) < STOPS_MAX:
            windows.append((begin, end))
    around = (" ".join(text[begin:end].split()) for begin, end in windows)
    return list(dict.fromkeys(words[:PLACE_MAX] for words in around))


def as_text(entries: Sequence[Entry]) -> str:
    """Return what a text says of its files, a line each, for the scanner and for differences."""
    lines: list[str] = []
    for entry in entries:
        lines.append(f"{entry['name']} {entry['sha256'][:8]}")
        lines += entry.get("stops", [])
    return "\n".join(lines)
