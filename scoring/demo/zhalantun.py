"""扎兰屯 2023, first quarter: own site 5, upper site 10. Source: domain.md §4.3 B."""

from __future__ import annotations

from datetime import date

from cms.bulletins.models import Bulletin, Level
from infoflow.units.models import UnitKind
from scoring.adoptions.rules import FactKind

from .tables import Count, DemoBulletin, DemoUnit, PublishedTable

_GROUP = "扎兰屯市直单位"
_OWN_SITE, _UPPER_SITE = "扎兰屯市本级网站", "上级网站"
# Unit → adopted by the own site, by the upper site.
_ADOPTED = {
    "现代农业产业园服务中心": (35, 3),
    "水利局": (36, 0),
    "市场监督管理局": (27, 1),
    "公安局": (25, 1),
    "民政局": (26, 0),
}

TABLE = PublishedTable(
    code="ZLT",
    period=(date(2023, 1, 1), date(2023, 3, 31)),
    groups=[_GROUP],
    units=[DemoUnit(name, UnitKind.DEPARTMENT, _GROUP) for name in _ADOPTED],
    bulletins=[
        DemoBulletin(_OWN_SITE, Level.COUNTY, own=True, kind=Bulletin.Kind.WEBSITE),
        DemoBulletin(_UPPER_SITE, Level.CITY, kind=Bulletin.Kind.WEBSITE),
    ],
    scheme="扎兰屯2023",
    document="2023年一季度通报：本级网站每条5分，上级网站每条10分",
    points={_OWN_SITE: "5", _UPPER_SITE: "10"},
    counts=[
        Count(unit, FactKind.ADOPTION, number, bulletin)
        for unit, numbers in _ADOPTED.items()
        for bulletin, number in zip((_OWN_SITE, _UPPER_SITE), numbers, strict=True)
    ],
)
