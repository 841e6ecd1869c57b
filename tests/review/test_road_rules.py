"""The way on after a pass, a return to a chosen step and both ways back. Pure."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.review import rules
from cms.review.rules import Act, Step, Verdict

ITEM = [Step.SIGN, Step.SCREEN, Step.CLEAR]
ITEM_2 = [Step.SIGN, Step.SCREEN, Step.CLEAR, Step.RECHECK]
ISSUE = [Step.CLEAR, Step.ISSUE]
ISSUE_2 = [Step.CLEAR, Step.RECHECK, Step.ISSUE]
SHORT = {"w": Step.SUBMIT, "s": Step.SIGN, "e": Step.SCREEN, "c": Step.CLEAR, "r": Step.RECHECK}
SHORT["i"] = Step.ISSUE


def road(acts: str) -> list[Act]:
    """Read a road: `w1` submit text 1, `s1` the signatory passes it, `e1<` the editor returns
    it straight back, `e1*` with every step again, `e1x` closes, `e1o` reopens, `w1u` withdraws."""
    found = []
    for word in acts.split():
        step, text, mark = SHORT[word[0]], word[1], word[2:]
        verdict = {
            "": Verdict.SUBMIT if step == Step.SUBMIT else Verdict.PASS,
            "<": Verdict.RETURN,
            "*": Verdict.RETURN,
            "x": Verdict.CLOSE,
            "o": Verdict.REOPEN,
            "u": Verdict.WITHDRAW,
        }[mark]
        resume = {"<": "back", "*": "all"}.get(mark, "")
        found.append(Act(step, verdict, text, resume))
    return found


CASES = [
    # road so far (its last act passed), steps that are on, what follows
    ("w1", ITEM, Step.SIGN),
    ("w1 s1", ITEM, Step.SCREEN),
    ("w1 s1 e1 c1", ITEM, None),
    ("w1 s1 e1 c1", ITEM_2, Step.RECHECK),
    ("w1 s1 e1 c1 r1", ITEM_2, None),
    # returned to the writer, every step again
    ("w1 s1 e1* w2", ITEM, Step.SIGN),
    ("w1 s1 e1 c1* w1", ITEM, Step.SIGN),
    # returned to the writer, straight back
    ("w1 s1 e1< w1", ITEM, Step.SCREEN),
    ("w1 s1 e1 c1< w1", ITEM, Step.CLEAR),
    # rewritten: the unit signs again, then straight back past the editor
    ("w1 s1 e1< w2", ITEM, Step.SIGN),
    ("w1 s1 e1 c1< w2", ITEM, Step.SIGN),
    ("w1 s1 e1 c1< w2 s2", ITEM, Step.CLEAR),
    ("w1 s1< w2", ITEM, Step.SIGN),
    # the editor shall look again, then straight back to the reviewer
    ("w1 s1 e1 c1< e1", ITEM, Step.CLEAR),
    ("w1 s1 e1 c1< s1", ITEM, Step.CLEAR),
    ("w1 s1 e1 c1* s1", ITEM, Step.SCREEN),
    # the second level returned it: the first is skipped only with exactly this text
    ("w1 s1 e1 c1 r1< e1", ITEM_2, Step.RECHECK),
    ("w1 s1 e1 c1 r1< w1", ITEM_2, Step.RECHECK),
    ("w1 s1 e1 c1 r1< w2", ITEM_2, Step.SIGN),
    ("w1 s1 e1 c1 r1< w2 s2", ITEM_2, Step.CLEAR),
    ("w1 s1 e1 c1 r1< w2 s2 c2", ITEM_2, Step.RECHECK),
    ("w1 s1 e1 c1 r1* w1", ITEM_2, Step.SIGN),
    # an issue: the issuer returned it
    ("w1 c1 i1< w1", ISSUE, Step.ISSUE),
    ("w1 c1 i1< w2", ISSUE, Step.CLEAR),
    ("w1 c1 i1< w2 c2", ISSUE, Step.ISSUE),
    ("w1 c1 i1< w1", ISSUE_2, Step.RECHECK),  # the second level came on meanwhile
    ("w1 c1 r1 i1< w1", ISSUE, Step.ISSUE),  # and went off
    ("w1 c1 r1 i1< c1", ISSUE_2, Step.ISSUE),
    ("w1 c1 r1 i1< w2 c2", ISSUE_2, Step.RECHECK),
    # the step that returned it has been switched off: every step again
    ("w1 s1 e1 c1 r1< w1", ITEM, Step.SIGN),
    ("w1 s1 e1 c1 r1< e1", ITEM, Step.CLEAR),
    ("w1 c1 r1 i1 c1", ISSUE, Step.ISSUE),
    # one return inside another: first to the inner, then to the outer
    ("w1 s1 e1 c1< e1< w2 s2", ITEM, Step.SCREEN),
    ("w1 s1 e1 c1< e1< w2 s2 e2", ITEM, Step.CLEAR),
    ("w1 s1 e1 c1< e1* w2", ITEM, Step.SIGN),
    ("w1 s1 e1 c1< e1* w2 s2", ITEM, Step.SCREEN),
    # a reviewer who passed it and then sent it back has not passed it
    ("w1 c1 r1< c1< w1", ISSUE_2, Step.CLEAR),
    # withdrawn, closed and reopened: nothing is taken as passed
    ("w1 s1 e1< w2 e2x e2o e2", ITEM, Step.CLEAR),
    ("w1 s1 e1 c1< w1u w2", ITEM, Step.SIGN),
    ("w1 s1 e1 c1x c1o e1", ITEM, Step.CLEAR),
    # a step that never passed this item is not skipped
    ("w1 c1< w1", [Step.SCREEN, Step.CLEAR], Step.SCREEN),
]


@pytest.mark.parametrize(("acts", "active", "expected"), CASES)
def test_way_on(acts: str, active: list[Step], expected: Step | None) -> None:
    made = road(acts)
    last = made[-1]
    assert rules.next_step(at=last.step, active=active, road=made, text=last.text) == expected


def test_where_a_return_may_go() -> None:
    assert rules.returnable_steps(Step.SIGN, ITEM) == [Step.SUBMIT]
    assert rules.returnable_steps(Step.CLEAR, ITEM) == [Step.SUBMIT, Step.SIGN, Step.SCREEN]
    assert rules.returnable_steps(Step.CLEAR, ISSUE) == [Step.SUBMIT]
    assert rules.returnable_steps(Step.ISSUE, ISSUE_2) == [Step.SUBMIT, Step.CLEAR, Step.RECHECK]
    # Switched off while a text waits there: it can still be sent back.
    assert rules.returnable_steps(Step.RECHECK, ITEM) == [Step.SUBMIT, *ITEM]


acts_on = st.lists(
    st.builds(
        Act,
        step=st.sampled_from(list(Step)),
        verdict=st.sampled_from(list(Verdict)),
        text=st.sampled_from("123"),
        resume=st.sampled_from(["all", "back"]),
    ),
    max_size=12,
)
roads = st.sampled_from([ITEM, ITEM_2, ISSUE, ISSUE_2])
ORDER = list(Step)


@given(acts=acts_on, active=roads, at=st.sampled_from(list(Step)), text=st.sampled_from("123"))
def test_nothing_is_skipped_that_must_see_the_text(
    acts: list[Act], active: list[Step], at: Step, text: str
) -> None:
    found = rules.next_step(at=at, active=active, road=acts, text=text)
    following = [step for step in active if ORDER.index(step) > ORDER.index(at)]
    assert (found is None) == (not following)
    if found is None:
        return
    assert found in following
    passed = rules.passed_texts(acts)
    for step in following[: following.index(found)]:
        assert step in passed
        assert step not in rules.MUST_SEE or passed[step] == text
    targets = [t for t in rules.pending_returns(acts) if ORDER.index(t) > ORDER.index(at)]
    if not targets:
        assert found == following[0]
    elif targets[-1] in following:
        assert following.index(found) <= following.index(targets[-1])


@given(acts=acts_on)
def test_a_return_with_every_step_again_leaves_nothing_pending(acts: list[Act]) -> None:
    last = Act(Step.CLEAR, Verdict.RETURN, "1", "all")
    assert rules.pending_returns([*acts, last]) == ()
    back = Act(Step.CLEAR, Verdict.RETURN, "1", "back")
    assert rules.pending_returns([*acts, back])[-1] == Step.CLEAR


def test_only_the_last_confidentiality_level_clears() -> None:
    assert rules.clears(Step.CLEAR, ITEM)
    assert not rules.clears(Step.CLEAR, ITEM_2)
    assert rules.clears(Step.RECHECK, ITEM_2)
    assert rules.clears(Step.RECHECK, ITEM), "what waited there when it was switched off"
    assert not any(rules.clears(step, ITEM) for step in (Step.SIGN, Step.SCREEN, Step.ISSUE))
