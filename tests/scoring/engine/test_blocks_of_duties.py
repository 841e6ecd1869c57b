"""The blocks of base points, targets, rates and totals: what is wrong is named at its field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError

from infoflow.units.models import UnitGroup
from scoring.schemes.actions import end_scheme, publish_scheme
from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.engine import build_clause, known_clauses
from scoring.schemes.exchange import SchemeFileError, dump_scheme, read_scheme
from scoring.schemes.models import Scheme
from scoring.schemes.specs import plain, spec_of
from scoring.schemes.warnings import warnings_of
from scoring.targets.models import Target
from tests.builders import Office, in_group, unit

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

YEAR = {"valid_from": date(2026, 1, 1), "valid_until": date(2026, 12, 31)}
BASE = {"points": "6", "name": "基础分"}
TABLE = {"rows": [{"kind": "adoption", "target": "all", "points": "4"}]}
MISSED = {"kinds": ["commission"], "marks": ["missed"]}
RANKS = [{"first": 1, "last": 3, "points": "8"}]


def cleaned(kind: str, value: dict[str, Any]) -> Any:
    block = SchemeBlocks().child_blocks[kind]
    return block.clean(block.to_python(value))


def faults(error: ValidationError) -> dict[str, str]:
    """Field → message, also of rows within a list."""
    if isinstance(error, StructBlockValidationError):
        found: dict[str, str] = {}
        for name, below in error.block_errors.items():
            for inner, message in faults(below).items():
                found[f"{name}.{inner}" if inner else name] = message
        return found
    if isinstance(error, ListBlockValidationError):
        items = error.block_errors.items() if isinstance(error.block_errors, dict) else ()
        return {
            f"{n}.{inner}" if inner else str(n): message
            for n, below in items
            for inner, message in faults(below).items()
        }
    return {"": error.messages[0]}


def scheme_of(*clauses: tuple[str, dict[str, Any]], **fields: Any) -> Scheme:
    made = Scheme(
        **({"name": "办法", "has_unpublished_changes": True} | YEAR | fields),
        blocks=[
            {"type": kind, "id": f"b{n}", "value": value} for n, (kind, value) in enumerate(clauses)
        ],
    )
    made.save()
    made.save_revision()
    return made


def test_every_clause_has_a_block_of_its_name() -> None:
    assert set(SchemeBlocks().child_blocks) == set(known_clauses())


@pytest.mark.parametrize(
    ("kind", "value", "field", "message"),
    [
        ("base", {}, "points", "请填写这个数"),
        ("base", {"points": "-1"}, "points", "分值不能是负数"),
        ("base", {"basis": "groups"}, "rows", "请至少填写一个分组"),
        ("base", {"points": "6", "per": "week"}, "per", "week"),
        ("target", {"number": "4"}, "points", "请填写扣几分或得几分"),
        ("target", {"number": "四", "points": "1"}, "number", "任务数请填0到9999.99的数字"),
        ("target", {"number": "4.5", "points": "1"}, "number", "条数请填整数"),
        ("target", {"points": "1"}, "number", "请填写这个数"),
        ("target", {"basis": "table", "number": "4", "points": "1"}, "number", "这里请留空"),
        ("target", {"number": "4", "shortfall": "times"}, "factor", "请填写倍数"),
        ("target", {"number": "4", "shortfall": "base"}, "base", "请填写基础分条款的简称"),
        ("target", {"number": "4", "shortfall": "nothing"}, "shortfall", "完不完成都没有结果"),
        ("target", {"number": "4", "points": "1", "over_most": "2"}, "over", "每超1条加几分"),
        (
            "target",
            {"number": "4", "points": "1", "whose": {"clauses": "采用分"}},
            "whose",
            "按条数算的任务不看条款得分",
        ),
        ("rate_gate", {"percent": "30"}, "points", "请至少填一项"),
        ("rate_gate", {"percent": "三成", "points": "1"}, "percent", "百分比请填数字"),
        ("rate_gate", {"percent": "-1", "points": "1"}, "percent", "0到1000之间"),
        ("strike", {"times": 3}, "which", "请选择哪些事项计次数"),
        ("strike", {"times": 0, "which": MISSED}, "times", "1"),
        ("strike", {"times": 3, "which": MISSED, "way": "deduct"}, "points", "请填写扣几分"),
        ("strike", {"times": 3, "which": MISSED, "way": "flag"}, "flag", "请填写结果"),
        ("total_flag", {"bar": "6"}, "flag", "必需"),
        ("total_flag", {"bar": "六", "flag": "不达标"}, "bar", "分值请填数字"),
        ("conversion", {"way": "factor"}, "factor", "请填写系数"),
        ("conversion", {"way": "highest"}, "full", "请填写满分"),
        ("conversion", {"way": "rank"}, "rows", "请至少填写一个名次"),
        ("conversion", {"way": "factor", "factor": "1", "rows": RANKS}, "rows", "不起作用"),
        (
            "conversion",
            {"way": "rank", "rows": [{"first": 3, "last": 1, "points": "8"}]},
            "rows.0.last",
            "不能小于",
        ),
        (
            "conversion",
            {"way": "rank", "rows": [*RANKS, {"first": 3, "points": "5"}]},
            "rows.1",
            "与第1行的名次重叠",
        ),
    ],
)
def test_what_is_wrong_is_named_at_its_field(
    kind: str, value: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        cleaned(kind, value)
    assert message in faults(caught.value)[field]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("base", BASE),
        ("target", {"number": "4", "points": "2"}),
        ("target", {"basis": "table", "measure": "points", "shortfall": "times", "factor": "2"}),
        ("rate_gate", {"percent": "30%", "points": "1"}),
        ("strike", {"times": 3, "which": MISSED}),
        ("mean", {}),
        ("total_flag", {"bar": "6", "flag": "不达标"}),
        ("conversion", {"way": "rank", "rows": RANKS}),
    ],
)
def test_what_is_right_becomes_a_clause_that_tells_what_it_does(
    kind: str, value: dict[str, Any]
) -> None:
    block = SchemeBlocks().child_blocks[kind]
    made = cleaned(kind, value)
    told = build_clause(kind, "b", plain(made)).describe()
    assert told
    assert all(line.endswith("。") for line in told)
    assert told[0] in block.render(made)


def test_groups_are_chosen_by_name_and_shown_by_name() -> None:
    in_group(unit(), "县区", 2026)
    group = UnitGroup.objects.get(name="县区")
    rows = [{"group": str(group.pk), "points": "6"}]
    made = cleaned("base", {"basis": "groups", "rows": rows})
    assert "县区" in SchemeBlocks().child_blocks["base"].render(made)
    with pytest.raises(ValidationError) as caught:
        cleaned("base", {"basis": "groups", "rows": [{"group": "99999", "points": "6"}]})
    assert faults(caught.value)["rows.0.group"] == "没有这个考核分组，请重新选择。"
    with pytest.raises(ValidationError) as caught:
        cleaned("base", {"basis": "groups", "rows": rows * 2})
    assert faults(caught.value)["rows.1"] == "与第1行是同一个分组，请删去一行。"
    with pytest.raises(ValidationError) as caught:
        cleaned("base", {"points": "6", "rows": rows})
    assert "不起作用" in faults(caught.value)["rows"]


def test_groups_go_by_name_in_files() -> None:
    in_group(unit(), "县区", 2026)
    group = UnitGroup.objects.get(name="县区")
    rows = [{"group": str(group.pk), "points": "6"}]
    told = dump_scheme(scheme_of(("base", {"basis": "groups", "rows": rows})))
    assert told["clauses"][0]["rows"] == [{"group": "县区", "points": "6"}]
    assert spec_of(read_scheme(told)).blocks[0].numbers.rows == ((group.pk, 600),)  # type: ignore[attr-defined]
    told["clauses"][0]["rows"][0]["group"] = "乡镇"
    with pytest.raises(SchemeFileError) as caught:
        read_scheme(told)
    assert "没有名称为“乡镇”的考核分组" in dict(caught.value.faults)["clauses[0].rows[0].group"]


def test_scheme_that_cannot_work_is_not_published_on_any_path() -> None:
    made = scheme_of(("base", BASE), ("cap", {"most": "8", "whose": {"clauses": "采用分"}}))
    message = "第2条（封顶保底）：没有简称为“采用分”的条款"
    for path in (
        lambda: publish_scheme(scheme_id=made.pk),
        lambda: made.get_latest_revision().publish(),
    ):
        with pytest.raises(ValidationError, match=message):
            path()
        assert not Scheme.objects.get(pk=made.pk).live


def test_scheme_in_force_may_be_ended_before_its_first_period_is_over() -> None:
    made = publish_scheme(scheme_id=scheme_of(("base", BASE)).pk)
    ended = end_scheme(scheme_id=made.pk, last_day=date(2026, 2, 15))
    assert (ended.live, ended.valid_until) == (True, date(2026, 2, 15))
    short = scheme_of(
        ("base", BASE),
        name="短办法",
        valid_from=date(2026, 3, 1),
        valid_until=date(2026, 3, 30),
    )
    with pytest.raises(ValidationError, match=r"第1条（基础分）：.*没有一期结束"):
        publish_scheme(scheme_id=short.pk)


def test_page_names_the_clause_and_tells_of_missing_targets(client: Client, office: Office) -> None:
    client.force_login(office.scorer)
    tabled = {"basis": "table", "per": "year", "shortfall": "fixed", "points": "5"}
    made = scheme_of(("points_table", TABLE), ("target", tabled), valid_from=date(2026, 2, 16))
    shown = client.get(
        reverse("wagtailsnippets_schemes_scheme:inspect", args=[made.pk])
    ).content.decode()
    assert "第2条按任务表计算，但还没有录入任务（报送条数，年）" in shown
    assert "施行日期不是一期（年）的第一天" in shown
    assert publish_scheme(scheme_id=made.pk).live  # a warning keeps nothing back
    Target.objects.create(
        unit=office.unit, year=2026, measure="submitted", per="year", hundredths=400
    )
    assert len(warnings_of(made)) == 1


def test_new_version_keeps_the_kind_of_period() -> None:
    from scoring.schemes.actions import new_version

    made = scheme_of(("base", BASE), period="month_merged")
    assert spec_of(new_version(scheme_id=made.pk)).period == "month_merged"
