"""Our backend for SQLite: days are read once each; triggers outlive the remaking of a table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, models
from django.db.backends.sqlite3 import base as django_base
from django.test.utils import isolate_apps
from django.utils.dateparse import parse_date

from infoflow.sqlite import base
from infoflow.sqlite.base import day_of
from infoflow.units.models import Unit
from tests import builders

pytestmark = pytest.mark.sqlite_only


@pytest.mark.parametrize("text", ["2026-03-05", "1949-10-01", "9999-12-31", "2026-3-5", "", "无"])
def test_as_django_reads_them(text: str) -> None:
    assert day_of(text.encode()) == parse_date(text)


def test_a_day_that_no_calendar_has_stays_an_error() -> None:
    for _twice in range(2):
        with pytest.raises(ValueError, match="day"):
            day_of(b"2026-02-30")


@pytest.mark.django_db
def test_the_database_gives_the_same_day_again() -> None:
    day = date(2031, 7, 9)
    units = [builders.unit() for _n in range(2)]
    Unit.objects.filter(pk__in=[unit.pk for unit in units]).update(active_from=day)
    first, second = Unit.objects.filter(active_from=day).values_list("active_from", flat=True)
    assert first == day
    assert first is second


# --- triggers ---------------------------------------------------------------------------------

TRIGGERS = """
CREATE TRIGGER fact_stays BEFORE UPDATE ON units_fact BEGIN SELECT RAISE(ABORT, 'stays'); END;
CREATE TRIGGER line_counts AFTER INSERT ON units_line BEGIN
 INSERT INTO counted SELECT f.note FROM units_fact f WHERE f.id = NEW.fact_id; END;
CREATE TRIGGER others AFTER INSERT ON counted BEGIN SELECT 1; END;
"""


def filled(backend: Any) -> Iterator[tuple[Any, type[models.Model]]]:
    """Yield a database of its own with a fact, a line and triggers; and the model of facts."""
    own = backend.DatabaseWrapper({**connection.settings_dict, "NAME": ":memory:"}, "own")
    connections["own"] = own
    with isolate_apps("infoflow.units"):

        class Fact(models.Model):
            note = models.CharField(max_length=10)

            class Meta:
                app_label = "units"

        class Line(models.Model):
            fact = models.ForeignKey(Fact, on_delete=models.CASCADE)

            class Meta:
                app_label = "units"

        with own.schema_editor() as editor:
            editor.create_model(Fact)
            editor.create_model(Line)
        own.connection.executescript(f"CREATE TABLE counted (note text); {TRIGGERS}")
        with own.cursor() as cursor:
            cursor.execute("INSERT INTO units_fact (id, note) VALUES (1, '甲')")
            cursor.execute("INSERT INTO units_line (fact_id) VALUES (1)")
        try:
            yield own, Fact
        finally:
            own.close()
            del connections["own"]


def alter(own: Any, fact: Any) -> None:
    wider = models.CharField(max_length=20)
    wider.set_attributes_from_name("note")
    wider.model = fact
    with own.schema_editor() as editor:
        editor.alter_field(fact, fact._meta.get_field("note"), wider)


def asked(own: Any, sql: str) -> list[tuple[Any, ...]]:
    with own.cursor() as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(sql).fetchall()
    return found


@pytest.mark.django_db
def test_triggers_outlive_a_changed_column() -> None:
    for own, fact in filled(base):
        kept = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        before = asked(own, kept)
        alter(own, fact)
        assert asked(own, kept) == before
        assert len(before) == 3
        assert (
            "varchar(20)"
            in asked(own, "SELECT sql FROM sqlite_master WHERE name = 'units_fact'")[0][0]
        )
        asked(own, "INSERT INTO units_line (fact_id) VALUES (1)")
        assert asked(own, "SELECT note FROM counted") == [("甲",), ("甲",)]
        with pytest.raises(DatabaseError, match="stays"):
            asked(own, "UPDATE units_fact SET note = '乙'")


@pytest.mark.django_db
def test_a_failed_change_leaves_the_triggers(monkeypatch: pytest.MonkeyPatch) -> None:
    for own, fact in filled(base):
        before = asked(own, "SELECT name FROM sqlite_master ORDER BY name")
        monkeypatch.setattr(own, "check_constraints", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            alter(own, fact)
        assert asked(own, "SELECT name FROM sqlite_master ORDER BY name") == before


@pytest.mark.django_db
def test_django_alone_still_needs_this() -> None:
    """Red when Django has learned it: then infoflow/sqlite/schema.py can go."""
    for own, fact in filled(django_base):
        with pytest.raises(DatabaseError):
            alter(own, fact)
