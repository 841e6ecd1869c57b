"""连云港: cases worked by hand from part three of its 考核办法, items (一) to (四)."""

from __future__ import annotations

from typing import Any

import pytest

from .facts import Case, adopted, case, entries, instructed, sent_up, submitted, worked
from .road import in_force, members, ranked, recorded

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

DAILY, ADVICE, CITY = "昨日情况", "政务建议", "专报信息（市）"
BRIEFING, DIGEST, PROVINCE = "信息简报", "江苏信息摘编", "专报信息（省）"
NET, CENTRE = "互联网信息摘编", "国务院办公厅信息刊物"
ONE: dict[str, Any] = {"piece": "item:9"}  # several things about one item


@pytest.mark.parametrize(
    "told",
    [
        case(
            "（一）昨日情况1条3分、其中简讯1条1分：2条和简讯4条，2×3＋4×1＝10",
            adopted(DAILY, 2, genre="news"),
            adopted(DAILY, 4, genre="brief"),
            points="10",
        ),
        case(
            "（一）昨日情况被市领导批示的另加5分：3＋5＝8，简讯被批示1＋5＝6，共14",
            adopted(DAILY, piece="甲"),
            instructed(2, bulletin=DAILY, piece="甲"),
            adopted(DAILY, genre="brief", piece="乙"),
            instructed(2, bulletin=DAILY, piece="乙"),
            points="14",
        ),
        case(
            "（一）政务建议每篇20分，被市领导批示的另加10分：20＋10＝30",
            adopted(ADVICE, genre="research", **ONE),
            instructed(2, bulletin=ADVICE, **ONE),
            points="30",
        ),
        case(
            "（一）被批示的另加一次：昨日情况两位市领导3＋5＝8，政务建议两位20＋10＝30，共38",
            adopted(DAILY, piece="甲"),
            instructed(2, 2, bulletin=DAILY, piece="甲"),
            adopted(ADVICE, piece="乙"),
            instructed(2, 2, bulletin=ADVICE, piece="乙"),
            points="38",
        ),
        case(
            "（一）专报信息动态类1条3分，别的类没有分：动态2条6，调研1篇0，共6",
            adopted(CITY, 2, genre="news"),
            adopted(CITY, genre="research"),
            points="6",
        ),
        case(
            "（一）市专报信息没有写批示加分：采用3，市领导批示0，共3",
            adopted(CITY, genre="news", **ONE),
            instructed(2, bulletin=CITY, **ONE),
            points="3",
        ),
        case(
            "（二）选用报省每条2分，没有被省采用的只有2分：5条，5×2＝10",
            sent_up(BRIEFING, 5),
            points="10",
        ),
        case(
            "（二）被省采用的另外加分：报省2＋信息简报10＝12，报省2＋摘编10＝12，共24",
            sent_up(BRIEFING, piece="甲"),
            adopted(BRIEFING, piece="甲"),
            sent_up(DIGEST, piece="乙"),
            adopted(DIGEST, piece="乙"),
            points="24",
        ),
        case(
            "（二）省专报信息每条20、调研类每篇30，互联网摘编5，各加报省2：22＋32＋7＝61",
            sent_up(PROVINCE, 2),
            adopted(PROVINCE, genre="news"),
            adopted(PROVINCE, genre="research"),
            sent_up(NET),
            adopted(NET),
            points="61",
        ),
        case(
            "（二）省领导批示每条另加50：报省2＋专报20＋批示50＝72",
            sent_up(PROVINCE, **ONE),
            adopted(PROVINCE, **ONE),
            instructed(3, **ONE),
            points="72",
        ),
        case(
            "（二）每条另加：同一条信息两位省领导批示，2＋10＋50＝62",
            sent_up(BRIEFING, **ONE),
            adopted(BRIEFING, **ONE),
            instructed(3, mark="main", **ONE),
            instructed(3, mark="other", **ONE),
            points="62",
        ),
        case(
            "（三）选报国办10＋国办采用50＋国务院领导批示100＝160",
            sent_up(CENTRE, **ONE),
            adopted(CENTRE, **ONE),
            instructed(4, **ONE),
            points="160",
        ),
        case(
            "（三）选报国办没有采用的计10：3条，3×10＝30",
            sent_up(CENTRE, 3),
            points="30",
        ),
        case(
            "（四）两个以上刊物累加：昨日情况3、报省2、信息简报10、互联网摘编5、报国办10、"
            "国办50，3＋2＋10＋5＋10＋50＝80",
            adopted(DAILY, **ONE),
            sent_up(BRIEFING, **ONE),
            adopted(BRIEFING, **ONE),
            adopted(NET, **ONE),
            sent_up(CENTRE, **ONE),
            adopted(CENTRE, **ONE),
            points="80",
        ),
        case(
            "（一）（四）登两种市刊都被市领导批示：3＋5＋20＋10＝38",
            adopted(DAILY, **ONE),
            instructed(2, bulletin=DAILY, **ONE),
            adopted(ADVICE, **ONE),
            instructed(2, bulletin=ADVICE, **ONE),
            points="38",
        ),
        case(
            "各级都批示：昨日情况3＋市5＋报省2＋简报10＋省50＋报国办10＋国办50＋国务院100＝230",
            adopted(DAILY, **ONE),
            instructed(2, bulletin=DAILY, **ONE),
            sent_up(BRIEFING, **ONE),
            adopted(BRIEFING, **ONE),
            instructed(3, **ONE),
            sent_up(CENTRE, **ONE),
            adopted(CENTRE, **ONE),
            instructed(4, **ONE),
            points="230",
        ),
        case(
            "报送本身不计分，各单位各计各的：甲报送8条、昨日情况1条3，乙互联网摘编1条5",
            submitted(8),
            adopted(DAILY),
            adopted(NET, units=(2,)),
            points={1: "3", 2: "5"},
        ),
    ],
)
def test_by_hand(told: Case) -> None:
    assert worked("lianyungang", told, missing={CENTRE: 4}) == told.points


def test_instruction_without_its_bulletin_adds_nothing_at_city_level() -> None:
    assert entries("lianyungang", [instructed(2)]) == ()


def test_from_the_file_to_the_ranking_by_month_and_by_year() -> None:
    scheme = in_force("lianyungang")
    units = members(scheme, "东海县", "灌云县", "市农业局")
    recorded(
        scheme,
        units,
        [
            # 东海 1月: 昨日情况2条6＋简讯1；3月: 报省2＋专报20＋省批示50
            adopted(DAILY, 2, day="01-10"),
            adopted(DAILY, genre="brief", day="01-31"),
            sent_up(PROVINCE, day="03-02"),
            adopted(PROVINCE, day="03-09", **ONE),
            instructed(3, day="03-31", **ONE),
            # 灌云 1月: 政务建议20＋批示10
            adopted(ADVICE, day="01-05", units=(2,), piece="乙"),
            instructed(2, bulletin=ADVICE, day="01-20", units=(2,), piece="乙"),
        ],
    )
    assert ranked("2026-01-01", "2026-01-31") == {
        "灌云县": (1, "30"),
        "东海县": (2, "7"),
        "市农业局": (3, "0"),
    }
    assert ranked("2026-01-01", "2026-12-31") == {
        "东海县": (1, "79"),
        "灌云县": (2, "30"),
        "市农业局": (3, "0"),
    }
