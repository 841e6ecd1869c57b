"""练市镇 2007: cases worked by hand from the text of its rules (domain rules §4.2)."""

from __future__ import annotations

import pytest

from cms.bulletins.actions import create_bulletin
from scoring.ledger.models import Entry
from scoring.rankings.queries import clause_names

from .facts import (
    Case,
    adopted,
    case,
    entries,
    instructed,
    points_of,
    submitted,
    urgent,
    worked,
)
from .road import in_force, members, ranked, recorded

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

OWN = "练市镇信息刊物"
# Superiors' bulletins, of which the text names the levels alone.
ABOVE = {"南浔区信息": 1, "湖州市信息": 2, "浙江省信息": 3}
JANUARY = "01-10"


@pytest.mark.parametrize(
    "told",
    [
        case("每报送1条加1分：报送7条，7×1＝7", submitted(7, day=JANUARY), points="7"),
        case(
            "本镇刊物采用1条3分、简讯2分：动态2条、简讯3条，2×3＋3×2＝12",
            adopted(OWN, 2, genre="news"),
            adopted(OWN, 3, genre="brief"),
            points="12",
        ),
        case(
            "问题、意见建议、调研类加5分：问题建议1条3＋5＝8，调研1条3＋5＝8，共16",
            adopted(OWN, genre="problem"),
            adopted(OWN, genre="research"),
            points="16",
        ),
        case(
            "经验、综合类没有加分：各1条，3＋3＝6",
            adopted(OWN, genre="experience"),
            adopted(OWN, genre="summary"),
            points="6",
        ),
        case(
            "转报后被省、市、区采用加30、20、10分：各1条，30＋20＋10＝60",
            adopted("浙江省信息"),
            adopted("湖州市信息"),
            adopted("南浔区信息"),
            points="60",
        ),
        case(
            "同一条：报送1、本镇采用3、市采用20、省采用30，都累加，1＋3＋20＋30＝54",
            submitted(piece="item:9", day=JANUARY),
            adopted(OWN, piece="item:9"),
            adopted("湖州市信息", piece="item:9"),
            adopted("浙江省信息", piece="item:9"),
            points="54",
        ),
        case(
            "调研被区采用，加5分只在本镇刊物：本镇3＋5，区10，共18",
            adopted(OWN, genre="research", piece="item:9"),
            adopted("南浔区信息", genre="research", piece="item:9"),
            points="18",
        ),
        case(
            "镇、区、市、省领导批示加10、20、30、40分：各1次，10＋20＋30＋40＝100",
            instructed(0),
            instructed(1),
            instructed(2),
            instructed(3),
            points="100",
        ),
        case(
            "不分主要领导和其他领导，每次都计：区领导对同一条批示2次，20＋20＝40",
            instructed(1, piece="item:9"),
            instructed(1, piece="item:9", mark="other"),
            points="40",
        ),
        case(
            "紧急信息的批示除外：紧急信息获省批示0，另一条获镇批示10，共10",
            instructed(3, traits=("urgent",)),
            instructed(0),
            points="10",
        ),
        case(
            "紧急信息迟报、漏报、错报、瞒报每次扣2分：各1次，4×（－2）＝－8",
            urgent("late"),
            urgent("omitted"),
            urgent("wrong"),
            urgent("concealed"),
            points="-8",
        ),
        case(
            "被通报每次扣5分：漏报1次并被通报1次，－2－5＝－7；按时报送不加不扣",
            urgent("omitted", piece="item:9"),
            urgent("notified", piece="item:9"),
            urgent("done"),
            points="-7",
        ),
        case(
            "两个村联合报送1条被市采用，各计满分：甲1＋20＝21，乙1＋20＝21",
            submitted(units=(1, 2), day=JANUARY),
            adopted("湖州市信息", units=(1, 2)),
            points={1: "21", 2: "21"},
        ),
    ],
)
def test_by_hand(told: Case) -> None:
    """Before the first month is over: nothing is missing yet."""
    assert worked("lianshi", told, missing=ABOVE, as_of="01-31") == told.points


