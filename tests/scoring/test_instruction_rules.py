"""When a unit's answer is due and whether it came in time."""

from __future__ import annotations

from datetime import date

import pytest

from scoring.adoptions.rules_instructions import AnswerState, standing_of

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("answer_by", "first", "state", "words"),
    [
        (None, None, AnswerState.OPEN, "未限期"),
        (date(2026, 3, 10), None, AnswerState.WAITING, "今天到期"),
        (date(2026, 3, 12), None, AnswerState.WAITING, "还有2天"),
        (date(2026, 3, 9), None, AnswerState.OVERDUE, "逾期1天未反馈"),
        (date(2026, 3, 9), date(2026, 3, 9), AnswerState.ANSWERED, "已反馈"),
        (date(2026, 3, 9), date(2026, 3, 10), AnswerState.LATE, "逾期反馈"),
        (None, date(2026, 3, 10), AnswerState.ANSWERED, "已反馈"),
    ],
)
def test_standing(
    answer_by: date | None, first: date | None, state: AnswerState, words: str
) -> None:
    standing = standing_of(answer_by, first, TODAY)
    assert (standing.state, standing.words) == (state, words)
