"""States, outcomes and deadlines of commissions: tables of cases, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infoflow.worktime.rules import CHINA, Calendar
from scoring.commissions.rules import (
    OPEN_STATES,
    Asked,
    Outcome,
    Piece,
    Ruling,
    State,
    clock_words,
    deadline_for,
    doubts_of,
    fault_of,
    half_day,
    may_urge,
    outcome_of,
    state_of,
    still_owes,
)

DUE = datetime(2026, 7, 8, 17, tzinfo=CHINA)
BEFORE, AFTER = DUE - timedelta(hours=5), DUE + timedelta(hours=5)
LATER = AFTER + timedelta(days=1)
DRAFT = Piece()
SENT = Piece(left=BEFORE, left_again=BEFORE)
SENT_LATE = Piece(left=AFTER, left_again=AFTER)
BACK = replace(SENT, back=BEFORE + timedelta(hours=1))
AGAIN = replace(BACK, left_again=AFTER)
RULED_BACK = replace(SENT, ruling=Ruling.RETURNED, ruled=BEFORE + timedelta(hours=1))
TAKEN = replace(SENT, ruling=Ruling.ACCEPTED, ruled=AFTER)
TAKEN_LATE = replace(SENT_LATE, ruling=Ruling.ACCEPTED, ruled=LATER)
NEW = Asked(due=DUE)
SIGNED = replace(NEW, signed=BEFORE)
MISSED = replace(NEW, missed=LATER)


def having(*pieces: Piece, base: Asked = SIGNED) -> Asked:
    return replace(base, pieces=pieces)


DONE_IN_TIME = (State.SUBMITTED, Outcome.DONE, False)

CASES = [
    # asked, seen at, state, outcome, still owes
    (NEW, BEFORE, State.UNSIGNED, None, True),
    (NEW, DUE, State.UNSIGNED, None, True),
    (NEW, AFTER, State.OVERDUE, None, True),
    (SIGNED, BEFORE, State.SIGNED, None, True),
    (SIGNED, AFTER, State.OVERDUE, None, True),
    (replace(SIGNED, named=True), BEFORE, State.WORKING, None, True),
    (having(DRAFT), BEFORE, State.WORKING, None, True),
    (having(DRAFT), AFTER, State.OVERDUE, None, True),
    (replace(SIGNED, extended=True), BEFORE, State.EXTENDED, None, True),
    (replace(SIGNED, extended=True), AFTER, State.OVERDUE, None, True),
    (having(SENT), BEFORE, State.SUBMITTED, None, False),
    (having(SENT), LATER, State.SUBMITTED, None, False),
    (having(SENT_LATE), LATER, State.LATE, None, False),
    (having(SENT_LATE, base=MISSED), LATER, State.LATE, Outcome.MISSED, False),
    (having(BACK), LATER, State.RETURNED, None, True),
    (having(RULED_BACK), LATER, State.RETURNED, None, True),
    (having(AGAIN), LATER, State.SUBMITTED, None, False),
    (having(BACK, SENT), LATER, State.SUBMITTED, None, False),
    (having(TAKEN), LATER, State.SUBMITTED, Outcome.DONE, False),
    (having(TAKEN_LATE), LATER, State.LATE, Outcome.LATE, False),
    (having(SENT, TAKEN_LATE), LATER, State.LATE, Outcome.LATE, False),
    (having(TAKEN, SENT_LATE), LATER, State.SUBMITTED, Outcome.DONE, False),
    (having(replace(TAKEN, adopted=True)), LATER, State.ADOPTED, Outcome.DONE, False),
    (having(replace(SENT, adopted=True)), LATER, State.ADOPTED, None, False),
    (replace(SIGNED, nothing=BEFORE), LATER, State.NOTHING, None, False),
    (replace(SIGNED, nothing=AFTER, dropped=LATER), LATER, State.CANCELLED, None, False),
    (having(TAKEN, base=replace(SIGNED, nothing=BEFORE)), LATER, *DONE_IN_TIME),
    (having(BACK, base=replace(SIGNED, nothing=BEFORE)), LATER, State.RETURNED, None, True),
    (MISSED, LATER, State.MISSED, Outcome.MISSED, False),
    (having(TAKEN_LATE, base=MISSED), LATER, State.LATE, Outcome.LATE, False),
    (replace(SIGNED, dropped=BEFORE), LATER, State.CANCELLED, None, False),
    (replace(MISSED, dropped=LATER), LATER, State.CANCELLED, None, False),
]


@pytest.mark.parametrize(("asked", "at", "state", "outcome", "owes"), CASES)
def test_every_state_and_outcome(
    asked: Asked, at: datetime, state: State, outcome: Outcome | None, owes: bool
) -> None:
    assert state_of(asked, at) is state
    ended = outcome_of(asked)
    assert (ended[0] if ended else None) is outcome
    assert still_owes(asked) is owes


def test_the_table_of_cases_has_every_state() -> None:
    assert {state for _asked, _at, state, *_rest in CASES} == set(State)


MOMENTS = st.timedeltas(timedelta(days=-40), timedelta(days=50)).map(lambda gap: DUE + gap)
MAYBE = st.none() | MOMENTS


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    left = draw(MAYBE)
    if left is None:
        return Piece()
    again = max(left, draw(MOMENTS))
    ruling = draw(st.sampled_from(["", Ruling.ACCEPTED, Ruling.RETURNED]))
    return Piece(
        left=left,
        left_again=again,
        back=draw(MAYBE),
        ruling=ruling,
        ruled=draw(MOMENTS) if ruling else None,
        adopted=draw(st.booleans()),
    )


ASKED = st.builds(
    Asked,
    due=MOMENTS,
    signed=MAYBE,
    named=st.booleans(),
    extended=st.booleans(),
    missed=MAYBE,
    dropped=MAYBE,
    nothing=MAYBE,
    pieces=st.lists(pieces(), max_size=3).map(tuple),
)


@given(ASKED, MOMENTS, MOMENTS)
def test_what_has_come_is_judged_alike_whenever_it_is_asked(
    asked: Asked, first: datetime, second: datetime
) -> None:
    """Only what has not come depends on the moment, and then only whether it is over."""
    a, b = state_of(asked, first), state_of(asked, second)
    if (
        asked.submitted is not None
        or asked.missed
        or asked.dropped
        or (first > asked.due) == (second > asked.due)
    ):
        assert a is b


@given(ASKED, st.timedeltas(timedelta(), timedelta(days=60)))
def test_more_time_never_makes_it_worse(asked: Asked, more: timedelta) -> None:
    rank = {Outcome.DONE: 0, Outcome.LATE: 1, Outcome.MISSED: 1}
    before, after = outcome_of(asked), outcome_of(replace(asked, due=asked.due + more))
    if before is not None:
        assert after is not None
        assert rank[after[0]] <= rank[before[0]]


@given(ASKED, MOMENTS)
def test_the_order_of_pieces_changes_nothing(asked: Asked, at: datetime) -> None:
    turned = replace(asked, pieces=asked.pieces[::-1])
    assert state_of(turned, at) is state_of(asked, at)
    assert outcome_of(turned) == outcome_of(asked)


@given(ASKED, MOMENTS)
def test_who_owes_stands_among_the_open(asked: Asked, at: datetime) -> None:
    if still_owes(asked):
        assert state_of(asked, at) in OPEN_STATES


# --- deadlines ----------------------------------------------------------------------------

LIST_2026 = Calendar(
    overrides={
        date(2026, 9, 25): False,
        date(2026, 9, 20): True,
    },
    years=frozenset({2026, 2027}),
)


def test_the_sentence_tells_how_it_was_reckoned() -> None:
    start = datetime(2026, 7, 3, 9, tzinfo=CHINA)
    named = deadline_for(start, at=DUE, days=None, calendar=LIST_2026)
    assert named.sentence == "7月3日（周五）下达，7月8日（周三）17:00截止"
    three = deadline_for(start, at=None, days=3, calendar=LIST_2026)
    assert (three.at, three.sentence) == (DUE, "7月3日（周五）下达，3个工作日，7月8日17:00截止")
    made_up = deadline_for(
        datetime(2026, 9, 18, 9, tzinfo=CHINA), at=None, days=2, calendar=LIST_2026
    )
    assert made_up.sentence == "9月18日（周五）下达，2个工作日，遇调休，9月21日17:00截止"
    with pytest.raises(ValueError, match="neither"):
        deadline_for(start, at=None, days=None, calendar=LIST_2026)


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        (datetime(2026, 7, 8, 17, tzinfo=CHINA), []),
        (datetime(2026, 9, 25, 3, tzinfo=CHINA), ["9月25日（周五）是休息日", "03:00不在上班时间"]),
        (datetime(2026, 7, 11, 10, tzinfo=CHINA), ["7月11日（周六）是休息日"]),
        (datetime(2026, 9, 20, 10, tzinfo=CHINA), []),
        (datetime(2026, 7, 8, 17, 1, tzinfo=CHINA), ["17:01不在上班时间"]),
    ],
)
def test_what_is_asked_before_a_moment_becomes_a_deadline(at: datetime, wanted: list[str]) -> None:
    assert list(doubts_of(at, LIST_2026)) == wanted


def test_a_deadline_after_the_superiors_is_asked_about() -> None:
    assert list(doubts_of(DUE, LIST_2026, BEFORE)) == ["晚于上级要求的7月8日（周三）12:00"]


def test_past_and_far_deadlines_are_refused() -> None:
    assert "已经过去" in fault_of(DUE, DUE)
    assert "年份" in fault_of(DUE.replace(year=2036), DUE)
    assert fault_of(DUE, BEFORE) == ""


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "还有不到1分钟"),
        (-0.5, "已到"),
        (59, "还有59分钟"),
        (61, "还有1小时1分钟"),
        (24 * 60, "还有1天"),
        (50 * 60, "还有2天2小时"),
        (-1, "已超过1分钟"),
        (-25 * 60, "已超过1天1小时"),
    ],
)
def test_the_clock_speaks_in_the_units_people_think_in(minutes: float, words: str) -> None:
    assert clock_words(DUE, DUE - timedelta(minutes=minutes)) == words


def test_urging_is_once_in_a_half_day_unless_it_is_urgent() -> None:
    morning = datetime(2026, 7, 8, 8, tzinfo=CHINA)
    assert may_urge(None, morning, urgent=False)
    assert not may_urge(morning, morning.replace(hour=11, minute=59), urgent=False)
    assert may_urge(morning, morning.replace(hour=12), urgent=False)
    assert may_urge(morning, morning.replace(hour=9), urgent=True)
    assert half_day(morning) != half_day(morning + timedelta(days=1))
