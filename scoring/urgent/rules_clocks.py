"""The clocks of an urgent event: what is due when, met when, on time or late. Pure.

Source: domain rules on urgent reports. Natural time, never stopped by nights or holidays. The
rules in force on the day of the event decide, whenever the question is asked; a verdict follows
from the moments alone. Software decides only 按时 and 迟报, never 漏报, 谎报 or 瞒报.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.utils.functional import Promise

from infoflow.worktime.terms import next_slot

from . import rules_clock_words as words
from .rules_clock_types import (
    AFTER_END,
    NATURAL,
    ONE_MINUTE,
    Base,
    Channel,
    Clock,
    EventFacts,
    RuleRow,
    Start,
    Step,
    Verdict,
    whole_seconds,
)
from .rules_grades import Grade, graded_as
from .rules_moments import problems

__all__ = [
    "AFTER_END",
    "NATURAL",
    "Channel",
    "Clock",
    "EventFacts",
    "RuleRow",
    "Start",
    "Step",
    "Verdict",
    "chosen",
    "clocks_of",
    "missing_followups",
    "problems",
]


def clocks_of(
    facts: EventFacts, rules: Sequence[RuleRow], *, as_of: datetime | None
) -> list[Clock]:
    """Return every clock that runs or ran for an event, what is due first standing first.

    Args:
        as_of: the moment of asking. It only tells an unmet clock whether its limit is over, and
            how far the follow-ups have come; None: nothing unmet is over.

    With the grade unknown each clock is shown with the strictest limit of the possible grades,
    and is 待定 unless all possible grades agree.
    """
    as_of = whole_seconds(as_of) if as_of else None
    grades = graded_as(facts.grade, sensitive=facts.sensitive)
    live = [row for row in rules if row.holds_on(facts.day)]
    found = [_clocks_for(facts, live, grade, as_of) for grade in grades]
    clocks = found[0] if len(found) == 1 else _merged(found)
    return sorted(clocks, key=lambda c: (c.due_at, c.jurisdiction, c.step, c.channel, c.rule_id))


def missing_followups(
    facts: EventFacts, rules: Sequence[RuleRow], as_of: datetime
) -> list[datetime]:
    """Return the moments by which a follow-up was due and none has come, oldest first."""
    clocks = clocks_of(facts, rules, as_of=as_of)
    return sorted(
        {
            clock.due_at
            for clock in clocks
            if clock.step == Step.FOLLOWUP and clock.verdict is Verdict.LATE and not clock.met_at
        }
    )


def _applies(row: RuleRow, facts: EventFacts, grade: Grade) -> bool:
    return (
        row.cls in ("", facts.cls)
        and row.grade in (None, grade)
        and row.sensitive in (None, facts.sensitive)
    )


def chosen(rows: Sequence[RuleRow], facts: EventFacts, grade: Grade) -> list[RuleRow]:
    """Return for each jurisdiction, step and channel the rule that says most about the event.

    A rule for the class stands before one for every class, then one for sensitive events, then
    one for the grade; of equals the later one (tables refuse equals).
    """
    best: dict[tuple[str, str, str], RuleRow] = {}

    def weight(row: RuleRow) -> tuple[bool, bool, bool, date, int]:
        named = (bool(row.cls), row.sensitive is not None, row.grade is not None)
        return (*named, row.valid_from, row.id)

    for row in rows:
        key = (row.jurisdiction, row.step, row.channel)
        if _applies(row, facts, grade) and (key not in best or weight(row) > weight(best[key])):
            best[key] = row
    return list(best.values())


def _clocks_for(
    facts: EventFacts, rows: Sequence[RuleRow], grade: Grade, as_of: datetime | None
) -> list[Clock]:
    """Return the clocks of an event of one grade."""
    waiting = chosen(rows, facts, grade)
    done: list[Clock] = []
    followups = [row for row in waiting if row.step == Step.FOLLOWUP]
    single = [row for row in waiting if row.step != Step.FOLLOWUP]
    # A rule after another step comes after that step's; whose step never comes, has no clock.
    while single:
        bases = [(row, _base(row, facts, done)) for row in single]
        single = [row for row, base in bases if base is None]
        if len(single) == len(bases):
            break
        for row, base in bases:
            if base is not None:
                # A step that was reckoned in this round may be what it runs from.
                latest = _base(row, facts, done) if row.after_step else base
                done.append(_single_clock(row, facts, latest or base, as_of))
    for row in followups:
        done += _followup_clocks(row, facts, done, as_of)
    return done


def _base(row: RuleRow, facts: EventFacts, done: Sequence[Clock]) -> Base | None:
    """Return from when a rule runs; None while what it waits for is not reckoned."""
    if row.after_step == AFTER_END:
        return Base(facts.ended_at, words.ENDED) if facts.ended_at else None
    if not row.after_step:
        return _begun(row.start, facts)
    before = [
        clock
        for clock in done
        if clock.step == row.after_step and clock.jurisdiction == row.jurisdiction
    ]
    if not before:
        return None
    # Phone before paper: "15分钟电话，其后35分钟书面".
    first = min(before, key=lambda clock: (clock.channel != Channel.PHONE, clock.due_at))
    # A late report never buys time for the next one.
    at = min(first.met_at, first.due_at) if first.met_at else first.due_at
    return Base(at, words.after(first, at))


def _begun(start: Start, facts: EventFacts) -> Base:
    """Return the moment that starts a clock; what is not known falls back, and says so."""
    used, at = facts.moment(start)
    notes: list[str | Promise] = []
    if used is not start:
        notes.append(words.fallen_back(start, used))
    if used is Start.HAPPENED and facts.happened_about:
        notes.append(words.ABOUT)
    return Base(at, used.label, tuple(notes))


def _met(row: RuleRow, facts: EventFacts) -> datetime | None:
    """Return when what the rule asks for had come."""
    if row.step == Step.FINAL:
        return facts.final_at
    written = _written(row, facts)
    if row.step == Step.DETAIL or row.channel == Channel.WRITTEN:
        return written
    if row.channel == Channel.PHONE:
        return facts.phone_at
    return min((moment for moment in (facts.phone_at, written) if moment), default=None)


def _written(row: RuleRow, facts: EventFacts) -> datetime | None:
    """Return the written report that counts: an incomplete one only where the rule takes it.

    Where it does not, the first report after it (a follow-up, the final) completes it.
    """
    if facts.written_at is None or not facts.written_incomplete_reason or row.incomplete_ok:
        return facts.written_at
    later = [*facts.followups, *([facts.final_at] if facts.final_at else [])]
    return min((moment for moment in later if moment >= facts.written_at), default=None)


def judged(due: datetime, met: datetime | None, as_of: datetime | None) -> tuple[Verdict, int]:
    """Return the verdict and the minutes late, begun minutes counted whole.

    On the limit to the second is on time.
    """
    if met is not None:
        if met <= due:
            return Verdict.ON_TIME, 0
        return Verdict.LATE, -((due - met) // ONE_MINUTE)
    return (Verdict.LATE if as_of is not None and as_of > due else Verdict.OPEN), 0


def _single_clock(row: RuleRow, facts: EventFacts, base: Base, as_of: datetime | None) -> Clock:
    due, met = base.at + row.length, _met(row, facts)
    return _clock(row, facts, base, due, met, as_of)


def _clock(
    row: RuleRow,
    facts: EventFacts,
    base: Base,
    due: datetime,
    met: datetime | None,
    as_of: datetime | None,
) -> Clock:
    verdict, late = judged(due, met, as_of)
    clock = Clock(
        step=row.step,
        channel=row.channel,
        rule_id=row.id,
        jurisdiction=row.jurisdiction,
        starts_at=base.at,
        due_at=due,
        met_at=met,
        verdict=verdict,
        late_minutes=late,
        reckon=lambda: words.reckoned(clock, row, facts, base),
        tell=lambda: words.told(clock, row, facts, base),
    )
    return clock


def _moments(row: RuleRow, begun: datetime) -> Iterator[datetime]:
    """Yield when follow-ups are due, without end."""
    moment = begun
    while True:
        moment = next_slot(moment, row.slots) if row.slots else moment + row.length
        yield moment


def _followup_clocks(
    row: RuleRow, facts: EventFacts, done: Sequence[Clock], as_of: datetime | None
) -> list[Clock]:
    """Return a clock for each follow-up that was due, and for the next one that is not answered.

    They begin with the first report, or with the end of its limits when that is later: nobody
    owes a follow-up while the first report is not due. They end with the final report or the end
    of the event, whichever is first.
    """
    if facts.first_at is None:
        return []
    firsts = [
        clock.due_at
        for clock in done
        if clock.jurisdiction == row.jurisdiction and clock.step in (Step.FIRST, Step.DETAIL)
    ]
    begun = max([facts.first_at, *firsts]) if row.slots else facts.first_at
    stops = [moment for moment in (facts.final_at, facts.ended_at) if moment]
    reports = sorted([*facts.followups, *([facts.final_at] if facts.final_at else [])])
    # Everything that is known lies before the last slot, so that asking later changes nothing.
    known = max([begun, *reports, *stops, *([as_of] if as_of else [])])
    slots: list[datetime] = []
    for moment in _moments(row, begun):
        if stops and moment >= min(stops):
            break
        slots.append(moment)
        if moment > known and moment not in served_by(slots, reports, begun):
            break
    served = served_by(slots, reports, begun)
    clocks = []
    for start, due in zip([begun, *slots[:-1]], slots, strict=False):
        base = Base(start, words.SINCE_FIRST if start == begun else words.SINCE_SLOT)
        clocks.append(_clock(row, facts, base, due, served.get(due), as_of))
    return clocks


def served_by(
    slots: Sequence[datetime], reports: Sequence[datetime], begun: datetime
) -> dict[datetime, datetime]:
    """Return which report answers which slot; both in order, a report answers one slot.

    A report answers the next slot. When the slot before it was missed and is nearer, it answers
    that one, late.
    """
    served: dict[datetime, datetime] = {}
    for report in reports:
        if report <= begun or not slots:
            continue
        place = bisect_left(slots, report)
        before = slots[place - 1] if place else None
        after = slots[place] if place < len(slots) else None
        missed = before is not None and before not in served
        nearer = after is None or (before is not None and report - before < after - report)
        if before is not None and missed and nearer:
            served[before] = report
        elif after is not None:
            served.setdefault(after, report)
    return served


def _merged(found: Sequence[list[Clock]]) -> list[Clock]:
    """Return one clock for what several possible grades ask, with the strictest limit.

    The verdict is what they agree on. A grade without such a limit leaves 按时 and 未到时限
    standing, but nobody is late by a limit that may not hold.
    """
    groups: dict[tuple[object, ...], list[Clock]] = {}
    for clocks in found:
        for clock in clocks:
            slot = clock.due_at if clock.step == Step.FOLLOWUP else None
            key = (clock.jurisdiction, clock.step, clock.channel, slot)
            groups.setdefault(key, []).append(clock)
    return [_agreed(group, len(found)) for group in groups.values()]


def _agreed(group: Sequence[Clock], grades: int) -> Clock:
    strictest = min(group, key=lambda clock: (clock.due_at, clock.rule_id))
    complete = len(group) == grades
    if complete and len({(clock.rule_id, clock.due_at) for clock in group}) == 1:
        return strictest
    verdicts = {clock.verdict for clock in group}
    agreed = len(verdicts) == 1 and (complete or Verdict.LATE not in verdicts)
    verdict = verdicts.pop() if agreed else Verdict.UNKNOWN
    late = min(clock.late_minutes for clock in group) if verdict is Verdict.LATE else 0
    return replace(
        strictest,
        verdict=verdict,
        late_minutes=late,
        tell=lambda: words.undecided(strictest, verdict, late),
    )
