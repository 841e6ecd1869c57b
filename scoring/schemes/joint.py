"""What each unit of a joint item gets. Pure. Source: domain rules §4.1, joint items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from .facts import FactView
from .rules import Remainder, parse_points, points_text, split


class Joint(models.TextChoices):
    """What each unit of a joint item gets. Most schemes say nothing: the default shows."""

    FULL = "full", gettext_lazy("每个署名单位各计满分")
    EQUAL = "equal", gettext_lazy("各署名单位平均分配")
    FIXED = "fixed", gettext_lazy("每个署名单位计固定分")
    RATIO = "ratio", gettext_lazy("按署名次序的比例分配")
    LEAD = "lead", gettext_lazy("只计第一署名单位")


_SHARED = {
    Joint.FULL: gettext_lazy("各计满分"),
    Joint.EQUAL: gettext_lazy("平均分配，本单位计%(share)s分"),
    Joint.FIXED: gettext_lazy("各计%(share)s分"),
    Joint.RATIO: gettext_lazy("按%(ratio)s分配，本单位第%(place)s署名，计%(share)s分"),
    Joint.LEAD: gettext_lazy("只计第一署名单位"),
}


def parse_ratio(text: str) -> tuple[int, ...]:
    """Return the weights of a ratio as written: "3:2" or "3∶2∶1".

    Raises:
        ValueError: not two to ten whole numbers, or none above zero.
    """
    parts = text.replace("∶", ":").replace("：", ":").replace(" ", "").split(":")
    try:
        weights = tuple(int(part) for part in parts)
    except ValueError:
        weights = ()
    if not 2 <= len(weights) <= 10 or min(weights) < 0 or not weights[0] or max(weights) > 1000:
        raise ValueError(_("比例请填“3:2”或“5:3:2”这样的整数，用冒号分开，第一个数不能是0。"))
    return weights


@dataclass(frozen=True, slots=True)
class JointRule:
    """How the points of a joint item are shared out.

    `counted`: only the first so many units share (None: all, or as many as the ratio has).
    """

    way: Joint = Joint.FULL
    fixed: int = 0
    ratio: tuple[int, ...] = ()
    counted: int | None = None
    remainder: Remainder = Remainder.FIRST

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> JointRule:
        """Make the rule from plain data: joint, joint_points, joint_ratio, joint_counted,
        joint_remainder.

        Raises:
            ValueError: points or ratio cannot be read.
        """
        way = Joint(config.get("joint") or Joint.FULL)
        return cls(
            way=way,
            fixed=parse_points(str(config["joint_points"])) if way == Joint.FIXED else 0,
            ratio=parse_ratio(str(config["joint_ratio"])) if way == Joint.RATIO else (),
            counted=config.get("joint_counted") or None,
            remainder=Remainder(config.get("joint_remainder") or Remainder.FIRST),
        )

    def shares(self, units: Sequence[int], hundredths: int) -> Iterator[tuple[int, int, str]]:
        """Yield (unit, hundredths, reason in brackets) for every unit, in order.

        Points given beyond the counted units are 0 with the reason, never left out silently.
        """
        way = self._way_for(hundredths)
        parts = self._parts(way, len(units), hundredths)
        language = get_language() or ""
        for place, unit in enumerate(units):
            share = parts[place] if place < len(parts) else 0
            counts = place < len(parts)
            yield unit, share, self._reason(language, way, len(units), place, share, counts)

    def given(self, fact: FactView, hundredths: int) -> Iterator[tuple[int, int, str]]:
        """Yield (unit, hundredths, reason in brackets) for every unit that counts a fact.

        A unit that counts it beside its sender gets what it would get in the sender's place.
        """
        signing = fact.signing
        for unit, share, why in self.shares(signing, hundredths):
            yield unit, share, why + fact.sent_by(unit)
        for unit in fact.units if fact.via else ():
            if unit not in signing:
                for seen, share, why in self.shares(fact.seen_by(unit), hundredths):
                    if seen == unit:
                        yield unit, share, why + fact.sent_by(unit)

    def _way_for(self, hundredths: int) -> Joint:
        """A fixed number of points stands in for points earned, not for a deduction or a 0."""
        return Joint.FULL if self.way == Joint.FIXED and hundredths <= 0 else self.way

    def _parts(self, way: Joint, number: int, hundredths: int) -> list[int]:
        counted = min(number, self.counted or number)
        if way == Joint.LEAD:
            return [hundredths]
        if number == 1 or way == Joint.FULL:
            return [hundredths] * counted
        if way == Joint.FIXED:
            return [self.fixed] * counted
        if way == Joint.EQUAL:
            return split(hundredths, [1] * counted, self.remainder)
        return split(hundredths, self.ratio[:counted], self.remainder)

    # The same again and again; `language` is the one of the moment.
    @lru_cache(maxsize=1_024)  # noqa: B019 - rules are small, equal and few
    def _reason(
        self, language: str, way: Joint, number: int, place: int, share: int, shares: bool
    ) -> str:
        if number == 1:
            return ""
        if not shares:
            return _("（%(n)s个单位联合署名，第%(place)s署名不计分）") % {
                "n": number,
                "place": place + 1,
            }
        told = str(_SHARED[way]) % {
            "share": points_text(share),
            "ratio": ":".join(str(weight) for weight in self.ratio),
            "place": place + 1,
        }
        return _("（%(n)s个单位联合署名，%(told)s）") % {"n": number, "told": told}

    @property
    def text(self) -> str:
        """The rule in a clerk's words."""
        told = {
            Joint.FIXED: _("联合报送的，每个署名单位计%(points)s分")
            % {"points": points_text(self.fixed)},
            Joint.RATIO: _("联合报送的，按署名次序%(ratio)s分配，零头%(remainder)s")
            % {
                "ratio": ":".join(str(weight) for weight in self.ratio),
                "remainder": self.remainder.label,
            },
            Joint.EQUAL: _("联合报送的，各署名单位平均分配，零头%(remainder)s")
            % {"remainder": self.remainder.label},
            Joint.LEAD: _("联合报送的，只计第一署名单位"),
            Joint.FULL: _("联合报送的，每个署名单位各计满分"),
        }[self.way]
        if self.counted:
            told += _("，只计前%(n)s个署名单位") % {"n": self.counted}
        return f"{told}。"


FULL = JointRule()
