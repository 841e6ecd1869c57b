"""Rules of zero, pace and rush. Pure: no ORM, no clock, no settings.

Source: domain rules §1 挂零 and 任务, §2 what is wrong today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext_lazy as _

from scoring.schemes.periods import Span

RUSH_DAYS = 30
SILENT_DAYS = 60


class ZeroState(models.TextChoices):
    """How a unit stands in a period. Three kinds of zero, kept apart; 零报告 is an answer."""

    ACTIVE = "active", _("有报送有采用")
    REPORTED = "reported", _("零报告")
    NO_ADOPTION = "no_adoption", _("零采用")
    NO_SUBMISSION = "no_submission", _("零报送")
    BOTH = "both", _("零报送、零采用")


ZEROS = (ZeroState.NO_ADOPTION, ZeroState.NO_SUBMISSION, ZeroState.BOTH)
# No item and no answer: what a warning and a 告知书 are about.
SILENT = (ZeroState.NO_SUBMISSION, ZeroState.BOTH)


def zero_state(*, submitted: int, adopted: int, reported: bool) -> ZeroState:
    """Return how a unit stands.

    A unit that submitted and was refused is 零采用, never 零报送. A unit that said it has
    nothing to report has answered. An adoption of an older item does not make up for
    submitting nothing.
    """
    if submitted:
        return ZeroState.ACTIVE if adopted else ZeroState.NO_ADOPTION
    if reported:
        return ZeroState.REPORTED
    return ZeroState.NO_SUBMISSION if adopted else ZeroState.BOTH


def in_a_row(states: Sequence[ZeroState]) -> int:
    """Return how many periods, counted back from the last, were silent without a break."""
    number = 0
    for state in reversed(states):
        if state not in SILENT:
            break
        number += 1
    return number


def due_warning(span: Span, today: date, days_before: Iterable[int]) -> int | None:
    """Return which warning is due: so many days before the period's end, or None.

    Of several whose day has come only the latest counts, so that a job that was late or did
    not run warns once and loses nothing.
    """
    if not span.start <= today <= span.end:
        return None
    left = (span.end - today).days
    come = [days for days in days_before if left <= days]
    return min(come) if come else None


@dataclass(frozen=True, slots=True)
class Pace:
    """A target against time; numbers in hundredths."""

    target: int
    done: int
    expected: int
    forecast: int

    @property
    def shortfall(self) -> int:
        """What is missing to the target; 0 when it is reached."""
        return max(self.target - self.done, 0)

    @property
    def behind(self) -> int:
        """What is missing to where it should be today."""
        return max(self.expected - self.done, 0)

    @property
    def percent(self) -> str:
        """Done in per cent of the target, half-up to a whole; "—" without a target."""
        if self.target <= 0:
            return "—"
        return str((200 * self.done + self.target) // (2 * self.target))


def pace(*, target: int, done: int, span: Span, today: date, step: int = 1) -> Pace:
    """Return how a target stands on a day: expected and forecast in proportion to the days.

    expected = target × days gone ÷ days of the period; forecast = done × days ÷ days gone,
    both cut to whole steps. Before the first day nothing is expected; after the last the
    forecast is what was done.

    Args:
        step: hundredths; 1 for points, 100 for items, of which nobody sends a part.
    """
    days = (span.end - span.start).days + 1
    gone = min(max((today - span.start).days + 1, 0), days)
    expected = target if gone == days else target * gone // days // step * step
    forecast = done * days // gone // step * step if gone else 0
    return Pace(target, done, expected, forecast)


def rush_index(days: Iterable[date], span: Span, last: int = RUSH_DAYS) -> Fraction | None:
    """Return the share of items submitted in a period's last days; None without items."""
    counted = [day for day in days if span.start <= day <= span.end]
    if not counted:
        return None
    since = span.end - timedelta(days=last - 1)
    return Fraction(sum(1 for day in counted if day >= since), len(counted))


def finished_then_silent(
    days: Iterable[date], *, target: int, span: Span, today: date, silent: int = SILENT_DAYS
) -> date | None:
    """Return the day on which the target was reached, if nothing came for long since then.

    Args:
        target: number of items of the period.
        silent: so many days without an item, up to today or the period's end.
    """
    counted = sorted(day for day in days if span.start <= day <= min(span.end, today))
    if target <= 0 or len(counted) < target:
        return None
    until = min(today, span.end)
    quiet = (until - counted[-1]).days >= silent
    return counted[target - 1] if quiet else None


def share_text(share: Fraction | None) -> str:
    """Return a share in whole per cent, half-up; "—" when there is none."""
    if share is None:
        return "—"
    return f"{(200 * share.numerator + share.denominator) // (2 * share.denominator)}%"
