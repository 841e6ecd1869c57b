"""Clocks against the slow second implementation, and what must hold for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from infoflow.worktime.rules import CHINA
from infoflow.worktime.terms import Kind, Term
from scoring.urgent.rules_clocks import (
    Channel,
    Clock,
    EventFacts,
    RuleRow,
    Start,
    Step,
    Verdict,
    clocks_of,
    missing_followups,
)
from scoring.urgent.rules_grades import Grade
from tests.properties import examples

from .slow_clocks import possible_grades, slow_clocks

ZERO = datetime(2026, 2, 13, 23, 30, tzinfo=CHINA)
# Seconds matter at the limits; a few days reach over slots, a weekend and the festival.
moments = st.one_of(
    st.integers(0, 3 * 86_400).map(lambda n: ZERO + timedelta(seconds=n)),
    st.integers(0, 12 * 24).map(lambda n: ZERO + timedelta(minutes=15 * n)),
)
maybe = st.none() | moments
terms = st.builds(
    Term, st.sampled_from([Kind.MINUTES, Kind.HOURS, Kind.DAYS]), st.integers(1, 40)
) | st.sampled_from([Term(Kind.MINUTES, 15), Term(Kind.HOURS, 2)])
grades = st.sampled_from(Grade)
slots = st.lists(
    st.sampled_from([time(8), time(12), time(17), time(23, 30)]), min_size=1, unique=True
)


@st.composite
def rule_rows(draw: st.DrawFn) -> RuleRow:
    step = draw(st.sampled_from(Step))
    by_slots = step is Step.FOLLOWUP and draw(st.booleans())
    hours = st.integers(1, 12).map(lambda n: Term(Kind.HOURS, n))
    limit = None if by_slots else draw(hours if step is Step.FOLLOWUP else terms)
    since = draw(st.sampled_from([date(2020, 1, 1), date(2026, 2, 14), date(2026, 2, 15)]))
    return RuleRow(
        id=0,
        jurisdiction=draw(st.sampled_from("省县")),
        step=step,
        channel=draw(st.sampled_from(Channel)),
        limit=limit,
        start=draw(st.sampled_from(Start)),
        valid_from=since,
        valid_to=draw(st.none() | st.just(since)),
        cls=draw(st.sampled_from(["", "", "group", "accident"])),
        grade=draw(st.none() | grades),
        sensitive=draw(st.none() | st.booleans()),
        slots=tuple(draw(slots)) if by_slots else (),
        incomplete_ok=draw(st.booleans()),
    )


rule_tables = st.lists(rule_rows(), min_size=1, max_size=8).map(
    lambda rows: [replace(row, id=n) for n, row in enumerate(rows)]
)


@st.composite
def event_facts(draw: st.DrawFn) -> EventFacts:
    learned = draw(maybe)
    return EventFacts(
        cls=draw(st.sampled_from(["group", "accident"])),
        grade=draw(st.none() | grades),
        sensitive=draw(st.booleans()),
        happened_at=draw(moments if learned is None else maybe),
        happened_about=draw(st.booleans()),
        learned_at=learned,
        received_at=draw(maybe),
        phone_at=draw(maybe),
        written_at=draw(maybe),
        written_incomplete_reason=draw(st.sampled_from(["", "正在核实"])),
        followups=tuple(sorted(draw(st.lists(moments, max_size=4)))),
        final_at=draw(maybe),
        ended_at=draw(maybe),
    )


def lines_of(clocks: Sequence[Clock]) -> list[tuple[str, str, str, datetime, str, int]]:
    return sorted(
        (c.jurisdiction, c.step, c.channel, c.due_at, c.verdict, c.late_minutes) for c in clocks
    )


def thing(clock: Clock) -> tuple[str, str, str]:
    return clock.jurisdiction, clock.step, clock.channel


def graded(facts: EventFacts) -> EventFacts:
    return replace(facts, grade=facts.grade or Grade.MAJOR)


@given(event_facts(), rule_tables, maybe)
@examples(50)
def test_as_the_slow_way_has_it(
    facts: EventFacts, rules: list[RuleRow], asked: datetime | None
) -> None:
    known = graded(facts)
    (grade,) = possible_grades(known)
    clocks = clocks_of(known, rules, as_of=asked)
    assert lines_of(clocks) == slow_clocks(known, rules, grade, asked)
    assert all(clock.sentence.startswith(clock.reckoning) for clock in clocks)


@given(event_facts(), rule_tables, moments, st.integers(0, 20 * 86_400))
@examples(25)
def test_asking_later_changes_no_clock_that_has_ended(
    facts: EventFacts, rules: list[RuleRow], asked: datetime, later: int
) -> None:
    """Nothing but an unmet clock moves, and that only from 未到时限 to 迟报."""
    known = graded(facts)
    before = clocks_of(known, rules, as_of=asked)
    after = {
        (c.rule_id, c.due_at): c
        for c in clocks_of(known, rules, as_of=asked + timedelta(seconds=later))
    }
    for clock in before:
        now = after[clock.rule_id, clock.due_at]
        if clock.met_at is not None or clock.verdict is Verdict.LATE:
            assert (now, now.sentence) == (clock, clock.sentence)
        else:
            assert now.met_at is None
            assert now.verdict in (Verdict.OPEN, Verdict.LATE)


@given(event_facts(), rule_tables, maybe)
@examples(25)
def test_an_unknown_grade_says_what_all_grades_say(
    facts: EventFacts, rules: list[RuleRow], asked: datetime | None
) -> None:
    unknown = replace(facts, grade=None)
    singles = [
        clocks_of(replace(facts, grade=grade), rules, as_of=asked)
        for grade in possible_grades(unknown)
    ]
    for clock in clocks_of(unknown, rules, as_of=asked):
        alike = [
            c
            for clocks in singles
            for c in clocks
            if (c.jurisdiction, c.step, c.channel)
            == (clock.jurisdiction, clock.step, clock.channel)
            and (c.step != Step.FOLLOWUP or c.due_at == clock.due_at)
        ]
        assert clock.due_at == min(c.due_at for c in alike)
        verdicts = {c.verdict for c in alike}
        if clock.verdict is Verdict.UNKNOWN:
            assert len(verdicts) > 1 or verdicts == {Verdict.LATE}
        else:
            assert verdicts == {clock.verdict}
        if clock.verdict is Verdict.LATE:
            assert len(alike) == len(singles)
            assert clock.late_minutes == min(c.late_minutes for c in alike)


@given(event_facts(), rule_tables, moments)
@examples(15)
def test_time_zones_and_holidays_move_nothing(
    facts: EventFacts, rules: list[RuleRow], asked: datetime
) -> None:
    known = graded(facts)

    def utc(moment: datetime | None) -> datetime | None:
        return moment.astimezone(UTC) if moment else None

    moved = replace(
        known,
        happened_at=utc(known.happened_at),
        learned_at=utc(known.learned_at),
        received_at=utc(known.received_at),
        phone_at=utc(known.phone_at),
        written_at=utc(known.written_at),
        followups=tuple(m.astimezone(UTC) for m in known.followups),
        final_at=utc(known.final_at),
        ended_at=utc(known.ended_at),
    )
    clocks = clocks_of(known, rules, as_of=asked)
    same = clocks_of(moved, rules, as_of=asked)
    assert [(c, c.sentence) for c in same] == [(c, c.sentence) for c in clocks]
    rows = {row.id: row for row in rules}
    for clock in clocks:
        if clock.step != Step.FOLLOWUP:
            assert clock.due_at - clock.starts_at == rows[clock.rule_id].length


@given(event_facts(), rule_tables, moments)
@examples(15)
def test_missing_follow_ups_are_over_and_unanswered(
    facts: EventFacts, rules: list[RuleRow], asked: datetime
) -> None:
    known = graded(facts)
    missing = missing_followups(known, rules, asked)
    assert missing == sorted(set(missing))
    assert all(moment < asked for moment in missing)
    met = [
        (c.rule_id, c.met_at)
        for c in clocks_of(known, rules, as_of=asked)
        if c.step == Step.FOLLOWUP and c.met_at
    ]
    assert len(met) == len(set(met)) or len(known.followups) > len(set(known.followups))
    if known.first_at is None:
        assert missing == []
