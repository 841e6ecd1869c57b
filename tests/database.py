"""The test database: migrated once for all workers of a run, and put back after a test.

Migrating takes as long as some hundred tests: the first worker does it, each works on a copy,
with all rows, triggers and indexes.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cms.review import gate

# Schemas of PostgreSQL that keep rows: what the migrations left, what tests that commit stand on.
MIGRATED = "kept_for_tests"
GROUND = "kept_ground"


def name_of(creation: Any) -> str:
    """Return what the test database is called before workers add their names to it."""
    return str(creation._get_test_db_name())


def _made(run: str) -> Path:
    """Return the file that says that this run's template stands."""
    Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)
    return Path(settings.VAR_DIR) / f"template-{run}"


@contextmanager
def _alone(run: str) -> Iterator[None]:
    with _made(run).with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def share(patch: pytest.MonkeyPatch, run: str, worker: str) -> None:
    """Let this worker's test database be a copy of the one that the first worker migrates."""
    connection = connections[DEFAULT_DB_ALIAS]
    creation = connection.creation
    migrate, template = creation.create_test_db, name_of(creation)

    def create(**options: Any) -> str:
        with _alone(run):
            if not _made(run).exists():
                migrate(**options)
                connection.close()
                _made(run).touch()
            connection.settings_dict["NAME"] = template
            creation.clone_test_db(worker, verbosity=0, autoclobber=True)
        name = creation.get_test_db_clone_settings(worker)["NAME"]
        settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"] = name
        connection.settings_dict["NAME"] = name
        connection.ensure_connection()
        return str(name)

    patch.setattr(creation, "create_test_db", create)


def prepare(run: str) -> None:
    """Migrate the template of a run before its workers ask for it; they wait for the lock."""
    connection = connections[DEFAULT_DB_ALIAS]
    with _alone(run):
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
        _made(run).touch()


def remove(run: str) -> None:
    """Remove the template after the run; only the process that started the workers does."""
    if _made(run).exists():
        connection = connections[DEFAULT_DB_ALIAS]
        creation = connection.creation
        before = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = name_of(creation)
        creation.destroy_test_db(before, verbosity=0)
    for path in (_made(run), _made(run).with_suffix(".lock")):
        path.unlink(missing_ok=True)


def keep(connection: BaseDatabaseWrapper, name: str = MIGRATED) -> Callable[[], None]:
    """Remember all rows; return what puts them back, and the triggers with them.

    Args:
        name: where a server keeps them; what was kept under this name before is gone.
    """
    put_back = (
        _keep_sqlite(connection) if connection.vendor == "sqlite" else _keep_rows(connection, name)
    )

    def again() -> None:
        assert not connection.in_atomic_block, "a wider fixture holds a transaction open"
        ContentType.objects.clear_cache()
        put_back()

    return again


def _keep_sqlite(connection: BaseDatabaseWrapper) -> Callable[[], None]:
    """Keep the whole database in memory: its pages are written over the file's."""
    connection.ensure_connection()
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    connection.connection.backup(kept)

    def put_back() -> None:
        connection.ensure_connection()
        kept.backup(connection.connection)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    return put_back


def _keep_rows(connection: BaseDatabaseWrapper, name: str) -> Callable[[], None]:
    """Keep the rows in a schema of their own. A superuser, as `bin/test` has one, puts them back
    past triggers and foreign keys; for others the keys are looked at when all is back."""
    tables = [
        connection.ops.quote_name(table)
        for table in connection.introspection.django_table_names(only_existing=True)
    ]
    with connection.cursor() as cursor:
        full = []
        for table in tables:
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
            full += [table] if cursor.fetchone()[0] else []
        copies = "".join(f"CREATE TABLE {name}.{t} AS TABLE {t};" for t in full)
        cursor.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name}; {copies}")
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (superuser,) = cursor.fetchone()
    again = "".join(f"DELETE FROM {table};" for table in tables)
    again += "".join(f"INSERT INTO {table} SELECT * FROM {name}.{table};" for table in full)

    def put_back() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            if superuser:
                cursor.execute(f"SET LOCAL session_replication_role = replica; {again}")
            else:
                gate.remove()
                cursor.execute(f"{again} SET CONSTRAINTS ALL IMMEDIATE")
            if gate.missing_triggers():
                gate.install()

    return put_back
