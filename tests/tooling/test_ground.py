"""Tests share what they stand on, and none sees what another did to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from cms.items.models import ItemPage
from infoflow.units.models import Unit
from tests import builders
from tests.ground import GROUND, grounded

pytestmark = pytest.mark.sqlite_only


@grounded
def desk(office: builders.Office) -> tuple[builders.Office, ItemPage]:
    """An office and one draft of it."""
    return office, office.draft()


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_what_a_test_does_is_gone_for_the_next(office: builders.Office, turn: int) -> None:
    names = [office.unit.name, *Unit.objects.values_list("name", flat=True)]
    assert len(names) == 2
    assert names[0] == names[1] != "改名单位"
    assert not ItemPage.objects.exists()
    office.submitted()
    office.unit.name = "改名单位"
    office.unit.save()
    builders.unit()


@pytest.mark.parametrize("turn", [1, 2])
def test_one_object_stays_one_object(office: builders.Office, desk: Any, turn: int) -> None:
    same, item = desk
    assert same is office
    assert item.latest_revision.user == office.officer
    assert ItemPage.objects.get() == item
    item.delete()


def test_a_layer_stands_under_the_tests_own_transaction(office: builders.Office) -> None:
    held = len(GROUND.layers)
    assert len(connection.savepoint_ids) >= held  # the outermost is no savepoint
    assert held == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_commits_is_gone_and_the_ground_stays(
    office: builders.Office, turn: int
) -> None:
    assert not connection.in_atomic_block
    assert Unit.objects.get().name == office.unit.name != "改名单位"
    assert not ItemPage.objects.exists()
    office.submitted()
    Unit.objects.update(name="改名单位")


@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_finds_no_ground_but_its_own() -> None:
    assert GROUND.layers == []
    assert not connection.in_atomic_block
    assert not Unit.objects.exists()
