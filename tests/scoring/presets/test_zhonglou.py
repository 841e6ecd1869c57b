"""钟楼区审批局: cases worked by hand from the seven rows of its 评分细则 and the note below."""

from __future__ import annotations

from typing import Any

import pytest

from infoflow.units.roles import Role
from scoring.schemes.engine import EntryDraft
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure
from scoring.targets.actions import set_targets
from tests.builders import person

from .facts import (
    Case,
    adopted,
    case,
    commission,
    entries,
    instructed,
    points_of,
    quality,
    submitted,
    ticked,
    urgent,
    worked,
)
from .road import bulletins, in_force, members, ranked, recorded

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

DISTRICT, CITY, PROVINCE, CENTRE = "钟楼政务", "常州信息", "江苏信息", "国办信息"
BULLETINS = {DISTRICT: 1, CITY: 2, PROVINCE: 3, CENTRE: 4}
RESEARCH: dict[str, Any] = {"genre": "research"}
ONE: dict[str, Any] = {"piece": "item:9"}  # several things about one piece
# The first quarter, seen from the day after it.
QUARTER: dict[str, Any] = {"until": "03-31", "as_of": "04-01", "missing": BULLETINS}
LATE = "信息报送不及时"


@pytest.mark.parametrize(
    "told",
    [
        case("注：没有扣分也没有加分，基础得分6", points="6"),
        case(
            "1 不及时扣1分：约稿迟报1次、紧急信息迟报1次、其他1次，6－1－1－1＝3",
            commission("late"),
            urgent("late"),
            ticked(LATE),
            points="3",
        ),
        case(
            "2 每少1篇扣1分：任务6篇，报送4篇、录用2篇（录用率50%），6－2＋2×10＝24",
            submitted(4),
            adopted(DISTRICT, 2),
            targets={1: 6},
            points="24",
        ),
        case(
            "2 超过任务没有加分：任务3篇，报送5篇、录用2篇（40%），6＋20＝26",
            submitted(5),
            adopted(DISTRICT, 2),
            targets={1: 3},
            points="26",
        ),
        case(
            "3 按要求完成约稿每篇计2分：3篇，6＋3×2＝12",
            commission("done", 3),
            points="12",
        ),
        case(
            "3 未报的约稿不计也不扣：6＋0＝6",
            commission("missed"),
            points="6",
        ),
        case(
            "4 严重错误、用词不规范被上级通报每次扣2分：各1次，6－2－2＝2",
            quality("serious"),
            quality("notified"),
            points="2",
        ),
        case(
            "4 一般差错没有规定：6",
            quality("error"),
            points="6",
        ),
        case(
            "5 录用率低于30%扣1分：报送10篇、录用2篇，20%，6－1＋2×10＝25",
            submitted(10),
            adopted(DISTRICT, 2),
            points="25",
        ),
        case(
            "5 正好30%不扣：报送10篇、录用3篇，6＋3×10＝36",
            submitted(10),
            adopted(DISTRICT, 3),
            points="36",
        ),
        case(
            "5 录用率按稿件算：报送4篇，1篇在区、市都录用仍是25%，6－1＋10＋15＝30",
            submitted(4),
            adopted(DISTRICT, **ONE),
            adopted(CITY, **ONE),
            points="30",
        ),
        case(
            "6 区10、市15、省级及以上30：省、中央各1篇，6＋10＋15＋30＋30＝91",
            adopted(DISTRICT),
            adopted(CITY),
            adopted(PROVINCE),
            adopted(CENTRE),
            points="91",
        ),
        case(
            "6 理论调研区20、市30、省级及以上50：6＋20＋30＋50＋50＝156",
            adopted(DISTRICT, **RESEARCH),
            adopted(CITY, **RESEARCH),
            adopted(PROVINCE, **RESEARCH),
            adopted(CENTRE, **RESEARCH),
            points="156",
        ),
        case(
            "7 批示区级每篇10、市级20、省级及以上40：三篇，6＋10＋20＋40＝76；中央40，共116",
            instructed(1),
            instructed(2),
            instructed(3),
            instructed(4),
            points="116",
        ),
        case(
            "7 按篇：同一篇两位区领导批示加10，市领导又批示加20，6＋10＋20＝36",
            instructed(1, 2, **ONE),
            instructed(2, **ONE),
            points="36",
        ),
        case(
            "注：扣完为止，任务8篇1篇未报扣8，又通报1次扣2，6－10扣到0",
            quality("notified"),
            targets={1: 8},
            points="0",
        ),
        case(
            "注：扣完为止、加分无上限，扣分不抵加分：6－10扣到0，区级录用1篇10，约稿1篇2，共12",
            quality("notified"),
            adopted(DISTRICT),
            commission("done"),
            targets={1: 8},
            points="12",
        ),
        case(
            "各科室分别算：甲任务2篇全完成、录用1篇（50%），6＋10＝16；乙任务2篇未报，6－2＝4；丙没有任务6",
            submitted(2),
            adopted(DISTRICT),
            targets={1: 2, 2: 2},
            points={1: "16", 2: "4", 3: "6"},
        ),
    ],
)
def test_one_quarter_by_hand(told: Case) -> None:
    assert worked("zhonglou", told, **QUARTER) == told.points


