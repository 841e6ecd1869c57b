"""Days of SQLite: as Django reads them, each once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.utils.dateparse import parse_date

from infoflow.days import day_of
from infoflow.units.models import Unit
from tests import builders


@pytest.mark.parametrize("text", ["2026-03-05", "1949-10-01", "9999-12-31", "2026-3-5", "", "无"])
def test_as_django_reads_them(text: str) -> None:
    assert day_of(text.encode()) == parse_date(text)


def test_a_day_that_no_calendar_has_stays_an_error() -> None:
    for _twice in range(2):
        with pytest.raises(ValueError, match="day"):
            day_of(b"2026-02-30")


@pytest.mark.sqlite_only
@pytest.mark.django_db
def test_the_database_gives_the_same_day_again() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite")
    day = date(2031, 7, 9)
    units = [builders.unit() for _n in range(2)]
    Unit.objects.filter(pk__in=[unit.pk for unit in units]).update(active_from=day)
    stored = Unit.objects.filter(active_from=day)
    first, second = stored.values_list("active_from", flat=True)
    assert first == day
    assert first is second
