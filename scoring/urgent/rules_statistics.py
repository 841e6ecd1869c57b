"""What a 通报 says of urgent reports: on time, late, missing, and the lead of the internet. Pure.

An event counts once, by the gravest that was found: 未报, then 迟报, then 缺报 (the first report
came, a later one did not), then 待定; the rest is 按时. 漏报, 错报, 谎报 and 瞒报 are found by
people and counted beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.papers.parts import Table
from infoflow.papers.xlsx import Heading, Sheet, Value

from .rules_clocks import Clock, Verdict
from .rules_grades import Grade


class Result(models.TextChoices):
    """How an event was reported, gravest first."""

    UNREPORTED = "unreported", gettext_lazy("未报")
    LATE = "late", gettext_lazy("迟报")
    PARTLY = "partly", gettext_lazy("缺报")
    UNDECIDED = "undecided", gettext_lazy("待定")
    UNRULED = "unruled", gettext_lazy("无时限")
    ON_TIME = "on_time", gettext_lazy("按时")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One event as it is counted."""

    number: str
    unit_id: int
    unit: str
    grade: Grade | None
    reported: bool
    clocks: tuple[Clock, ...]
    # Minutes by which the internet was ahead of the first report; None: it was not.
    ahead: int | None = None
    # Whether it was seen on the internet at all.
    online: bool = False
    # Codes of what people have found and nobody has lifted: 漏报, 错报, 谎报, 瞒报.
    findings: tuple[str, ...] = ()

    @property
    def late_minutes(self) -> int:
        """Minutes of the clock that was met latest; 0 when none was late."""
        return max((clock.late_minutes for clock in self.clocks), default=0)

    @property
    def missing(self) -> int:
        """How many reports were due and have not come."""
        return sum(c.met_at is None and c.verdict is Verdict.LATE for c in self.clocks)

    @property
    def result(self) -> Result:
        """How it was reported."""
        if not self.reported:
            return Result.UNREPORTED
        if self.late_minutes:
            return Result.LATE
        if self.missing:
            return Result.PARTLY
        verdicts = {clock.verdict for clock in self.clocks}
        if Verdict.UNKNOWN in verdicts:
            return Result.UNDECIDED
        return Result.ON_TIME if Verdict.ON_TIME in verdicts else Result.UNRULED


@dataclass(slots=True)
class Count:
    """Numbers of a unit and a grade, or of several together."""

    results: Counter[Result] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    late_minutes: int = 0  # of all late events together
    missing: int = 0
    ahead: int = 0  # events that the internet had first

    def add(self, outcome: Outcome) -> None:
        """Count one event more."""
        self.results[outcome.result] += 1
        self.findings.update(outcome.findings)
        self.late_minutes += outcome.late_minutes
        self.missing += outcome.missing
        self.ahead += outcome.ahead is not None

    @property
    def events(self) -> int:
        """All events."""
        return sum(self.results.values())


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of one unit and one grade; None: not decided."""

    unit_id: int
    unit: str
    grade: Grade | None
    count: Count


@dataclass(frozen=True, slots=True)
class Statistics:
    """Urgent reports of a period."""

    rows: tuple[Row, ...]
    total: Count
    outcomes: tuple[Outcome, ...]
    finding_labels: Mapping[str, str]

    @property
    def ahead(self) -> list[Outcome]:
        """The events that the internet had first, the longest lead first."""
        found = [outcome for outcome in self.outcomes if outcome.ahead is not None]
        return sorted(found, key=lambda outcome: -(outcome.ahead or 0))


def grade_words(grade: Grade | None) -> str:
    """Return a grade in words."""
    return str(grade.label) if grade else _("未定级")


def statistics_of(outcomes: Iterable[Outcome], labels: Mapping[str, str]) -> Statistics:
    """Count events by unit and grade; units in the order in which they come, gravest first.

    Args:
        labels: code → word of what people find.
    """
    known = tuple(outcomes)
    order: dict[int, int] = {}
    counts: dict[tuple[int, Grade | None], Row] = {}
    total = Count()
    for outcome in known:
        order.setdefault(outcome.unit_id, len(order))
        key = (outcome.unit_id, outcome.grade)
        row = counts.setdefault(key, Row(outcome.unit_id, outcome.unit, outcome.grade, Count()))
        row.count.add(outcome)
        total.add(outcome)
    rows = sorted(
        counts.values(),
        key=lambda row: (order[row.unit_id], -(row.grade.rank if row.grade else -1)),
    )
    return Statistics(tuple(rows), total, known, labels)


_SHOWN = (
    Result.ON_TIME,
    Result.LATE,
    Result.UNREPORTED,
    Result.PARTLY,
    Result.UNDECIDED,
    Result.UNRULED,
)


def _numbers(count: Count, labels: Mapping[str, str]) -> list[int]:
    return [
        count.events,
        *(count.results[result] for result in _SHOWN),
        count.late_minutes,
        count.missing,
        count.ahead,
        *(count.findings[code] for code in labels),
    ]


def headings(labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return the headings of the table of numbers."""
    return (
        *(_("单位"), _("级别"), _("件数")),
        *(str(result.label) for result in _SHOWN),
        *(_("迟报分钟合计"), _("缺报次数"), _("网络先于报告")),
        *(_("认定%(what)s") % {"what": label} for label in labels.values()),
    )