@pytest.mark.parametrize(
    "told",
    [
        case("一季度没有报送：每月欠4条，3×4×（－2）＝－24", points="-24"),
        case(
            "1月报4条、2月报3条、3月报1条：报送分8，1月不欠，2月欠1条－2，3月欠3条－6，共0",
            submitted(4, day=JANUARY),
            submitted(3, day="02-28"),
            submitted(1, day="03-01"),
            points="0",
        ),
        case(
            "1月报12条不顶2、3月：报送分12，2月、3月各欠4条，12－8－8＝－4",
            submitted(12, day=JANUARY),
            points="-4",
        ),
        case(
            "每月4条，1月本镇采用2条、2月省采用1条、3月被通报1次：12＋6＋30－5＝43",
            *(submitted(4, day=f"{month}-15") for month in ("01", "02", "03")),
            adopted(OWN, 2, day=JANUARY),
            adopted("浙江省信息", day="02-20"),
            urgent("notified", day="03-20"),
            points="43",
        ),
    ],
)
def test_months_by_hand(told: Case) -> None:
    assert worked("lianshi", told, missing=ABOVE, as_of="04-01") == told.points


def test_second_notification_costs_the_award_and_no_points() -> None:
    twice = [urgent("notified", day="02-01"), urgent("notified", day="05-01")]
    given = entries("lianshi", twice, as_of="01-31")
    assert points_of(given) == "-10"
    flagged = [entry for entry in given if entry.flag]
    assert [(e.flag, e.hundredths, e.date.isoformat()) for e in flagged] == [
        ("取消评先", 0, "2007-05-01")
    ]
    assert flagged[0].sentence == "2007年被通报紧急信息达到2次（共2次），取消评先。"


def test_first_notification_does_not() -> None:
    given = entries("lianshi", [urgent("notified"), urgent("late", 5)], as_of="01-31")
    assert {entry.flag for entry in given} == {""}


def test_what_is_missing_is_said() -> None:
    given = entries("lianshi", [submitted(3, day=JANUARY)], as_of="02-01")
    (short,) = (entry for entry in given if entry.block_type == "target")
    assert short.sentence == ("2007年1月报送条数任务4条，完成3条，欠1条，每欠1条扣2分，计-2分。")


def test_town_leader_is_named() -> None:
    (given,) = entries("lianshi", [instructed(0)], as_of="01-31")
    assert given.sentence == "获乡镇级主要领导批示1次，每次10分，计10分。"


def test_from_the_file_to_the_ranking() -> None:
    scheme = in_force("lianshi")
    for name, level in ABOVE.items():
        create_bulletin(name=name, level=level)
    units = members(scheme, "农技站", "派出所", "荃步村")
    months = [f"{month:02}-20" for month in range(1, 13)]
    recorded(
        scheme,
        units,
        [
            # 农技站: 12个月各4条48，调研8，市采用20，镇批示10＝86
            *(submitted(4, day=day) for day in months),
            adopted(OWN, genre="research", day="06-05"),
            adopted("湖州市信息", day="07-05"),
            instructed(0, day="07-20"),
            # 派出所: 12个月各5条60，简讯2，紧急信息被通报2次－10＝52
            *(submitted(5, day=day, units=(2,)) for day in months),
            adopted(OWN, genre="brief", units=(2,)),
            urgent("notified", 2, day="08-08", units=(2,)),
            # 荃步村: 1月4条4，其余11个月各欠4条－88＝－84
            submitted(4, day="01-31", units=(3,)),
        ],
    )
    assert ranked("2007-01-01", "2007-12-31") == {
        "农技站": (1, "86"),
        "派出所": (2, "52"),
        "荃步村": (3, "-84"),
    }
    given = Entry.objects.filter(unit=units[2], block_id="notified")
    assert set(clause_names(given).values()) == {
        "练市镇2007年政务信息计分办法（第1版） 被通报两次以上的取消评先 两次通报"
    }
