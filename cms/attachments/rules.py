"""Rules of attachments: how many, how large together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from infoflow.uploads.kinds import MEGABYTE

Entry = dict[str, Any]  # {"id", "name", "sha256", "size"}


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
