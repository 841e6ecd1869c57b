"""霍林郭勒 2018, January and February as one period. Source: domain.md §4.3 C."""

from __future__ import annotations

from datetime import date

from cms.bulletins.models import Bulletin, Level
from infoflow.units.models import UnitKind
from scoring.adoptions.rules import FactKind

from .tables import Count, DemoBulletin, DemoUnit, PublishedTable

_GROUP = "苏木街道"
# Unit → submitted, adopted by the WeChat account, adopted commissions.
_COUNTS = {
    "达来胡硕苏木": (2, 0, 1),
    "沙尔呼热街道": (12, 3, 0),
    "莫斯台街道": (1, 1, 0),
    "宝日呼吉尔街道": (15, 2, 0),
    "珠斯花街道": (15, 5, 0),
}
# The notice names them; the source at hand does not.
_ZERO = [f"零报送单位{n}（原通报点名，此处不录）" for n in "一二三四"]

TABLE = PublishedTable(
    code="HLGL",
    period=(date(2018, 1, 1), date(2018, 2, 28)),
    groups=[_GROUP],
    units=[
        DemoUnit(name, UnitKind.TOWN if name.endswith("苏木") else UnitKind.STREET, _GROUP)
        for name in [*_COUNTS, *_ZERO]
    ],
    bulletins=[
        DemoBulletin("普发", Level.COUNTY, own=True),
        DemoBulletin("微信公众号", Level.COUNTY, own=True, kind=Bulletin.Kind.INTERNET),
        DemoBulletin("参阅", Level.COUNTY, own=True, kind=Bulletin.Kind.REFERENCE),
        DemoBulletin("约稿", Level.COUNTY, own=True, kind=Bulletin.Kind.COMMISSION),
        DemoBulletin("通辽市", Level.CITY),
        DemoBulletin("自治区", Level.PROVINCE),
    ],
    scheme="霍林郭勒2018",
    document="2018年1—2月通报：微信公众号每条5分，约稿每条5分，报送不计分",
    points={"微信公众号": "5", "约稿": "5"},
    counts=[
        count
        for unit, (submitted, wechat, commissioned) in _COUNTS.items()
        for count in (
            Count(unit, FactKind.SUBMISSION, submitted),
            Count(unit, FactKind.ADOPTION, wechat, "微信公众号"),
            Count(unit, FactKind.ADOPTION, commissioned, "约稿"),
        )
    ],
)
