"""Targets: filled by hand, by group, by formula; each change kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.review.actions import Refused
from infoflow.units.actions import set_group
from infoflow.units.models import Unit, UnitGroup
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure
from scoring.targets.actions import set_targets
from scoring.targets.models import Target
from tests.builders import Office, unit

pytestmark = pytest.mark.django_db
YEAR = 2026
COLUMN: dict[str, str | int] = {"year": YEAR, "measure": "submitted", "per": "month"}


@pytest.fixture
def page(client: Client, office: Office) -> Client:
    client.force_login(office.scorer)
    return client


def numbers() -> dict[str, int]:
    return dict(Target.objects.values_list("unit__name", "hundredths"))


def fields(response: Any) -> dict[str, str]:
    """Return what the table's boxes hold: what saving would send."""
    return {row["field"]: row["value"] for row in response.context["rows"]}


def test_typed_by_hand_and_taken_away_again(page: Client, office: Office) -> None:
    field = f"unit-{office.unit.pk}"
    assert page.post(reverse("targets"), COLUMN | {field: "７.5"}).status_code == 302
    assert numbers() == {office.unit.name: 750}
    shown = page.get(reverse("targets"), COLUMN).content.decode()
    assert 'value="7.5"' in shown
    page.post(reverse("targets"), COLUMN | {field: ""})
    assert numbers() == {}
    kinds = list(Target.history.order_by("history_id").values_list("history_type", flat=True))
    assert kinds == ["+", "-"]
    assert Target.history.first().history_user == office.scorer


def test_month_and_year_are_two_targets(page: Client, office: Office) -> None:
    field = f"unit-{office.unit.pk}"
    page.post(reverse("targets"), COLUMN | {field: "2"})
    page.post(reverse("targets"), COLUMN | {"per": "year", field: "30"})
    assert sorted(Target.objects.values_list("per", "hundredths")) == [
        ("month", 200),
        ("year", 3000),
    ]


@pytest.mark.parametrize("typed", ["很多", "-1", "1.234", "99999999"])
def test_bad_number_is_named_at_its_unit_and_nothing_is_saved(
    page: Client, office: Office, typed: str
) -> None:
    other = unit()
    response = page.post(
        reverse("targets"), COLUMN | {f"unit-{office.unit.pk}": typed, f"unit-{other.pk}": "3"}
    )
    assert response.status_code == 422
    assert "任务数请填数字" in response.content.decode()
    assert 'value="3"' in response.content.decode()
    assert numbers() == {}


def test_by_group_fills_only_named_groups(page: Client, office: Office) -> None:
    counties = UnitGroup.objects.create(name="县区")
    departments = UnitGroup.objects.create(name="部门")
    one, two, other = unit(), unit(), unit()
    for at, group in ((one, counties), (two, counties), (other, departments)):
        set_group(unit=at, group=group, year=YEAR)
    year = COLUMN | {"per": "year"}
    filled = page.post(
        reverse("targets"),
        year | {f"tier-{counties.pk}": "150", "fill": "tier", f"unit-{other.pk}": "7"},
    )
    assert numbers() == {}  # looked at first
    assert "还没有保存" in filled.content.decode()
    assert fields(filled) | {f"unit-{office.unit.pk}": ""} == fields(filled)
    page.post(reverse("targets"), year | fields(filled))
    assert numbers() == {one.name: 15000, two.name: 15000, other.name: 700}
    response = page.post(reverse("targets"), COLUMN | {"fill": "tier"})
    assert "请至少给一个分组" in response.content.decode()


def test_by_formula_counts_the_units_below(page: Client, office: Office) -> None:
    county = unit()
    for n in range(3):
        Unit.objects.create(code=f"Z{n}", name=f"直报点{n}", kind="direct", parent=county)
    given = {"base": "10", "each": "2.5", "fill": "formula"}
    filled = page.post(reverse("targets"), COLUMN | given)
    assert numbers() == {}
    page.post(reverse("targets"), COLUMN | fields(filled))
    assert numbers()[county.name] == 1750
    assert numbers()[office.unit.name] == 1000


def test_enter_in_a_box_saves(page: Client, office: Office) -> None:
    """A browser presses the first button of the form: it must not be one that fills the table."""
    shown = page.get(reverse("targets"), COLUMN).content.decode()
    form = shown[shown.index('class="if-form if-printed"') :]
    first = form[form.index("<button") : form.index("</button>")]
    assert "fill" not in first
    assert "保存" in first


def test_only_scorers(office: Office) -> None:
    with pytest.raises(Refused):
        set_targets(
            year=YEAR,
            measure=Measure.ADOPTED,
            per=PeriodKind.YEAR,
            numbers={office.unit.pk: 100},
            person=office.editor,
        )
    assert not Target.objects.exists()


def test_nonsense_in_the_address_shows_this_year(page: Client) -> None:
    response = page.get(reverse("targets"), {"year": "zwei", "measure": "x", "per": "y"})
    assert response.status_code == 200
