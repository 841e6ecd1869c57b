"""西宁城中区, April 2017: submitted, adopted and the rate. Source: domain.md §4.3 D."""

from __future__ import annotations

from datetime import date

from cms.bulletins.models import Bulletin, Level
from infoflow.units.models import UnitKind
from scoring.adoptions.rules import FactKind

from .tables import Count, DemoBulletin, DemoUnit, PublishedTable

_GROUP = "城中区报送单位"
_PAPER = "城中区采纳（原表未分刊物）"
# Submitted and adopted, in the order of the table. Its units are not in the source at hand.
_ROWS = (
    *((14, 7), (28, 16), (15, 8), (33, 12), (33, 14), (47, 20), (14, 4)),
    *((10, 5), (0, 0), (8, 6), (18, 18), (8, 6), (7, 5)),
)
# The published total is larger than the rows at hand; what is missing stands in a row of its own.
_TOTAL = (301, 159)
_REST = tuple(
    whole - sum(part) for whole, part in zip(_TOTAL, zip(*_ROWS, strict=True), strict=True)
)
_COUNTS = {
    **{f"单位{n}（原表有名，此处不录）": row for n, row in enumerate(_ROWS, start=1)},
    "其余单位（原合计减以上各行）": _REST,
}

TABLE = PublishedTable(
    code="XN",
    period=(date(2017, 4, 1), date(2017, 4, 30)),
    groups=[_GROUP],
    units=[DemoUnit(name, UnitKind.STREET, _GROUP) for name in _COUNTS],
    bulletins=[DemoBulletin(_PAPER, Level.COUNTY, own=True, kind=Bulletin.Kind.ORDINARY)],
    scheme="西宁城中区2017（原表不计分）",
    document="2017年4月统计表：只列报送数、采纳数和采纳率，没有分值",
    points={_PAPER: "0"},
    counts=[
        count
        for unit, (submitted, adopted) in _COUNTS.items()
        for count in (
            Count(unit, FactKind.SUBMISSION, submitted),
            Count(unit, FactKind.ADOPTION, adopted, _PAPER),
        )
    ],
)
