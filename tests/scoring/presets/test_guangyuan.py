"""广元 2008: cases worked by hand from the text of its 计分办法, items (一) to (六)."""

from __future__ import annotations

import pytest

from scoring.schemes.clauses.exclude import Exclude

from .facts import (
    Case,
    adopted,
    case,
    commission,
    entries,
    instructed,
    points_of,
    submitted,
    ticked,
    worked,
)
from .road import in_force, members, ranked, recorded

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

CENTRE = {"国务院办公厅信息刊物": 4}
FEEDBACK = "批示要求反馈的信息未报或迟报"


@pytest.mark.parametrize(
    "told",
    [
        case(
            "（一）晨讯、专报采用1条计2分：晨讯2条、专报1条，2×2＋2＝6",
            adopted("政务晨讯", 2),
            adopted("要情专报"),
            points="6",
        ),
        case(
            "（二）工作通报、政务参阅采用1条计5分：各1条，5＋5＝10",
            adopted("政府工作通报"),
            adopted("政务参阅"),
            points="10",
        ),
        case(
            "（二）工作通报不含领导讲话：讲话1条0，另1条5，共5",
            adopted("政府工作通报", traits=("speech",)),
            adopted("政府工作通报"),
            points="5",
        ),
        case(
            "（一）晨讯没有除外：登领导讲话1条仍计2",
            adopted("政务晨讯", traits=("speech",)),
            points="2",
        ),
        case(
            "（二）约稿信息采用1条计5分：晨讯登约稿1条5，普通1条2，共7",
            adopted("政务晨讯", traits=("commissioned",)),
            adopted("政务晨讯"),
            points="7",
        ),
        case(
            "（二）约稿信息登要情专报5，登政务参阅也是5，共10",
            adopted("要情专报", traits=("commissioned",)),
            adopted("政务参阅", traits=("commissioned",)),
            points="10",
        ),
        case(
            "（三）网站文字1条1分、图片1条0.5分：文字3条、图片3条，3×1＋3×0.5＝4.5",
            adopted("市政府门户网站", 3, genre="news"),
            adopted("市政府门户网站", 3, genre="picture"),
            points="4.5",
        ),
        case(
            "（四）国办采用1条计10分，川政晨讯参阅3分、重要5分：10＋3＋5＝18",
            adopted("国务院办公厅信息刊物"),
            adopted("川政晨讯·参阅"),
            adopted("川政晨讯·重要"),
            points="18",
        ),
        case(
            "同一条信息登晨讯、参阅、国办，原文没有只计最高的规定：2＋5＋10＝17",
            adopted("政务晨讯", piece="item:9"),
            adopted("政务参阅", piece="item:9"),
            adopted("国务院办公厅信息刊物", piece="item:9"),
            points="17",
        ),
        case(
            "（五）国务院、省、市政府领导批示每条分别计20、10、5：20＋10＋5＝35",
            instructed(4),
            instructed(3),
            instructed(2),
            points="35",
        ),
        case(
            "（五）按条计：同一条信息两位市领导批示计5，省领导又批示计10，共15",
            instructed(2, 2, piece="item:9"),
            instructed(3, piece="item:9"),
            points="15",
        ),
        case(
            "（五）批示与采用各计各的：晨讯采用2，市领导批示5，共7",
            adopted("政务晨讯", piece="item:9"),
            instructed(2, piece="item:9", day="11-20"),
            points="7",
        ),
        case(
            "（六）约稿不报或迟报每次倒扣10分：参阅2条10，未报1次、迟报1次，10－10－10＝－10",
            adopted("政务参阅", 2),
            commission("missed"),
            commission("late"),
            points="-10",
        ),
        case(
            "（六）按时报送的约稿不扣也不加，采用了才计：报送1次0，晨讯采用1条5，共5",
            commission("done"),
            adopted("政务晨讯", traits=("commissioned",)),
            points="5",
        ),
        case(
            "（六）批示要求反馈的不报或迟报每次倒扣10分：晨讯3条6，2次，6－2×10＝－14",
            adopted("政务晨讯", 3),
            ticked(FEEDBACK, 2),
            points="-14",
        ),
        case(
            "报送本身不计分；两个单位各计各的：甲报送9条、晨讯1条2，乙网站图片1条0.5",
            submitted(9),
            adopted("政务晨讯"),
            adopted("市政府门户网站", genre="picture", units=(2,)),
            points={1: "2", 2: "0.5"},
        ),
        case(
            "全年：晨讯24条48、通报6条30其中讲话2条不计余4条20、网站文字10条10、"
            "省批示1条10、约稿未报1次－10，48＋20＋10＋10－10＝78",
            adopted("政务晨讯", 24),
            adopted("政府工作通报", 2, traits=("speech",)),
            adopted("政府工作通报", 4),
            adopted("市政府门户网站", 10),
            instructed(3),
            commission("missed"),
            points="78",
        ),
    ],
)
def test_by_hand(told: Case) -> None:
    assert worked("guangyuan", told, missing=CENTRE) == told.points


def test_failures_may_be_named_and_say_why() -> None:
    given = entries("guangyuan", [commission("late"), ticked(FEEDBACK)])
    assert {(e.sentence, e.flag) for e in given} == {
        ("约稿迟报1次：扣10分，视情况予以通报。", "视情况予以通报"),
        (f"考核项目“{FEEDBACK}”，扣10分，视情况予以通报。", "视情况予以通报"),
    }


def test_speech_is_told_as_such_and_still_an_item() -> None:
    given = entries("guangyuan", [adopted("政府工作通报", traits=("speech",))])
    assert [(e.block_type, points_of([e])) for e in given] == [(Exclude.block_type, "0")]
    assert "领导讲话不计分，仍计入条数" in given[0].sentence


def test_from_the_file_to_the_ranking() -> None:
    scheme = in_force("guangyuan")
    units = members(scheme, "苍溪县", "旺苍县", "市财政局")
    recorded(
        scheme,
        units,
        [
            # 苍溪: 晨讯3条6＋讲话0＋省批示10＝16
            adopted("政务晨讯", 3),
            adopted("政府工作通报", traits=("speech",)),
            instructed(3, day="06-20"),
            # 旺苍: 约稿登专报5＋川政晨讯重要5－约稿迟报10＝0
            adopted("要情专报", traits=("commissioned",), units=(2,)),
            adopted("川政晨讯·重要", units=(2,)),
            commission("late", units=(2,)),
            # 财政局: 网站图片0.5＋参阅5（与苍溪联合，各计满分）＝5.5；苍溪因此21
            adopted("市政府门户网站", genre="picture", units=(3,)),
            adopted("政务参阅", units=(1, 3), day="12-30"),
        ],
    )
    assert ranked("2008-01-01", "2008-12-31") == {
        "苍溪县": (1, "21"),
        "市财政局": (2, "5.5"),
        "旺苍县": (3, "0"),
    }
