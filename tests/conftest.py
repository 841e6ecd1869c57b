"""Fixtures common to all tests."""

from __future__ import annotations

import gc
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import TransactionTestCase
from hypothesis import settings
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from tests import builders, database
from tests.ground import GROUND, grounded
from tests.properties import examples

# Playwright keeps an event loop in the test's thread; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# A loaded machine is no fault of a property; only what it asserts counts.
settings.register_profile("infoflow", examples(50), deadline=None)
settings.load_profile("infoflow")

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


# Marks of tests that run once, on SQLite; and fixtures that lead to a database.
ONCE = frozenset({"browser", "screens", "slow_matrix", "sqlite_only"})
DATABASE = frozenset({"db", "transactional_db"})


# What takes longest begins first, so that two workers end together.
LONGEST = ("security", "e2e")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what SQLite's run has covered: tests that touch no database, and
    those that ask it nothing of its own. docs/architecture.md says which stay."""
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        return
    once = [item for item in items if _runs_once(item)]
    config.hook.pytest_deselected(items=once)
    left_out = set(once)
    items[:] = [item for item in items if item not in left_out]


def _runs_once(item: pytest.Item) -> bool:
    touches = item.get_closest_marker("django_db") is not None or not DATABASE.isdisjoint(
        getattr(item, "fixturenames", ())
    )
    return not touches or any(mark.name in ONCE for mark in item.iter_markers())


RUN = pytest.StashKey[str]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Remember the name of the run that workers are started for."""
    node.config.stash[RUN] = node.workerinput["testrunuid"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the database that the workers copied."""
    if run := session.config.stash.get(RUN, ""):
        with session.config.stash[blocking_manager_key].unblock():
            database.remove(run)


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix(
    request: pytest.FixtureRequest, django_db_keepdb: bool
) -> Iterator[None]:
    """Give each worker a database of its own: a copy, unless it is to be kept."""
    worker = getattr(request.config, "workerinput", None)
    with pytest.MonkeyPatch.context() as patch:
        if worker is not None and django_db_keepdb:
            connection = connections[DEFAULT_DB_ALIAS]
            name = f"{database.name_of(connection.creation)}_{worker['workerid']}"
            patch.setitem(connection.settings_dict["TEST"], "NAME", name)
        elif worker is not None:
            database.share(patch, worker["testrunuid"], worker["workerid"])
        yield


@grounded
def office() -> builders.Office:
    """One unit with its people and the office's people."""
    return builders.Office()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lay the ground before pytest-django opens the test's own transaction."""
    GROUND.prepare(item)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """After a transactional test put back what the migrations made: rows and triggers.

    Django empties every table then. The append-only triggers refuse that, and the roles,
    workflows and root pages would be gone for every later test. Covers `transaction=True`,
    `transactional_db`, `live_server` and `race_db` alike, without a mark to remember.
    """
    with django_db_blocker.unblock():
        GROUND.migrated = database.keep(connections[DEFAULT_DB_ALIAS])

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: GROUND.put_back())
    # What migrating left behind is swept once, what stays is not looked at again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 25, 100)
    GROUND.ready = True
    yield
    GROUND.ready = False
    with django_db_blocker.unblock():
        GROUND.take_away()
    patch.undo()


@pytest.fixture(scope="session")
def browser(browser: Browser, django_db_blocker: DjangoDbBlocker) -> Iterator[Browser]:
    """As long as it runs, its event loop gives this thread a database connection of its own:
    what stands on that connection is taken away while it is still there."""
    yield browser
    with django_db_blocker.unblock():
        GROUND.take_away()


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
