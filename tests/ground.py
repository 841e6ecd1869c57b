"""What tests stand on, built once for those that follow one another.

A grounded fixture fills the database through the real actions, like any other. It is built in a
transaction around the test's own and stays for the next test that asks for it:
each test gets its own copies of the objects, and what it wrote itself is taken back as ever.
For tests that commit it is committed and kept as a copy (`tests/database.py`), which is put back
after each of them. Those of tests/security build anew: their `world` holds such a transaction
for the whole package.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import blocking_manager_key

from tests import database

Build = Callable[..., Any]

_builders: dict[Any, Build] = {}


@dataclass
class Layer:
    """One fixture's rows, and the objects that stand for them."""

    build: Build
    held: transaction.Atomic | None  # the open transaction; none when the rows are committed
    value: Any


class Ground:
    """The layers that stand now, lowest first."""

    def __init__(self) -> None:
        self.ready = False  # there is a test database
        self.layers: list[Layer] = []
        self.committed = False
        self.migrated: Callable[[], None]  # puts back what the migrations left
        self.kept: Callable[[], None]  # puts back the committed layers
        self.copies: dict[int, Any] = {}

    def prepare(self, item: pytest.Item) -> None:
        """Before a test: take away what it does not stand on, lay what is missing."""
        wanted = chain(item) if self.ready else []
        committed = commits(item)
        kept = 0
        if committed == self.committed:
            pairs = zip(self.layers, wanted, strict=False)
            while kept < min(len(self.layers), len(wanted)) and _same(next(pairs)):
                kept += 1
        self.copies = {}
        if kept == len(self.layers) == len(wanted):
            return
        with item.config.stash[blocking_manager_key].unblock():
            self.take_away(0 if committed else kept)
            self.committed = committed
            for build in wanted[len(self.layers) :]:
                self._lay(build)
            if committed and wanted:
                self.kept = database.keep(connection, database.GROUND)

    def _lay(self, build: Build) -> None:
        below = {layer.build.__name__: layer.value for layer in self.layers}
        if self.committed:
            self.layers.append(Layer(build, None, build(**{n: below[n] for n in needs(build)})))
            return
        held = transaction.atomic()
        held.__enter__()
        try:
            value = build(**{name: below[name] for name in needs(build)})
        except BaseException:
            transaction.set_rollback(True)
            held.__exit__(None, None, None)
            raise
        self.layers.append(Layer(build, held, value))

    def take_away(self, kept: int = 0) -> None:
        """Take back all layers but the lowest `kept`."""
        if self.committed and self.layers:
            self.layers.clear()
            self.migrated()
        while len(self.layers) > kept:
            layer = self.layers.pop()
            assert layer.held is not None
            transaction.set_rollback(True)
            layer.held.__exit__(None, None, None)

    def put_back(self) -> None:
        """After a test that has committed: leave what the next one stands on, nothing else."""
        (self.kept if self.committed and self.layers else self.migrated)()

    def copy_of(self, build: Build) -> Any:
        """Return this test's own copy of what a fixture gave; one object stays one object."""
        value = next(layer.value for layer in self.layers if layer.build is build)
        return copy.deepcopy(value, self.copies)

    def holds(self, build: Build) -> bool:
        """Tell whether a fixture's rows stand."""
        return any(layer.build is build for layer in self.layers)


GROUND = Ground()


def _same(pair: tuple[Layer, Build]) -> bool:
    return pair[0].build is pair[1]


def needs(build: Build) -> list[str]:
    """Return the names of the grounded fixtures that one stands on."""
    return list(inspect.signature(build).parameters)


def commits(item: pytest.Item) -> bool:
    """Tell whether a test works without a transaction around it."""
    mark = item.get_closest_marker("django_db")
    return "transactional_db" in getattr(item, "fixturenames", ()) or (
        mark is not None and bool(mark.kwargs.get("transaction"))
    )


def chain(item: pytest.Item) -> list[Build]:
    """Return what builds the ground of a test, lowest first; nothing when it stands on none."""
    if item.path.parent.name == "security":
        return []
    names = set(getattr(item, "fixturenames", ()))
    known = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]
    found: list[Build] = []

    def add(name: str) -> None:
        build = _builders.get(known[name][-1].func) if name in known else None
        if build is not None and build not in found:
            for below in needs(build):
                add(below)
            found.append(build)

    # What most tests stand on lies lowest: it stays when the next test wants something else.
    for name in sorted(names, key=lambda name: (name != "office", name)):
        add(name)
    return found


def grounded(build: Build) -> Any:
    """Make a fixture of a function that writes rows and takes nothing but grounded fixtures."""

    def fixture(request: pytest.FixtureRequest, db: None, **below: Any) -> Any:
        return GROUND.copy_of(build) if GROUND.holds(build) else build(**below)

    names = ["request", "db", *needs(build)]
    kind = inspect.Parameter.KEYWORD_ONLY
    fixture.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, kind) for name in names]
    )
    fixture.__doc__ = build.__doc__
    _builders[fixture] = build
    return pytest.fixture(name=build.__name__)(fixture)
