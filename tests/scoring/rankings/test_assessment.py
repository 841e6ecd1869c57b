"""The year's conversion on the ranking page: every way, worked by hand from the county's points.

甲镇 5, 乙镇 and 丙镇 2.5, 丁镇 0; 水务局 0.2; all on one day of 2026.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from infoflow.units.roles import Role
from scoring.rankings.assessment import Assessment, assessment
from scoring.rankings.queries import ranking
from scoring.schemes.models import Scheme
from scoring.targets.models import Target
from tests.builders import Office, person

from .conftest import County

pytestmark = [pytest.mark.screens, pytest.mark.django_db]
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def converting(county: County, **value: Any) -> None:
    """Give the scheme in force such a clause; it changes no entry."""
    told = [*county.scheme.blocks.get_prep_value(), {"type": "conversion", "value": value}]
    stored = Scheme.objects.get(pk=county.scheme.pk)
    stored.blocks = stored.blocks.stream_block.to_python(told)
    Scheme.objects.bulk_update([stored], ["blocks"])


def assessed(day: date = date(2027, 1, 5)) -> Assessment | None:
    found = ranking(FIRST, LAST)
    return assessment(found.period, found.groups, today=day)


def points(day: date = date(2027, 1, 5)) -> dict[str, str | None]:
    found = assessed(day)
    assert found is not None
    return {unit.unit: unit.assessed for group in found.groups for unit in group.units}


def test_highest_of_each_group_has_the_full_points(county: County) -> None:
    """镇: 5÷5×10＝10, 2.5÷5×10＝5, 0；部门: 0.2÷0.2×10＝10."""
    converting(county, way="highest", full="10")
    assert points() == {"甲镇": "10", "乙镇": "5", "丙镇": "5", "丁镇": "0", "水务局": "10"}


def test_ranks(county: County) -> None:
    """Two share the second rank, so the fourth is 其余."""
    rows = [{"first": 1, "points": "6"}, {"first": 2, "last": 3, "points": "4"}]
    converting(county, way="rank", rows=rows, otherwise="1")
    assert points() == {"甲镇": "6", "乙镇": "4", "丙镇": "4", "丁镇": "1", "水务局": "6"}


def test_mean_of_months_counts_those_that_have_begun(county: County) -> None:
    """12 months: 5÷12×0.6＝0.25; seen in May, 5 months: 5÷5×0.6＝0.6."""
    converting(county, way="months", factor="0.6")
    assert points()["甲镇"] == "0.25"
    assert points(date(2026, 5, 20))["甲镇"] == "0.6"


def test_who_has_no_target_is_not_converted(county: County) -> None:
    """甲镇 5÷8×10＝6.25."""
    Target.objects.create(
        unit=county.first, year=2026, measure="points", per="year", hundredths=800
    )
    converting(county, way="target", full="10")
    assert points() == {"甲镇": "6.25", "乙镇": None, "丙镇": None, "丁镇": None, "水务局": None}


def test_only_a_whole_year_under_a_scheme_that_says_so(county: County) -> None:
    assert assessed() is None
    converting(county, way="factor", factor="2")
    assert assessed() is not None
    quarter = ranking(FIRST, date(2026, 3, 31))
    assert assessment(quarter.period, quarter.groups, today=LAST) is None


def test_page_shows_it(client: Client, office: Office, county: County) -> None:
    converting(county, way="highest", full="10")
    client.force_login(office.scorer)
    year = {"start": FIRST.isoformat(), "end": LAST.isoformat()}
    shown = client.get(reverse("ranking"), year).content.decode()
    assert "年度考核折算" in shown
    assert "年度考核得分=全年得分÷本组最高分×10分" in shown
    client.force_login(person(Role.OFFICER, at=county.first))
    own = client.get(reverse("ranking"), year).context["assessment"]
    assert [group.name for group in own.groups] == ["镇"]
    assert [unit.assessed for unit in own.groups[0].units] == ["10", "5", "5", "0"]
