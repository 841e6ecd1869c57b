"""Joint items: what each unit gets, by hand and as properties."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.schemes.engine import build_clause, run
from scoring.schemes.joint import Joint, JointRule, parse_ratio
from scoring.schemes.rules import Remainder

from .making import FIVE, adoption, other, points_of, spec, table


def rule(**config: Any) -> JointRule:
    return JointRule.from_config(
        {f"joint_{name}" if name != "joint" else name: value for name, value in config.items()}
    )


@pytest.mark.parametrize(
    ("config", "number", "shares"),
    [
        ({}, 1, [1000]),
        ({}, 3, [1000, 1000, 1000]),
        ({"joint": "full", "counted": 2}, 3, [1000, 1000, 0]),
        ({"joint": "equal"}, 1, [1000]),
        ({"joint": "equal"}, 2, [500, 500]),
        ({"joint": "equal"}, 3, [334, 333, 333]),
        ({"joint": "equal", "remainder": "last"}, 3, [333, 333, 334]),
        ({"joint": "equal", "remainder": "nobody"}, 3, [333, 333, 333]),
        ({"joint": "equal", "counted": 2}, 4, [500, 500, 0, 0]),
        ({"joint": "fixed", "points": "3"}, 1, [1000]),
        ({"joint": "fixed", "points": "3"}, 3, [300, 300, 300]),
        ({"joint": "fixed", "points": "3", "counted": 2}, 3, [300, 300, 0]),
        ({"joint": "ratio", "ratio": "3:2"}, 1, [1000]),
        ({"joint": "ratio", "ratio": "3:2"}, 2, [600, 400]),
        ({"joint": "ratio", "ratio": "3:2"}, 4, [600, 400, 0, 0]),
        ({"joint": "ratio", "ratio": "5:3:2"}, 2, [625, 375]),
        ({"joint": "ratio", "ratio": "5:3:2", "counted": 2}, 3, [625, 375, 0]),
        ({"joint": "ratio", "ratio": "1:1:1", "remainder": "last"}, 3, [333, 333, 334]),
        ({"joint": "lead"}, 1, [1000]),
        ({"joint": "lead"}, 3, [1000, 0, 0]),
    ],
)
def test_shares_of_ten_points(config: dict[str, Any], number: int, shares: list[int]) -> None:
    units = [5, 3, 9, 1][:number]
    given_shares = list(rule(**config).shares(units, 1000))
    assert [(unit, share) for unit, share, _why in given_shares] == list(
        zip(units, shares, strict=True)
    )


@pytest.mark.parametrize(
    ("config", "place", "why"),
    [
        ({}, 0, "（3个单位联合署名，各计满分）"),
        ({"joint": "equal"}, 1, "（3个单位联合署名，平均分配，本单位计3.33分）"),
        ({"joint": "fixed", "points": "2.5"}, 0, "（3个单位联合署名，各计2.5分）"),
        (
            {"joint": "ratio", "ratio": "3:2"},
            1,
            "（3个单位联合署名，按3:2分配，本单位第2署名，计4分）",
        ),
        ({"joint": "ratio", "ratio": "3:2"}, 2, "（3个单位联合署名，第3署名不计分）"),
        ({"joint": "lead"}, 0, "（3个单位联合署名，只计第一署名单位）"),
        ({"joint": "lead"}, 1, "（3个单位联合署名，第2署名不计分）"),
        ({"joint": "equal", "counted": 2}, 2, "（3个单位联合署名，第3署名不计分）"),
    ],
)
def test_reasons(config: dict[str, Any], place: int, why: str) -> None:
    assert list(rule(**config).shares([1, 2, 3], 1000))[place][2] == why
    assert next(rule(**config).shares([1], 1000))[2] == ""


@pytest.mark.parametrize(("hundredths", "shares"), [(0, [0, 0]), (-1000, [-1000, -1000])])
def test_fixed_points_never_turn_a_deduction_into_a_gain(
    hundredths: int, shares: list[int]
) -> None:
    found = list(rule(joint="fixed", points="3").shares([1, 2], hundredths))
    assert [share for _unit, share, _why in found] == shares
    assert found[0][2] == "（2个单位联合署名，各计满分）"


@pytest.mark.parametrize(
    "text", ["3", "", "0:1", "3:-1", "a:b", "3:2:", "1001:1", "1:1001", "1:" * 10 + "1"]
)
def test_ratios_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="比例请填"):
        parse_ratio(text)


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("3:2", (3, 2)),
        ("3∶2", (3, 2)),
        ("5：3：2", (5, 3, 2)),
        (" 1 : 0 ", (1, 0)),
        ("1000:1", (1000, 1)),
        (":".join("1" * 10), (1,) * 10),
    ],
)
def test_ratios(text: str, weights: tuple[int, ...]) -> None:
    assert parse_ratio(text) == weights


RULES = st.builds(
    JointRule,
    way=st.sampled_from([Joint.EQUAL, Joint.RATIO, Joint.LEAD]),
    ratio=st.lists(st.integers(1, 9), min_size=2, max_size=4).map(tuple),
    counted=st.none() | st.integers(1, 5),
    remainder=st.sampled_from([Remainder.FIRST, Remainder.LAST]),
)


@given(RULES, st.integers(1, 6), st.integers(-100_000, 100_000))
def test_shares_add_up_to_the_whole(joint: JointRule, number: int, hundredths: int) -> None:
    shares = [share for _unit, share, _why in joint.shares(range(number), hundredths)]
    assert len(shares) == number
    assert sum(shares) == hundredths


def test_table_uses_the_rule_and_the_order_of_names() -> None:
    shared = table(("adoption", "all", "10"), joint="ratio", joint_ratio="3:2")
    entries = run(spec(shared), [adoption(1, units=(9, 4))])
    assert [points_of(entries, unit) for unit in (9, 4)] == ["6", "4"]
    assert {points_of(run(spec(FIVE), [adoption(1, units=(9, 4))]), unit) for unit in (9, 4)} == {
        "5"
    }


def test_table_keeps_reasons_of_facts_apart() -> None:
    """Once kept by kind and place only: the second fact showed the first one's name."""
    checks = table(("check", "all", "2"))
    entries = run(spec(checks), [other(n, "check", check=f"项目{n}") for n in (1, 2)])
    assert [entry.sentence for entry in entries] == [
        "考核项目“项目1”，每次2分，计2分。",
        "考核项目“项目2”，每次2分，计2分。",
    ]
    row = {"kind": "adoption", "target": "all", "points": "1", "most": "5"}
    chosen = build_clause("points_table", "t", {"rows": [row]})
    told = run(spec(chosen), [adoption(n, hundredths=300, note=f"理由{n}") for n in (1, 2)])
    for n, entry in enumerate(told, start=1):
        assert entry.sentence.endswith(f"理由：理由{n}，计3分。")


def test_a_deduction_may_be_chosen_in_a_range() -> None:
    row = {"kind": "quality", "target": "all", "points": "-10", "most": "-2"}
    chosen = build_clause("points_table", "t", {"rows": [row]})
    for wanted, got in ((-500, "-5"), (-2000, "-10"), (0, "-2"), (None, "-10")):
        entries = run(spec(chosen), [other(1, "quality", mark="error", hundredths=wanted)])
        assert points_of(entries) == got
