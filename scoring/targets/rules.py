"""Rules of targets: by tier and by formula. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from scoring.schemes.rules import parse_points

# Hundredths of a unit's target; None: no target.
Number = int | None


@dataclass(frozen=True, slots=True)
class Formula:
    """number = base + each × units below; the usual way to ask more of a county with 直报点."""

    base: int
    each: int

    def number(self, below: int) -> int:
        """Return the target in hundredths of a unit with so many units below it."""
        return self.base + self.each * below


def read_number(text: str) -> Number:
    """Return the hundredths that a person wrote; empty is no target.

    Raises:
        ValueError: no number of at most two decimals.
    """
    if not text.strip():
        return None
    try:
        return parse_points(text)
    except ValueError:
        raise ValueError(_("任务数请填数字，例如 12 或 7.5；没有任务的留空。")) from None


def by_tier(groups: Mapping[int, int | None], tiers: Mapping[int, Number]) -> dict[int, Number]:
    """Return each unit's number by its group; units of groups that are not named stay out."""
    return {
        unit: tiers[group] for unit, group in groups.items() if group is not None and group in tiers
    }
