"""The clocks of an event once more, in the slow and obvious way: a diary read line by line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from infoflow.worktime.rules import CHINA
from scoring.urgent.rules_clocks import EventFacts, RuleRow, Verdict
from scoring.urgent.rules_grades import Grade

SECOND = timedelta(seconds=1)
ORDER = [Grade.GENERAL, Grade.SERIOUS, Grade.MAJOR, Grade.EXTREME]
SECONDS = {"minutes": 60, "hours": 3600, "days": 86400}
# (jurisdiction, step, channel, due, verdict, minutes late)
Line = tuple[str, str, str, datetime, str, int]


def possible_grades(facts: EventFacts) -> list[Grade]:
    grades = ORDER if facts.grade is None else [facts.grade]
    if facts.sensitive:
        return [
            g for g in ORDER if g in {g if g != Grade.GENERAL else Grade.SERIOUS for g in grades}
        ]
    return list(grades)


def the_rule(rules: Sequence[RuleRow], facts: EventFacts, grade: Grade, like: RuleRow) -> RuleRow:
    """Of the rules for the same thing: first by class, then by sensitivity, then by grade."""
    same = [
        r
        for r in rules
        if (r.jurisdiction, r.step, r.channel) == (like.jurisdiction, like.step, like.channel)
        and applies(r, facts, grade)
    ]
    for named in (
        lambda r: r.cls != "",
        lambda r: r.sensitive is not None,
        lambda r: r.grade is not None,
    ):
        same = [r for r in same if named(r)] or same
    newest = max(r.valid_from for r in same)
    return max((r for r in same if r.valid_from == newest), key=lambda r: r.id)


def applies(rule: RuleRow, facts: EventFacts, grade: Grade) -> bool:
    moment = facts.happened_at if facts.happened_at else facts.learned_at
    assert moment is not None
    day: date = moment.astimezone(CHINA).date()
    if day < rule.valid_from or (rule.valid_to and day > rule.valid_to):
        return False
    if rule.cls and rule.cls != facts.cls:
        return False
    if rule.grade and rule.grade != grade:
        return False
    return rule.sensitive is None or rule.sensitive == facts.sensitive


def begins(rule: RuleRow, facts: EventFacts) -> datetime:
    wanted = {
        "happened": facts.happened_at,
        "learned": facts.learned_at,
        "received": facts.received_at,
    }[rule.start]
    found = wanted or facts.learned_at or facts.happened_at
    assert found is not None
    return found


def verdict_of(due: datetime, met: datetime | None, asked: datetime | None) -> tuple[str, int]:
    if met is None:
        return (Verdict.LATE if asked and asked > due else Verdict.OPEN), 0
    late = 0
    while due + timedelta(minutes=late) < met:
        late += 1
    return (Verdict.LATE if late else Verdict.ON_TIME), late


def answer_to(rule: RuleRow, facts: EventFacts) -> datetime | None:
    if rule.step == "final":
        return facts.final_at
    written = facts.written_at
    if written and facts.written_incomplete_reason and not rule.incomplete_ok:
        after = [m for m in (*facts.followups, facts.final_at) if m and m >= written]
        written = sorted(after)[0] if after else None
    if rule.step == "detail" or rule.channel == "written":
        return written
    if rule.channel == "phone":
        return facts.phone_at
    both = sorted(m for m in (facts.phone_at, written) if m)
    return both[0] if both else None


def slots_after(rule: RuleRow, begun: datetime, until: datetime) -> list[datetime]:
    """Every slot of every day, by hand."""
    if not rule.slots:
        assert rule.limit
        step = timedelta(seconds=SECONDS[rule.limit.kind] * rule.limit.amount)
        return [begun + step * n for n in range(1, (until - begun) // step + 3)]
    day = begun.astimezone(CHINA).date() - timedelta(days=1)
    found: list[datetime] = []
    while day <= until.astimezone(CHINA).date() + timedelta(days=3):
        found += [datetime.combine(day, time(s.hour, s.minute), CHINA) for s in rule.slots]
        day += timedelta(days=1)
    return sorted({m for m in found if m > begun})


def followups_of(
    rule: RuleRow, facts: EventFacts, dues: Sequence[Line], asked: datetime | None
) -> list[Line]:
    firsts = sorted(m for m in (facts.phone_at, facts.written_at) if m)
    if not firsts:
        return []
    begun = firsts[0]
    if rule.slots:
        for line in dues:
            if line[0] == rule.jurisdiction and line[1] in ("first", "detail"):
                begun = max(begun, line[3])
    reports = sorted(m for m in (*facts.followups, facts.final_at) if m and m > begun)
    stop = min((m for m in (facts.final_at, facts.ended_at) if m), default=None)
    last = max([begun, *reports, *[m for m in (asked, facts.final_at, facts.ended_at) if m]])
    slots = [m for m in slots_after(rule, begun, last) if stop is None or m < stop]
    answered: dict[datetime, datetime] = {}
    for report in reports:
        # The diary up to this report: which slot was the last one, which is the next?
        past = [m for m in slots if m < report]
        coming = [m for m in slots if m >= report]
        if (
            past
            and past[-1] not in answered
            and (not coming or report - past[-1] < coming[0] - report)
        ):
            answered[past[-1]] = report
        elif coming and coming[0] not in answered:
            answered[coming[0]] = report
    # All that is over, and the next one that waits for an answer.
    shown: list[datetime] = []
    for slot in slots:
        shown.append(slot)
        if slot > last and slot not in answered:
            break
    return [
        (rule.jurisdiction, rule.step, rule.channel, m, *verdict_of(m, answered.get(m), asked))
        for m in shown
    ]


def slow_clocks(
    facts: EventFacts, rules: Sequence[RuleRow], grade: Grade, asked: datetime | None
) -> list[Line]:
    """Return the clocks of an event of a grade; rules after another step are left to the cases."""
    chosen = {the_rule(rules, facts, grade, rule) for rule in rules if applies(rule, facts, grade)}
    lines: list[Line] = []
    for rule in chosen:
        if rule.step != "followup":
            assert rule.limit
            seconds = SECONDS[rule.limit.kind] * rule.limit.amount
            due = begins(rule, facts) + SECOND * seconds
            verdict = verdict_of(due, answer_to(rule, facts), asked)
            lines.append((rule.jurisdiction, rule.step, rule.channel, due, *verdict))
    for rule in chosen:
        if rule.step == "followup":
            lines += followups_of(rule, facts, lines, asked)
    return sorted(lines)
