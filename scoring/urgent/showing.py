"""How an event stands on its page: the chain with what each report says, clocks, acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from . import queries
from .actions import takes_calls
from .content import NUMBERS, SENSITIVE
from .following import clock_label
from .models import Report, UrgentEvent
from .rules import Kind, Via, clock_text, refusal_of
from .rules_clocks import Clock, Verdict
from .rules_grades import EventClass, Grade

if TYPE_CHECKING:
    from infoflow.units.models import User

_ORDER = (
    "facts",
    "source",
    "trend",
    "measures",
    "leaders",
    "commander",
    "commander_phone",
    "requests",
    "cause",
    "responsibility",
    "result",
    "lessons",
    "incomplete_because",
)


def label_of_field(name: str) -> str:
    """Return what a field of a report is called."""
    return str(Report._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def numbers_text(said: object) -> str:
    """Return casualties and losses in one line; what is not known is left out."""
    found = {
        name: said.get(name) if isinstance(said, dict) else getattr(said, name) for name in NUMBERS
    }
    people = NUMBERS[:5]
    parts = []
    if all(found[name] == 0 for name in people):
        parts.append(_("无人员伤亡"))
        found.update(dict.fromkeys(people))
    for name, value in found.items():
        if value is not None:
            unit = _("万元") if name == "loss" else _("人")
            label = _("直接经济损失") if name == "loss" else label_of_field(name)
            parts.append(f"{label}{value}{unit}")
    return "、".join(parts)


def pairs_of(report: Report) -> list[tuple[str, str]]:
    """Return what a report says as (label, text), without what it leaves empty."""
    found: list[tuple[str, str]] = []
    if report.happened_at is not None and report.kind != Kind.FIRST:
        found.append((label_of_field("happened_at"), clock_text(report.happened_at)))
    if report.place and report.kind != Kind.FIRST:
        found.append((label_of_field("place"), report.place))
    for name in _ORDER:
        value = getattr(report, name)
        if value:
            label = _("原因") if name == "cause" and report.kind == Kind.FINAL else None
            found.append((label or label_of_field(name), value))
        if name == "facts":
            numbers = numbers_text(report)
            if numbers:
                found.append((_("人员和损失"), numbers))
            elif report.kind == Kind.FIRST:
                found.append((_("人员和损失"), _("不详")))
    if report.event_class:
        found.append((label_of_field("event_class"), str(EventClass(report.event_class).label)))
    if report.grade:
        found.append((label_of_field("grade"), str(Grade(report.grade).label)))
    flags = [label_of_field(name) for name in SENSITIVE if getattr(report, name)]
    if flags:
        found.append((_("敏感因素"), "、".join(flags)))
    return found


@dataclass(frozen=True)
class ClockLine:
    """A clock as a page shows it."""

    clock: Clock
    label: str
    tone: str  # class of the tag
    verdict: str

    @property
    def running(self) -> bool:
        """Whether nothing has come yet: the page counts down, or up."""
        return self.clock.met_at is None


def clock_line(clock: Clock) -> ClockLine:
    """Return a clock with its words."""
    verdict = str(Verdict(clock.verdict).label)
    tone = "open"
    if clock.verdict is Verdict.LATE:
        tone = "overdue"
        verdict = (
            _("迟报%(n)d分钟") % {"n": clock.late_minutes}
            if clock.met_at
            else _("已过时限，未收到")
        )
    elif clock.verdict is Verdict.ON_TIME:
        tone = "adopted"
    return ClockLine(clock, clock_label(clock), tone, verdict)


@dataclass(frozen=True)
class Link:
    """One report of the chain as its page shows it."""

    report: Report
    pairs: list[tuple[str, str]]
    stopped: bool
    sign: bool  # may this person sign it now
    clear: bool
    take: bool

    @property
    def wants_signature(self) -> bool:
        """Whether the unit's leader has still to sign."""
        return getattr(self.report, "signature", None) is None and self.report.via == Via.SYSTEM


@dataclass(frozen=True)
class May:
    """What a person may do about an event."""

    first: bool
    follow: bool
    final: bool
    calls: bool  # phone, grade, online, directives, ending
    find: bool
    review: bool
    own: bool
    signs: bool
    ended: bool


def may(event: UrgentEvent, person: User) -> May:
    """Return what a person may do about an event as it stands; reads what was prefetched."""
    kinds = frozenset(report.kind for report in event.reports.all())
    own, ended = event.unit_id in unit_ids_of(person), event.ended_at is not None
    calls = takes_calls(person)

    def can(kind: str) -> bool:
        return (own or calls) and not refusal_of(kind, kinds, ended=ended)

    return May(
        first=can(Kind.FIRST) and not ended,
        follow=can(Kind.FOLLOW),
        final=can(Kind.FINAL),
        calls=calls,
        find=has_role(person, Role.EDITOR),
        review=has_role(person, Role.REVIEWER),
        own=own,
        signs=event.unit_id in unit_ids_of(person, Role.SIGNATORY),
        ended=ended,
    )


def chain_of(event: UrgentEvent, person: User, can: May) -> list[Link]:
    """Return the reports in the order in which they came, with what a person may do to each."""
    links = []
    for report in event.reports.all():
        stopped = queries.is_stopped(report)
        bare = getattr(report, "signature", None) is None and report.via == Via.SYSTEM
        own_word = report.author_id == person.pk
        links.append(
            Link(
                report=report,
                pairs=[] if stopped and not can.review else pairs_of(report),
                stopped=stopped,
                sign=can.signs and bare and not own_word,
                clear=can.review and not own_word,
                take=can.calls
                and getattr(report, "take", None) is None
                and not (own_word and report.via == Via.SYSTEM),
            )
        )
    return links


def clock_lines(clocks: Iterable[Clock]) -> list[ClockLine]:
    """Return clocks in order, what runs standing first."""
    lines = [clock_line(clock) for clock in clocks]
    return sorted(lines, key=lambda line: (not line.running, line.clock.due_at))


@dataclass(frozen=True)
class Gap:
    """By how much the internet was ahead."""

    minutes: int
    sentence: str


def gap_of(event: UrgentEvent, seen: Sequence[object], first_at: datetime | None) -> Gap | None:
    """Return 网络先于报告 n 分钟, or None when it was not."""
    if not seen:
        return None
    minutes = queries.online_gap(event, first_at)
    if minutes is None:
        return None
    told = _("网络先于报告%(n)d分钟") if first_at else _("网上已出现%(n)d分钟，尚未收到报告")
    return Gap(minutes, told % {"n": minutes})
