"""汾阳 2009: 336 items from ten units, 238 sent up, 75 points. Source: domain.md §4.3 A."""

from __future__ import annotations

from datetime import date

from cms.bulletins.models import Bulletin, Level
from infoflow.units.models import UnitKind
from scoring.adoptions.rules import FactKind

from .tables import Count, DemoBulletin, DemoUnit, PublishedTable

CITY, DEPARTMENTS, TOWNS = "县（市）", "市直部门", "乡镇街道"

_RECEIVED = {
    "财政局": 137,
    "计生局": 22,
    "水务局": 55,
    "国家统计局汾阳调查队": 7,
    "文化局": 45,
    "畜牧兽医局": 61,
    "信访局": 1,
    "双百双千办": 1,
    "林业局": 2,
    "太和桥办事处": 5,
}
_ADOPTED = {"吕梁政务信息·普刊": 23, "晋政信息·普刊": 9, "晋政信息·互联网": 8}
_DEPARTMENTS = [name for name in _RECEIVED if name != "太和桥办事处"]
# Never submitted; the source names none of them, they only have to stand in the list.
_SILENT_DEPARTMENTS = ["教育局", "民政局", "交通局", "卫生局", "审计局", "环保局"]
_SILENT_TOWNS = ["文峰办事处", "杏花村镇", "贾家庄镇", "冀村镇", "三泉镇", "西河乡"]

TABLE = PublishedTable(
    code="FY",
    period=(date(2009, 1, 1), date(2009, 9, 30)),
    groups=[CITY, DEPARTMENTS, TOWNS],
    units=[
        DemoUnit("汾阳市", UnitKind.COUNTY, CITY),
        *(
            DemoUnit(name, UnitKind.DEPARTMENT, DEPARTMENTS)
            for name in [*_DEPARTMENTS, *_SILENT_DEPARTMENTS]
        ),
        DemoUnit("太和桥办事处", UnitKind.STREET, TOWNS),
        DemoUnit("文峰办事处", UnitKind.STREET, TOWNS),
        *(DemoUnit(name, UnitKind.TOWN, TOWNS) for name in _SILENT_TOWNS[1:]),
    ],
    bulletins=[
        DemoBulletin("吕梁政务信息·普刊", Level.CITY),
        DemoBulletin("晋政信息·普刊", Level.PROVINCE),
        DemoBulletin("晋政信息·互联网", Level.PROVINCE, kind=Bulletin.Kind.INTERNET),
    ],
    scheme="汾阳2009（推定）",
    document="原无计分办法，分值由2009年前三季度通报的条数与得分推定",
    points={"吕梁政务信息·普刊": "1", "晋政信息·普刊": "4", "晋政信息·互联网": "2"},
    counts=[
        *(Count(unit, FactKind.SUBMISSION, number) for unit, number in _RECEIVED.items()),
        Count(
            "汾阳市",
            FactKind.FORWARDING,
            238,
            "吕梁政务信息·普刊",
            note="原统计只有上报总数，未分刊物",
        ),
        *(
            Count("汾阳市", FactKind.ADOPTION, number, bulletin)
            for bulletin, number in _ADOPTED.items()
        ),
    ],
)
