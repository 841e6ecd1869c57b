"""The columns of the facts workbook: names, other names they go by, choices, an example. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.bulletins.models import Level
from cms.items.rules import ItemForm
from scoring.adoptions.rules import AdoptionForm, FactKind, Mark, Trait

from .rules import plain_name


@dataclass(frozen=True)
class ColumnSpec:
    """One column: the fact's field, what it is called, and what it may hold."""

    field: str
    label: str
    width: int
    about: Promise
    others: tuple[str, ...] = ()
    choices: type[Any] | None = None
    required: bool = False


COLUMNS = (
    ColumnSpec(
        "kind",
        "事项",
        10,
        _("必填。报送、上报、采用、批示、约稿、紧急信息、质量、考核项目、加减分"),
        ("类型", "事项类型"),
        FactKind,
        required=True,
    ),
    ColumnSpec(
        "date",
        "日期",
        13,
        _("必填。例如 2026-01-31"),
        ("采用日期", "报送日期", "时间", "发生日期"),
        required=True,
    ),
    ColumnSpec(
        "units",
        "单位",
        26,
        _("必填。联合报送的按署名次序写，用“、”分开"),
        ("单位名称", "报送单位", "供稿单位", "来源单位"),
        required=True,
    ),
    ColumnSpec(
        "title",
        "标题",
        44,
        _("必填。考核项目可以不填，自动取项目名称"),
        ("信息标题", "题目", "稿件标题"),
    ),
    ColumnSpec(
        "bulletin",
        "刊物",
        22,
        _("采用、上报必填，与“刊物设置”中的名称一致；批示可填；其他事项不填"),
        ("刊物名称", "采用刊物", "载体"),
    ),
    ColumnSpec(
        "form",
        "采用形式",
        11,
        _("单篇、综合、要目、摘报；不填按单篇。只有采用才填"),
        ("形式",),
        AdoptionForm,
    ),
    ColumnSpec("issue_label", "期号", 16, _("例如 2026年第12期"), ("刊期", "期数")),
    ColumnSpec(
        "genre", "稿件形式", 11, _("动态、简讯、调研等，计分办法区分时填"), ("体裁",), ItemForm
    ),
    ColumnSpec(
        "mark",
        "具体情况",
        13,
        _("批示、约稿、紧急信息、质量必填，例如 主要领导、未报、迟报、失实"),
        ("情况",),
        Mark,
    ),
    ColumnSpec("leader", "批示领导", 18, _("姓名和职务"), ("领导",)),
    ColumnSpec(
        "level", "领导级别", 11, _("批示必填：乡镇级、县级、市级、省级、中央"), ("级别",), Level
    ),
    ColumnSpec("check", "考核项目", 18, _("与计分办法中的名称一致；考核项目必填"), ("项目",)),
    ColumnSpec("words", "字数", 8, _("整数，计分办法按字数区分时填")),
    ColumnSpec(
        "hundredths",
        "分值",
        9,
        _("加减分必填，减分写负数；采用在区间内选定分值时填并写说明"),
        ("分数", "得分"),
    ),
    ColumnSpec(
        "traits",
        "特征",
        18,
        _("头版头条、转载、领导讲话、紧急信息、约稿、经上报采用、不合计分标准；几个用“、”分开"),
        (),
        Trait,
    ),
    ColumnSpec("note", "说明", 30, _("质量、加减分必填理由"), ("备注", "理由")),
)
BY_FIELD = {spec.field: spec for spec in COLUMNS}
# The first row of the template; left as it is, it is not imported.
EXAMPLE = {
    "kind": "采用",
    "date": "2026-01-31",
    "units": "（样例）甲镇、乙局",
    "title": "（样例，导入时自动跳过，可以删去）某镇推进产业园建设",
    "bulletin": "某某信息",
    "form": "单篇",
    "issue_label": "2026年第12期",
}
_NAMES = {plain_name(name): spec.field for spec in COLUMNS for name in (spec.label, *spec.others)}


def field_of(label: str) -> str | None:
    """Return the field that a column's heading names, or None."""
    head = label.partition("（")[0].partition("(")[0].rstrip("*＊ ")
    return _NAMES.get(plain_name(head))


def values_of(spec: ColumnSpec) -> dict[str, Any]:
    """Return the values that a column with choices takes, by label and by code."""
    if spec.choices is None:
        return {}
    found: dict[str, Any] = {}
    for choice in spec.choices:
        found[plain_name(str(choice.label))] = choice.value
    return found
