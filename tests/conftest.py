"""Fixtures common to all tests."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import TransactionTestCase
from hypothesis import settings
from pytest_django.plugin import DjangoDbBlocker

from cms.review import gate
from tests import builders

# Playwright keeps an event loop in the test's thread; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# A loaded machine is no fault of a property; only what it asserts counts.
settings.register_profile("infoflow", deadline=None)
settings.load_profile("infoflow")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what never touches a database: SQLite's run has covered it."""
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        return
    database = {"db", "transactional_db"}
    without = [
        item
        for item in items
        if item.get_closest_marker("django_db") is None
        and database.isdisjoint(getattr(item, "fixturenames", ()))
    ]
    config.hook.pytest_deselected(items=without)
    left_out = set(without)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture
def office(db: None) -> builders.Office:
    """One unit with its people and the office's people."""
    return builders.Office()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a transactional test put back what the migrations made: rows and triggers.

    Django empties every table then. The append-only triggers refuse that, and the roles,
    workflows and root pages would be gone for every later test. Covers `transaction=True`,
    `transactional_db`, `live_server` and `race_db` alike, without a mark to remember.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    with django_db_blocker.unblock():
        rows = json.loads(connection.creation.serialize_db_to_string())
    # Content types first: building a page or a task asks for its content type and would
    # make a new one, with a wrong id, where the row is still missing.
    rows.sort(key=lambda row: row["model"] != "contenttypes.contenttype")
    kept = json.dumps(rows)

    def refill(case: TransactionTestCase) -> None:
        gate.remove()
        ContentType.objects.clear_cache()
        call_command(
            "flush",
            verbosity=0,
            interactive=False,
            reset_sequences=False,
            inhibit_post_migrate=True,
        )
        connection.creation.deserialize_db_from_string(kept)
        gate.install()

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", refill)
    yield
    patch.undo()


@pytest.fixture
def race_db(transactional_db: None) -> Callable[..., list[Any]]:
    """Return `together(*calls)`: runs calls at the same moment, each on its own connection.

    It returns each call's value, or the exception that it raised, in the order given.
    """

    def together(*calls: Callable[[], Any]) -> list[Any]:
        outcomes: list[Any] = [None] * len(calls)
        barrier = threading.Barrier(len(calls))

        def run(place: int, call: Callable[[], Any]) -> None:
            try:
                barrier.wait(timeout=30)
                outcomes[place] = call()
            except Exception as error:  # noqa: BLE001 - the test looks at it
                outcomes[place] = error
            finally:
                connections.close_all()

        threads = [
            threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        assert not any(thread.is_alive() for thread in threads), "a call never came back"
        return outcomes

    return together


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the system's Chromium; root needs --no-sandbox."""
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("Chromium is not installed")
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": found, "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """The browser of a clerk: Chinese, in China's time zone."""
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