def flags(given: tuple[EntryDraft, ...]) -> list[tuple[str, str]]:
    return [(f"{entry.date:%m-%d}", entry.flag) for entry in given if entry.flag]


@pytest.mark.parametrize(
    ("happened", "found"),
    [
        # 6分正好达标
        ((), []),
        # 6－1＝5，低于6
        ((ticked(LATE),), [("03-31", "不达标")]),
        # 6－1＋2＝7：综合得分连加分在内
        ((ticked(LATE), commission("done")), []),
        # 扣到0
        ((quality("serious", 4),), [("03-31", "不达标")]),
    ],
)
def test_below_six_is_below_standard(happened: tuple[Any, ...], found: list[Any]) -> None:
    assert flags(entries("zhonglou", happened, **QUARTER)) == found


def test_each_quarter_begins_with_six_again() -> None:
    """一季度扣7扣到0；二季度只扣2剩4。两季度共4，都不达标。"""
    happened = [quality("serious", 3, day="02-01"), ticked(LATE, day="03-31")]
    happened += [quality("notified", day="04-01")]
    given = entries("zhonglou", happened, until="06-30", as_of="07-01")
    assert points_of(given) == "4"
    assert flags(given) == [("03-31", "不达标"), ("06-30", "不达标")]


def test_quarter_that_is_not_over_has_no_shortfall_yet() -> None:
    given = entries("zhonglou", [submitted(1)], targets={1: 5}, until="03-31", as_of="03-31")
    assert points_of(given) == "6"


def test_from_the_file_to_the_ranking() -> None:
    scheme = in_force("zhonglou")
    units = members(scheme, "办公室", "投资建设科", "政务服务中心")
    set_targets(
        year=2026,
        measure=Measure.SUBMITTED,
        per=PeriodKind.QUARTER,
        numbers={unit.pk: 300 for unit in units.values()},
        person=person(Role.SCORER),
    )
    bulletins(BULLETINS)
    recorded(
        scheme,
        units,
        [
            # 办公室: 报送3篇够数，录用区1篇调研20，区批示10，6＋30＝36
            submitted(3, day="02-10"),
            adopted(DISTRICT, day="02-20", **RESEARCH, **ONE),
            instructed(1, day="03-31", **ONE),
            # 投资建设科: 报送1篇欠2，录用率0%扣1，约稿迟报扣1，6－4＝2
            submitted(1, day="03-05", units=(2,)),
            commission("late", day="03-20", units=(2,)),
            # 政务服务中心: 欠3扣3，被通报2次扣4，扣到0；约稿1篇2
            quality("notified", 2, day="03-10", units=(3,)),
            commission("done", day="03-11", units=(3,)),
        ],
    )
    # 并列的同为第2名
    assert ranked("2026-01-01", "2026-03-31") == {
        "办公室": (1, "36"),
        "投资建设科": (2, "2"),
        "政务服务中心": (2, "2"),
    }
