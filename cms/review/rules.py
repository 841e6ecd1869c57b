"""Rules of review: steps, verdicts, who may do what after whom. Pure: no ORM, no clock."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    """A station on the road of one text."""

    SUBMIT = "submit", _("报送")
    SIGN = "sign", _("单位审签")
    SCREEN = "screen", _("编辑初审")
    CLEAR = "clear", _("保密审查")
    ISSUE = "issue", _("签发")


class Verdict(models.TextChoices):
    """What a person decided at a step."""

    SUBMIT = "submit", _("提交")
    PASS = "pass", _("通过")
    RETURN = "return", _("退改")
    CLOSE = "close", _("不采用")
    REFUSE = "refuse", _("保密审查不通过")
    WITHDRAW = "withdraw", _("撤回")


# Verdicts that end the item's road for good.
FINAL_VERDICTS = frozenset({Verdict.CLOSE, Verdict.REFUSE})
# Verdicts that the writer must be able to understand.
REASONED_VERDICTS = frozenset({Verdict.RETURN, Verdict.CLOSE, Verdict.REFUSE})

VERDICTS_AT: Mapping[Step, tuple[Verdict, ...]] = {
    Step.SIGN: (Verdict.PASS, Verdict.RETURN),
    Step.SCREEN: (Verdict.PASS, Verdict.RETURN, Verdict.CLOSE),
    Step.CLEAR: (Verdict.PASS, Verdict.RETURN, Verdict.REFUSE),
    Step.ISSUE: (Verdict.PASS, Verdict.RETURN),
}

REASON_MAX = 1000


class Part(models.TextChoices):
    """The part that a person played in one text. Nobody plays two."""

    AUTHOR = "author", _("撰稿")
    SIGNATORY = "signatory", _("单位审签")
    EDITOR = "editor", _("编辑")
    REVIEWER = "reviewer", _("保密审查")
    ISSUER = "issuer", _("签发")


PART_OF_STEP: Mapping[Step, Part] = {
    Step.SUBMIT: Part.AUTHOR,
    Step.SIGN: Part.SIGNATORY,
    Step.SCREEN: Part.EDITOR,
    Step.CLEAR: Part.REVIEWER,
    Step.ISSUE: Part.ISSUER,
}


def other_part(person: int, wanted: Part, acts: Iterable[tuple[int, Part]]) -> Part | None:
    """Return the different part that a person already played in this text, or None.

    Source: domain rules on review, "No two of these steps by the same person".
    """
    for who, part in acts:
        if who == person and part != wanted:
            return part
    return None


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of exactly what readers will see, as 64 hex digits.

    Keys are sorted and text is taken as it is: one changed character, one blank more, one
    entry moved gives another digest.
    """
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