# Columns that a letter shows even when all is 0; others only where there is something.
_ALWAYS = 6


def table_of(found: Statistics) -> Table:
    """Return the numbers as a table of a letter; 0 stays blank, empty columns are left out."""
    labels = found.finding_labels
    rows = [(row.unit, grade_words(row.grade), *_numbers(row.count, labels)) for row in found.rows]
    rows.append((_("合计"), "", *_numbers(found.total, labels)))
    kept = [n for n, value in enumerate(rows[-1]) if n < _ALWAYS or value]
    names = headings(labels)
    shown = tuple(tuple(str(row[n] or "") for n in kept) for row in rows)
    return Table(tuple(names[n] for n in kept), shown)


def sheets_of(found: Statistics, *, title: str, note: str) -> list[Sheet]:
    """Return the workbook's sheets: the numbers, and each event with its verdict."""
    numbers: list[tuple[Value, ...]] = [
        (row.unit, grade_words(row.grade), *_numbers(row.count, found.finding_labels))
        for row in found.rows
    ]
    events: list[tuple[Value, ...]] = [
        (
            outcome.number,
            outcome.unit,
            grade_words(outcome.grade),
            str(outcome.result.label),
            outcome.late_minutes or None,
            outcome.missing or None,
            outcome.ahead,
            "、".join(found.finding_labels.get(code, code) for code in outcome.findings),
            "\n".join(clock.sentence for clock in outcome.clocks),
        )
        for outcome in found.outcomes
    ]
    names = (
        *(_("编号"), _("单位"), _("级别"), _("结果"), _("迟报分钟"), _("缺报次数")),
        *(_("网络先于报告（分钟）"), _("认定"), _("各时限的算法和判定")),
    )
    return [
        Sheet(
            name=_("统计"),
            title=title,
            note=note,
            headings=tuple(Heading(name) for name in headings(found.finding_labels)),
            rows=numbers,
            totals=(_("合计"), "", *_numbers(found.total, found.finding_labels)),
            frozen=2,
        ),
        Sheet(
            name=_("逐件"),
            title=title,
            note=note,
            headings=tuple(Heading(name) for name in names),
            rows=events,
            frozen=2,
        ),
    ]


def sentences_of(found: Statistics) -> list[str]:
    """Return what a 通报 says of a period's urgent reports; nothing without events."""
    total = found.total
    if not total.events:
        return []
    counted = "，".join(
        f"{result.label}{total.results[result]}件" for result in _SHOWN if total.results[result]
    )
    told = [_("共有紧急信息%(n)d件：%(counted)s。") % {"n": total.events, "counted": counted}]
    told += [
        _("%(what)s：%(units)s。") % {"what": result.label, "units": _units(found.outcomes, result)}
        for result in (Result.UNREPORTED, Result.LATE, Result.PARTLY)
        if total.results[result]
    ]
    ahead = "，".join(
        _("%(unit)s%(number)s网络先于报告%(n)d分钟")
        % {"unit": outcome.unit, "number": outcome.number, "n": outcome.ahead or 0}
        for outcome in found.ahead
    )
    if ahead:
        told.append(f"{ahead}。")
    unseen = [outcome for outcome in found.outcomes if outcome.online and not outcome.reported]
    if unseen:
        named = "、".join(f"{outcome.unit}{outcome.number}" for outcome in unseen)
        told.append(_("网上已有而没有报告：%(events)s。") % {"events": named})
    found_by = "，".join(
        _("%(what)s%(n)d件") % {"what": label, "n": total.findings[code]}
        for code, label in found.finding_labels.items()
        if total.findings[code]
    )
    if found_by:
        told.append(_("经核查认定：%(found)s。") % {"found": found_by})
    return told


def _units(outcomes: Sequence[Outcome], result: Result) -> str:
    """Return who stands behind a result, most events first: 甲2件，乙1件（最长迟12分钟）."""
    counts: Counter[str] = Counter()
    worst: dict[str, int] = {}
    for outcome in outcomes:
        if outcome.result is result:
            counts[outcome.unit] += 1
            worst[outcome.unit] = max(worst.get(outcome.unit, 0), outcome.late_minutes)
    return "，".join(
        _("%(unit)s%(n)d件") % {"unit": unit, "n": n}
        + (_("（最长迟%(n)d分钟）") % {"n": worst[unit]} if result is Result.LATE else "")
        for unit, n in counts.most_common()
    )
