"""Rules of objections: states and limits. Pure."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

TEXT_MAX = 500
# The clause of a scheme that turns an adjustment into points.
ADJUSTMENT_CLAUSE = "adjustment"


class Result(models.TextChoices):
    """What the answer says."""

    UPHELD = "upheld", _("异议成立")
    REJECTED = "rejected", _("异议不成立")


class State(models.TextChoices):
    """How an objection stands; nothing of it is stored."""

    OPEN = "open", _("待答复")
    OVERDUE = "overdue", _("超期未答复")
    UPHELD = "upheld", _("异议成立")
    REJECTED = "rejected", _("异议不成立")


def state_of(result: str | None, answer_by: datetime, now: datetime) -> State:
    """Return how an objection with this result and deadline stands at a moment."""
    if result is not None:
        return State(result)
    return State.OVERDUE if now > answer_by else State.OPEN


def adjustment_key(objection_id: int) -> str:
    """Return the key of the adjustment that an objection leads to; it leads to one."""
    return f"objection:{objection_id}"
