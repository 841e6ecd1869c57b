"""The blocks of instructions, changes and conduct: faults at their field, words, files."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail import hooks

from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.engine import build_clause
from scoring.schemes.exchange import dump_scheme, read_scheme
from scoring.schemes.specs import plain, spec_of
from tests.builders import Office, superior_bulletin

from .test_blocks_of_duties import TABLE, cleaned, faults, scheme_of

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

ROW = {"level": "3", "mark": "", "target": "all", "points": "10"}
INSTRUCTIONS = {"rows": [ROW]}
SPEECHES = {"which": {"traits": ["speech"]}, "reason": "领导讲话不计分"}
GOOD: dict[str, dict[str, Any]] = {
    "instructions": INSTRUCTIONS | {"further": "50%", "without": ["urgent"]},
    "checklist": {"rows": [{"check": "参加培训", "points": "-1", "tick": "once"}]},
    "adjustment": {"plus_most": "5"},
    "exclude": SPEECHES,
    "credit": {"kinds": ["direct"], "to": "both"},
    "multiplier": {"factor": "1/2", "whose": {"facts": {"traits": ["repost"]}}},
    "urgent_share": {"marks": ["late"], "percent": "20"},
    "quality": {"kind": "quality", "marks": ["untrue"], "zero_item": True, "flag": "通报批评"},
}


@pytest.mark.parametrize("kind", GOOD)
def test_what_is_right_is_kept_and_becomes_a_clause(kind: str) -> None:
    value = plain(cleaned(kind, GOOD[kind]))
    clause = build_clause(kind, "b", value)
    assert clause.block_id == "b"
    assert all(line.endswith("。") for line in clause.describe())
    assert build_clause(kind, "b", plain(cleaned(kind, value))) == clause


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("instructions", {"rows": [ROW | {"points": "-1"}]}, {"rows.0.points": "分值不能是负数"}),
        ("instructions", {"rows": [ROW | {"points": ""}]}, {"rows.0.points": "必"}),
        ("instructions", {"rows": [ROW, ROW]}, {"rows.1": "与第1行重复"}),
        ("instructions", {"rows": [ROW | {"target": "level:3"}]}, {"rows.0.target": "有效"}),
        ("instructions", {"rows": [ROW | {"level": "9"}]}, {"rows.0.level": "有效"}),
        ("instructions", INSTRUCTIONS | {"further": "一半"}, {"further": "分值请填数字"}),
        ("instructions", INSTRUCTIONS | {"joint": "ratio"}, {"joint_ratio": "比例请填"}),
        ("instructions", INSTRUCTIONS | {"joint": "fixed"}, {"joint_points": "固定分"}),
        (
            "checklist",
            {"rows": [{"check": "a", "points": "1"}, {"check": " a", "points": "2"}]},
            {"rows.1": "与第1行同名"},
        ),
        ("checklist", {"rows": [{"check": "a", "points": "0"}]}, {"rows.0.points": "不能是0"}),
        (
            "checklist",
            {"rows": [{"check": "a", "points": "-1", "tick": "standing"}]},
            {"rows.0.points": "请填正数"},
        ),
        ("checklist", {"rows": [{"check": "长" * 41, "points": "1"}]}, {"rows.0.check": "40"}),
        ("adjustment", {"plus_most": "-5"}, {"plus_most": "分值不能是负数"}),
        ("exclude", {"which": {}}, {"which": "至少选一项"}),
        ("credit", {"kinds": []}, {"kinds": "至少选择一类"}),
        ("multiplier", {"factor": "两倍", "whose": {"clauses": "a"}}, {"factor": "倍数请填数字"}),
        ("multiplier", {"factor": "1", "whose": {"clauses": "a"}}, {"factor": "1倍等于不变"}),
        ("multiplier", {"factor": "2", "whose": {}}, {"whose": "针对哪些得分"}),
        ("urgent_share", {"marks": ["late"], "percent": "120"}, {"percent": "不超过100"}),
        ("urgent_share", {"marks": ["late"], "percent": "0"}, {"percent": "大于0"}),
        ("urgent_share", {"marks": [], "percent": "20"}, {"marks": "必"}),
        ("quality", {"marks": ["untrue"]}, {"minus": "请至少写一种"}),
        ("quality", {"marks": ["untrue"], "minus": "0"}, {"minus": "请至少写一种"}),
        ("quality", {"marks": ["late"], "minus": "2"}, {"marks": "没有“迟报”这种情况"}),
        ("quality", {"marks": ["untrue"], "minus": "-2"}, {"minus": "分值不能是负数"}),
        ("quality", {"marks": [], "minus": "2"}, {"marks": "必"}),
    ],
)
def test_what_is_wrong_is_named_at_its_field(
    kind: str, value: dict[str, Any], expected: dict[str, str]
) -> None:
    with pytest.raises(ValidationError) as caught:
        cleaned(kind, value)
    found = faults(caught.value)
    assert set(found) == set(expected)
    for name, part in expected.items():
        assert part in found[name]


def test_bulletins_of_instructions_go_by_name_in_files() -> None:
    bulletin = superior_bulletin()
    rows = [ROW, ROW | {"target": f"bulletin:{bulletin.pk}", "points": "20"}]
    scheme = scheme_of(
        ("points_table", TABLE),
        ("exclude", SPEECHES),
        ("instructions", INSTRUCTIONS | {"rows": rows}),
        *((kind, GOOD[kind]) for kind in GOOD if kind not in ("instructions", "exclude")),
    )
    written = dump_scheme(scheme)
    assert written["clauses"][2]["rows"][1]["target"] == f"bulletin:{bulletin.name}"
    assert written["bulletins"] == [{"name": bulletin.name, "level": bulletin.level}]
    again = read_scheme(written)
    assert spec_of(again).blocks == spec_of(scheme).blocks
    once = dump_scheme(again)
    assert dump_scheme(read_scheme(once)) == once


def test_scheme_is_read_in_words(client: Client, office: Office) -> None:
    bulletin = superior_bulletin()
    rows = [ROW | {"target": f"bulletin:{bulletin.pk}", "mark": "main"}]
    named = INSTRUCTIONS | {"rows": rows, "name": "批示分", "source": "第九条"}
    scheme = scheme_of(("exclude", SPEECHES), ("points_table", TABLE), ("instructions", named))
    client.force_login(office.scorer)
    shown = client.get(
        reverse("wagtailsnippets_schemes_scheme:inspect", args=[scheme.pk])
    ).content.decode()
    for part in (
        "领导讲话不再计分，仍计入任务和采用率的条数。理由：领导讲话不计分。",
        "3. 批示",
        "对应条文：第九条",
        "简称：批示分",
        f"《{bulletin.name}》",
        "主要领导",
        "同一稿件获多次批示的，每次都计。",
    ):
        assert part in shown


def test_every_block_has_an_icon_that_exists_and_help_in_words() -> None:
    known: set[str] = set()
    for register in hooks.get_hooks("register_icons"):
        known.update(register([]))
    names = {path.rpartition("/")[2].removesuffix(".svg") for path in known}
    for kind, block in SchemeBlocks().child_blocks.items():
        assert block.meta.icon in names, kind
