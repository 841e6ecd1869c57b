"""上虞劳动保障 2009: cases worked by hand from the text of its rules (domain rules §4.2)."""

from __future__ import annotations

import pytest

from cms.bulletins.actions import create_bulletin
from scoring.schemes.actions_import import import_scheme
from scoring.schemes.engine import conversion_of
from scoring.schemes.presets import preset_data
from scoring.schemes.specs import spec_of

from .facts import (
    Case,
    adopted,
    case,
    entries,
    instructed,
    submitted,
    worked,
)
from .road import in_force, members, ranked, recorded

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

OWN = "上虞劳动保障信息刊物"
CITY = "上虞市信息刊物"
NEXT = "上一级信息刊物"
INTERNAL = "上一级内参"
ACADEMIC = "学术刊物"
# Papers of which the text names the levels alone.
OTHERS = {"上虞日报": 1, "绍兴日报": 2, "浙江劳动保障": 3, "中国劳动保障报": 4}


@pytest.mark.parametrize(
    "told",
    [
        case(
            "本局刊物2分、简讯1分：动态3条、简讯2条，3×2＋2×1＝8",
            adopted(OWN, 3, genre="news"),
            adopted(OWN, 2, genre="brief"),
            points="8",
        ),
        case(
            "本局刊物调研10分：调研1条10，动态1条2，共12",
            adopted(OWN, genre="research"),
            adopted(OWN, genre="news"),
            points="12",
        ),
        case("本市刊物8分：2条，2×8＝16", adopted(CITY, 2), points="16"),
        case("本市刊物没有另定简讯分：简讯1条也是8", adopted(CITY, genre="brief"), points="8"),
        case(
            "本市其他报刊5分、简讯2.5分：动态1条、简讯3条，5＋3×2.5＝12.5",
            adopted("上虞日报"),
            adopted("上虞日报", 3, genre="brief"),
            points="12.5",
        ),
        case(
            "上一级刊物10分、简讯5分：动态2条、简讯1条，2×10＋5＝25",
            adopted(NEXT, 2),
            adopted(NEXT, genre="brief"),
            points="25",
        ),
        case("上一级内参12分：1条12", adopted(INTERNAL), points="12"),
        case(
            "上一级其他报刊6分、简讯3分：各1条，6＋3＝9",
            adopted("绍兴日报"),
            adopted("绍兴日报", genre="brief"),
            points="9",
        ),
        case(
            "省级12分、简讯6分：动态1条、简讯2条，12＋2×6＝24",
            adopted("浙江劳动保障"),
            adopted("浙江劳动保障", 2, genre="brief"),
            points="24",
        ),
        case(
            "全国15分、简讯7.5分：动态1条、简讯3条，15＋3×7.5＝37.5",
            adopted("中国劳动保障报"),
            adopted("中国劳动保障报", 3, genre="brief"),
            points="37.5",
        ),
        case(
            "学术刊物20分：调研1条20，不按全国的15分",
            adopted(ACADEMIC, genre="research"),
            points="20",
        ),
        case(
            "一条在本局、本市、上一级、省、全国采用，累加：2＋8＋10＋12＋15＝47",
            *(
                adopted(bulletin, piece="item:9")
                for bulletin in (OWN, CITY, NEXT, "浙江劳动保障", "中国劳动保障报")
            ),
            points="47",
        ),
        case(
            "报送、批示不计分：报送20条、市领导批示1次、本局简讯1条，共1",
            submitted(20),
            instructed(2),
            adopted(OWN, genre="brief"),
            points="1",
        ),
        case(
            "两个科室合写1条简讯登全国报刊，各计7.5；甲另有本市其他报刊简讯2.5，共10",
            adopted("中国劳动保障报", genre="brief", units=(1, 2)),
            adopted("上虞日报", genre="brief"),
            points={1: "10", 2: "7.5"},
        ),
    ],
)
def test_by_hand(told: Case) -> None:
    assert worked("shangyu", told, missing=OTHERS) == told.points


def test_sentence_names_bulletin_genre_and_half_points() -> None:
    (given,) = entries("shangyu", [adopted("上虞日报", genre="brief")], missing=OTHERS)
    assert given.sentence == "《上虞日报》（县级）简讯采用1条，每条2.5分，计2.5分。"


def test_year_is_the_sum_of_its_quarters() -> None:
    scheme = import_scheme(data=preset_data("shangyu"), create_bulletins=True)
    conversion = conversion_of(spec_of(scheme))
    assert conversion is not None
    assert conversion.converted({1: 5750, 2: 250}, {}, {}) == {1: 5750, 2: 250}


def test_from_the_file_to_the_ranking() -> None:
    scheme = in_force("shangyu")
    for name, level in OTHERS.items():
        create_bulletin(name=name, level=level)
    units = members(scheme, "就业科", "社保中心", "监察大队")
    recorded(
        scheme,
        units,
        [
            # 就业科: 一季度本局动态4条8，二季度本市8，三季度全国简讯7.5，四季度学术20＝43.5
            adopted(OWN, 4, genre="news", day="02-05"),
            adopted(CITY, day="05-05"),
            adopted("中国劳动保障报", genre="brief", day="08-05"),
            adopted(ACADEMIC, day="11-05"),
            # 社保中心: 本市其他报刊简讯3条7.5，内参12，本局调研10＝29.5
            adopted("上虞日报", 3, genre="brief", day="03-31", units=(2,)),
            adopted(INTERNAL, day="04-01", units=(2,)),
            adopted(OWN, genre="research", day="12-31", units=(2,)),
        ],
    )
    assert ranked("2009-01-01", "2009-12-31") == {
        "就业科": (1, "43.5"),
        "社保中心": (2, "29.5"),
        "监察大队": (3, "0"),
    }
    # 一季度：就业科8，社保中心7.5（上虞日报3月31日在一季度）
    assert ranked("2009-01-01", "2009-03-31") == {
        "就业科": (1, "8"),
        "社保中心": (2, "7.5"),
        "监察大队": (3, "0"),
    }
