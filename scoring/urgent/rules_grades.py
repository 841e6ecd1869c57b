"""Classes and grades of urgent events, and the grade that numbers suggest. Pure.

Source: domain rules on urgent reports: thresholds by document and validity, "以上" includes the
number, of several criteria the highest wins. A suggestion only: the grade is a person's decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WAN_PER_YI = 10_000


class EventClass(models.TextChoices):
    """What kind of event it is; the value is what tables store."""

    ACCIDENT = "accident", gettext_lazy("生产安全事故")
    NATURE = "nature", gettext_lazy("自然灾害")
    HEALTH = "health", gettext_lazy("公共卫生事件")
    SOCIETY = "society", gettext_lazy("社会安全事件")
    GROUP = "group", gettext_lazy("群体性事件")
    OTHER = "other", gettext_lazy("其他")


class Grade(models.TextChoices):
    """How grave an event is, lowest first."""

    GENERAL = "general", gettext_lazy("一般")
    SERIOUS = "serious", gettext_lazy("较大")
    MAJOR = "major", gettext_lazy("重大")
    EXTREME = "extreme", gettext_lazy("特别重大")

    @property
    def rank(self) -> int:
        """Return 0 for 一般 up to 3 for 特别重大."""
        return list(Grade).index(self)


# Sensitive time, place or people switch the grade off: reported as this or above.
SENSITIVE_FROM = Grade.SERIOUS


def highest(grades: Iterable[Grade]) -> Grade | None:
    """Return the gravest of some grades, or None of none."""
    return max(grades, key=lambda grade: grade.rank, default=None)


def graded_as(grade: Grade | None, *, sensitive: bool) -> tuple[Grade, ...]:
    """Return the grades that an event may have to be reported as, lowest first.

    One when the grade is known; all that are possible when it is not.
    """
    lowest = SENSITIVE_FROM.rank if sensitive else 0
    if grade is not None:
        return (list(Grade)[max(grade.rank, lowest)],)
    return tuple(list(Grade)[lowest:])


class Measure(models.TextChoices):
    """A number that a threshold counts, by the name that reports give it. Loss in 万元."""

    DEAD = "dead", gettext_lazy("死亡")
    SEVERE = "serious", gettext_lazy("重伤")
    LOSS = "loss", gettext_lazy("直接经济损失")
    MISSING = "missing", gettext_lazy("失踪（失联）")
    TRAPPED = "trapped", gettext_lazy("被困")
    EVACUATED = "evacuated", gettext_lazy("转移安置")
    PEOPLE = "gathered", gettext_lazy("聚集")


def known_numbers(said: Mapping[str, Any]) -> dict[Measure, int | None]:
    """Return what a report, or several together, say of what thresholds count."""
    return {measure: said.get(measure.value) for measure in Measure}


def amount_words(measure: Measure, number: int) -> str:
    """Return a number with its unit: 3人, 1000万元, 1亿元."""
    if measure is not Measure.LOSS:
        return _("%(n)d人") % {"n": number}
    if number and number % WAN_PER_YI == 0:
        return _("%(n)d亿元") % {"n": number // WAN_PER_YI}
    return _("%(n)d万元") % {"n": number}


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which number on a class of events has a grade; the number itself is included."""

    id: int
    cls: str  # EventClass, or "" for every class
    measure: Measure
    grade: Grade
    at_least: int
    valid_from: date
    valid_to: date | None = None
    document: str = ""

    def holds_on(self, day: date) -> bool:
        """Tell whether it is in force on a day; both ends included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The grade that the numbers suggest, if any, and why. Never more than a suggestion."""

    grade: Grade | None
    sentence: str
    threshold_ids: tuple[int, ...] = ()


def suggest(
    numbers: Mapping[Measure, int | None], thresholds: Sequence[Threshold], *, cls: str, day: date
) -> Suggestion:
    """Return the gravest grade that one of the numbers reaches on the day of the event.

    Args:
        numbers: what is known; None or absent is not known and reaches nothing.
        day: the thresholds in force on this day decide.
    """
    reached: dict[Measure, Threshold] = {}
    for row in thresholds:
        number = numbers.get(row.measure)
        applies = row.holds_on(day) and row.cls in ("", cls)
        if number is None or not applies or number < row.at_least:
            continue
        old = reached.get(row.measure)
        if old is None or (row.grade.rank, -row.at_least) > (old.grade.rank, -old.at_least):
            reached[row.measure] = row
    grade = highest(row.grade for row in reached.values())
    if grade is None:
        return Suggestion(None, _("已知数字未达到分级标准，级别由人判断。"))
    why = [row for row in reached.values() if row.grade is grade]
    told = "；".join(_reason(row, numbers[row.measure] or 0) for row in why)
    more = _("，几项标准取最高") if len(reached) > 1 else ""
    sentence = _("建议级别：%(grade)s。%(why)s%(more)s。仅供参考，级别由人确定。") % {
        "grade": grade.label,
        "why": told,
        "more": more,
    }
    return Suggestion(grade, sentence, tuple(row.id for row in why))


def _reason(row: Threshold, number: int) -> str:
    told = _("%(what)s%(number)s，达到“%(least)s以上”（含本数）") % {
        "what": row.measure.label,
        "number": amount_words(row.measure, number),
        "least": amount_words(row.measure, row.at_least),
    }
    return told + (_("，依据%(document)s") % {"document": row.document} if row.document else "")
