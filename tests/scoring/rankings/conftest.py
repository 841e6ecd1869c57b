"""A small county: two groups, facts of 2026, a scheme with decimals."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cms.bulletins.models import Bulletin
from cms.items.models import ItemPage
from infoflow.units.models import Unit
from scoring.adoptions.actions import record_facts
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind, FactRow, Source
from scoring.schemes.actions import create_scheme, publish_scheme
from scoring.schemes.models import Scheme
from tests.builders import own_bulletin, superior_bulletin, unit
from tests.ground import grounded

START, END = date(2026, 1, 1), date(2026, 12, 31)
DAY = date(2026, 3, 5)
_keys = itertools.count(1)


def fact(
    *units: Unit,
    kind: str = FactKind.ADOPTION,
    bulletin: Bulletin | None = None,
    day: date = DAY,
    number: int = 1,
    title: str = "某信息",
    item: ItemPage | None = None,
) -> Sequence[Fact]:
    """Record `number` facts of the same kind; they are booked at once."""
    return record_facts(
        FactRow(
            kind=kind,
            date=day,
            title=title,
            units=tuple(u.pk for u in units),
            key=f"test:{next(_keys)}",
            source=Source.TABLE,
            bulletin=bulletin.pk if bulletin else None,
            item=item.pk if item else None,
        )
        for _n in range(number)
    )


def submission(at: Unit, number: int = 1, **more: Any) -> Sequence[Fact]:
    return fact(at, kind=FactKind.SUBMISSION, number=number, **more)


def scheme(*rows: tuple[str, str, str], name: str = "测试办法", **fields: Any) -> Scheme:
    """Publish a scheme; rows are (kind, target, points)."""
    made = create_scheme(
        name=name,
        rows=[{"kind": k, "target": t, "points": p} for k, t, p in rows],
        **{"valid_from": START, "valid_until": END, **fields},
    )
    return publish_scheme(scheme_id=made.pk)


@dataclass
class County:
    """What the tests of rankings look at."""

    own: Bulletin
    province: Bulletin
    scheme: Scheme
    first: Unit
    twin_a: Unit
    twin_b: Unit
    zero: Unit
    department: Unit


@grounded
def county() -> County:
    """镇 group: 5, 2.5, 2.5 and 0 points (ranks 1, 2, 2, 4); 部门 group: one unit, 0.2."""
    own, province = own_bulletin("昨日情况"), superior_bulletin("晋政信息·普刊")
    made = County(
        own=own,
        province=province,
        scheme=scheme(
            ("adoption", f"bulletin:{own.pk}", "2.5"),
            ("adoption", f"bulletin:{province.pk}", "5"),
            ("forwarding", "all", "0.2"),
        ),
        first=unit("甲镇", group="镇", year=2026),
        twin_a=unit("乙镇", group="镇", year=2026),
        twin_b=unit("丙镇", group="镇", year=2026),
        zero=unit("丁镇", group="镇", year=2026),
        department=unit("水务局", group="部门", year=2026),
    )
    submission(made.first, 4, title="甲镇报送")
    fact(made.first, bulletin=province, title="甲镇采用")
    fact(made.twin_a, bulletin=own, title="乙镇采用")
    fact(made.twin_b, bulletin=own)
    fact(made.department, kind=FactKind.FORWARDING, bulletin=province)
    return made
