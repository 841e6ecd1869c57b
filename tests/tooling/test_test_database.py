"""After a transactional test the database is again as the migrations left it."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from wagtail.models import Page, Site, Task, Workflow

from cms.items.models import LibraryPage
from cms.review import gate
from cms.review.models import Decision
from infoflow.units.models import Unit
from infoflow.units.roles import Role
from tests import builders


def assert_as_migrated() -> None:
    assert gate.missing_triggers() == []
    assert set(Role.values) <= set(Group.objects.values_list("name", flat=True))
    assert Task.objects.count() == 5
    assert Workflow.objects.filter(active=True).count() == 2
    assert Site.objects.get().root_page.slug == "home"
    assert LibraryPage.objects.get().get_children().count() == 0
    assert Page.objects.count() == 4
    assert not Unit.objects.exists()
    assert not Decision.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_transactional_test_leaves_nothing_behind(turn: int) -> None:
    """Each turn begins from the migrations' rows, then fills append-only tables; its triggers
    are gone at the end."""
    assert_as_migrated()
    builders.Office().pooled()
    assert Decision.objects.exists()
    gate.remove()


@pytest.mark.django_db(transaction=True)
def test_append_only_rows_stand_within_a_transactional_test() -> None:
    builders.Office().signed()
    table = Decision._meta.db_table
    before = Decision.objects.count()
    with (
        pytest.raises(IntegrityError, match=gate.APPEND_MARK),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {table}")
    assert Decision.objects.count() == before > 0


def test_an_ordinary_test_finds_everything(db: None) -> None:
    assert_as_migrated()


def test_calls_of_race_db_meet(race_db) -> None:
    """Both calls see the other one's start: they ran at the same time, on own connections."""
    seen = threading.Barrier(2)
    connections_used = race_db(
        lambda: (seen.wait(timeout=10), connection.cursor().db.connection)[1],
        lambda: (seen.wait(timeout=10), connection.cursor().db.connection)[1],
    )
    first, second = connections_used
    assert first is not second


def test_race_db_hands_back_exceptions(race_db) -> None:
    value, error = race_db(lambda: 1, lambda: 1 / 0)
    assert value == 1
    assert isinstance(error, ZeroDivisionError)
