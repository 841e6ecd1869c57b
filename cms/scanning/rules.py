"""What the scanner can find in a text, and what follows from it. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Sort of a finding; it says what follows."""

    MARK = "mark", _("密级标志")  # refused at the door, nothing is stored
    STOP = "stop", _("工作秘密与内部用语")  # only a named reviewer lifts it, with a reason
    PERSONAL = "personal", _("个人信息")  # shown, one click masks it
    TYPO = "typo", _("疑似错别字")  # a hint, one click accepts it


@dataclass(frozen=True)
class Finding:
    """One place of a text that somebody must look at.

    `start` and `end` are offsets in the plain text of the part as it was handed in.
    """

    kind: str  # Kind
    rule: str  # short code of the rule, e.g. "mark.star", "personal.mobile", "word.123"
    part: str  # "title", "body", or what the page calls its parts
    start: int
    end: int
    words: str  # the words found; empty for a MARK, which is never kept
    hint: str  # what it is and what to do, in a clerk's Chinese
    suggestion: str = ""  # what one click would write instead; empty when there is none

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data, to keep with a decision."""
        return asdict(self)
