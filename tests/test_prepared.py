"""Prepared reads give what the ORM gives."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from infoflow.prepared import PreparedRead
from infoflow.units.models import Unit
from tests import builders

pytestmark = pytest.mark.django_db

COLUMNS = ("pk", "name", "active_from")
READ = PreparedRead(
    lambda ids, day: (
        Unit.objects.filter(pk__in=ids)
        .filter(active_from__lte=day)
        .order_by("pk")
        .values_list(*COLUMNS)
    )
)
DAY = date(2026, 3, 5)


def test_rows_are_those_of_the_orm_for_any_number_of_values() -> None:
    units = [builders.unit() for _n in range(4)]
    Unit.objects.filter(pk__in=[unit.pk for unit in units[:3]]).update(active_from=DAY)
    for number in (1, 2, 4, 2, 1):
        ids = [unit.pk for unit in units[:number]]
        wanted = Unit.objects.filter(pk__in=ids, active_from__lte=DAY).order_by("pk")
        found = list(READ.rows(Unit, ids, DAY))
        assert found == list(wanted.values_list(*COLUMNS))
        assert len(found) == min(number, 3)


def test_a_value_named_twice_gives_its_rows_once() -> None:
    one, two = builders.unit(), builders.unit()
    Unit.objects.filter(pk__in=[one.pk, two.pk]).update(active_from=DAY)
    for ids in ([one.pk, one.pk, two.pk], [one.pk, two.pk], [two.pk, one.pk, one.pk]):
        assert [row[0] for row in READ.rows(Unit, ids, date.max)] == [one.pk, two.pk]


def test_an_empty_list_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert list(READ.rows(Unit, [], DAY)) == []


def test_values_in_another_order_are_refused() -> None:
    turned = PreparedRead(
        lambda day, ids: (
            Unit.objects.filter(pk__in=ids).filter(active_from__lte=day).values_list("pk")
        )
    )
    with pytest.raises(ValueError, match="order of its filters"):
        list(turned.rows(Unit, DAY, [1]))
