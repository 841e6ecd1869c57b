"""The triggers that keep the tallies, what they are made of, and their check.

On SQLite triggers for each row, on PostgreSQL for each statement. Both append tokens
(rules.py) and add points, in the transaction that writes facts or entries; so nothing that
writes there has to know of tallies. Rows of both tables are only ever added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import AdoptionForm, FactKind
from scoring.ledger.models import Entry

from . import rules
from .models import MONTHS, Tally

TALLY, FACT = Tally._meta.db_table, Fact._meta.db_table
LINE, ENTRY = FactLine._meta.db_table, Entry._meta.db_table
TRIGGERS = {"tallies_count": LINE, "tallies_add": ENTRY}


def _columns(letter: str) -> list[str]:
    return [f"{letter}{month:02}" for month in MONTHS]


TOKENS, POINTS, DEDUCTED = _columns("t"), _columns("p"), _columns("d")

# What a line counts as; NULL for what no table counts.
CODE = f"""CASE n.kind
 WHEN '{FactKind.SUBMISSION.value}' THEN '{rules.SUBMITTED}'
 WHEN '{FactKind.FORWARDING.value}' THEN '{rules.FORWARDED}'
 WHEN '{FactKind.ADOPTION.value}' THEN CASE WHEN f.form = '{AdoptionForm.MERGED.value}'
  OR f.genre = 'line' THEN '{rules.MERGED}' ELSE '{rules.ALONE}' END || n.bulletin_id
 WHEN '{FactKind.INSTRUCTION.value}' THEN '{rules.INSTRUCTED}' || COALESCE(f.level, 0)
 WHEN '{FactKind.COMMISSION.value}' THEN '{rules.COMMISSIONED}' || f.mark
 END"""
# Points taken from a unit, and what gives such points back.
DEDUCTION = (
    "(n.hundredths < 0 AND n.reverses_id IS NULL OR n.hundredths > 0 AND n.reverses_id IS NOT NULL)"
)
SIGN = "CASE WHEN n.reverses_id IS NULL THEN '+' ELSE '-' END"


class _Sql:
    """The words in which the two databases differ."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.postgres = connection.vendor == "postgresql"

    def part_of(self, day: str, part: str) -> str:
        """Return the year or month of a day as a number."""
        if self.postgres:
            return f"EXTRACT({part} FROM {day})::int"
        start = {"year": "1, 4", "month": "6, 2"}[part]
        return f"CAST(substr({day}, {start}) AS INTEGER)"

    def joined(self, text: str, where: str) -> str:
        """Return the aggregate that writes texts one behind the other."""
        name = "string_agg" if self.postgres else "group_concat"
        return f"COALESCE({name}({text}, '') FILTER (WHERE {where}), '')"

    @property
    def day(self) -> str:
        """The entry's day as ISO text."""
        return "to_char(n.date, 'YYYY-MM-DD')" if self.postgres else "n.date"

    @property
    def newline(self) -> str:
        return "chr(10)" if self.postgres else "char(10)"

    def counted(self, source: str) -> str:
        """Return the SELECT of rows for TALLY (unit, year, tokens) from lines."""
        inner = (
            f"SELECT n.unit_id, {self.part_of('n.date', 'year')} AS y,"  # noqa: S608
            f" {self.part_of('n.date', 'month')} AS m, {CODE} AS code, SUM(n.quantity) AS q"
            f" FROM {source} n JOIN {FACT} f ON f.id = n.fact_id"
            f" GROUP BY 1, 2, 3, 4 HAVING SUM(n.quantity) <> 0"
        )
        token = "code || CASE WHEN q = 1 THEN '' ELSE '*' || q END || ' '"  # noqa: S105
        months = ", ".join(self.joined(token, f"m = {month}") for month in MONTHS)
        return (
            f"SELECT unit_id, y, {months} FROM ({inner}) x"  # noqa: S608
            f" WHERE code IS NOT NULL GROUP BY unit_id, y ORDER BY unit_id, y"
        )

    def added(self, source: str) -> str:
        """Return the SELECT of rows for TALLY (unit, year, points, deducted, flags)."""
        month = self.part_of("n.date", "month")
        sums = [f"SUM(CASE WHEN {month} = {m} THEN n.hundredths ELSE 0 END)" for m in MONTHS]
        gone = [
            f"SUM(CASE WHEN {month} = {m} AND {DEDUCTION} THEN n.hundredths ELSE 0 END)"
            for m in MONTHS
        ]
        flags = self.joined(f"{self.day} || {SIGN} || n.flag || {self.newline}", "n.flag <> ''")
        return (
            f"SELECT n.unit_id, {self.part_of('n.date', 'year')} AS y, {', '.join(sums)},"  # noqa: S608
            f" {', '.join(gone)}, {flags} FROM {source} n GROUP BY 1, 2 ORDER BY 1, 2"
        )


def _put(columns: Iterable[str], select: str) -> str:
    """Return the statement that adds the rows of a SELECT to the tallies."""
    columns = list(columns)
    changes = [
        f"{name} = {TALLY}.{name} {'+' if name in POINTS + DEDUCTED else '||'} excluded.{name}"
        for name in columns
    ]
    return (
        f"INSERT INTO {TALLY} (unit_id, year, {', '.join(columns)}) {select}"
        f" ON CONFLICT (year, unit_id) DO UPDATE SET {', '.join(changes)}"
    )


def _count(select: str) -> str:
    return _put(TOKENS, select)


def _add(select: str) -> str:
    return _put([*POINTS, *DEDUCTED, "flags"], select)


def _sqlite_triggers(sql: _Sql) -> dict[str, str]:
    """Return trigger → body. One for each month, so that a row touches one month's columns:
    all twelve in one statement took four times as long."""
    token = f"{CODE} || CASE WHEN n.quantity = 1 THEN '' ELSE '*' || n.quantity END || ' '"
    flag = f"CASE WHEN n.flag = '' THEN '' ELSE n.date || {SIGN} || n.flag || char(10) END"
    year = sql.part_of("n.date", "year")
    triggers = {}
    for month in MONTHS:
        m = f"{month:02}"
        counted = (
            f"SELECT n.unit_id, {year}, {token} FROM {FACT} f"  # noqa: S608
            f" WHERE f.id = n.fact_id AND {CODE} IS NOT NULL"
        )
        added = (
            f"SELECT n.unit_id, {year}, n.hundredths,"
            f" CASE WHEN {DEDUCTION} THEN n.hundredths ELSE 0 END, {flag} WHERE true"
        )
        for name, body in (
            ("tallies_count", _put([f"t{m}"], counted)),
            ("tallies_add", _put([f"p{m}", f"d{m}", "flags"], added)),
        ):
            body = f"WHEN substr(n.date, 6, 2) = '{m}' BEGIN {body}; END"
            triggers[f"{name}_{m}"] = f"AFTER INSERT ON {TRIGGERS[name]} {_of_new(body)}"
    return triggers


def _of_new(statement: str) -> str:
    """Return a statement about rows "n" as one about a trigger's new row."""
    return re.sub(r"\bn\.", "NEW.", statement)


def _postgres_bodies(sql: _Sql) -> dict[str, str]:
    bodies = {
        "tallies_count": _count(sql.counted("new_rows")),
        "tallies_add": _add(sql.added("new_rows")),
    }
    return {name: f"BEGIN {body}; RETURN NULL; END" for name, body in bodies.items()}


def _ready(connection: BaseDatabaseWrapper) -> bool:
    return {TALLY, FACT, LINE, ENTRY} <= set(connection.introspection.table_names())


def missing(using: str = "default") -> list[str]:
    """Return the triggers that should stand as they are here and do not; empty before migrate."""
    connection = connections[using]
    if not _ready(connection):
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT t.tgname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
                " JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal"
                " AND t.tgenabled <> 'D' AND pg_table_is_visible(c.oid)"
            )
            wanted = _postgres_bodies(_Sql(connection))
            standing = dict(cursor.fetchall())
        else:
            triggers = _sqlite_triggers(_Sql(connection))
            wanted = {name: f"CREATE TRIGGER {name} {body}" for name, body in triggers.items()}
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            standing = dict(cursor.fetchall())
    return [name for name, body in wanted.items() if standing.get(name) != body]


def install(using: str = "default") -> None:
    """Create triggers that are missing or outdated, and then count everything anew: rows may
    have come while they were away. Safe to repeat; nothing before the tables exist."""
    lacking = missing(using)
    if not lacking:
        return
    connection = connections[using]
    sql = _Sql(connection)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name in lacking:
            if sql.postgres:
                _create_on_postgres(cursor, name, _postgres_bodies(sql)[name])
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(f"CREATE TRIGGER {name} {_sqlite_triggers(sql)[name]}")
        rebuild(using)


def _create_on_postgres(cursor: CursorWrapper, name: str, body: str) -> None:
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $body${body}$body$"
    )
    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {TRIGGERS[name]}")
    cursor.execute(
        f"CREATE TRIGGER {name} AFTER INSERT ON {TRIGGERS[name]} REFERENCING NEW TABLE AS"
        f" new_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def rebuild(using: str = "default") -> None:
    """Count everything anew from lines and entries; nobody writes there meanwhile."""
    connection = connections[using]
    sql = _Sql(connection)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if sql.postgres:
            cursor.execute(f"LOCK TABLE {LINE}, {ENTRY} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(f"DELETE FROM {TALLY}")  # noqa: S608
        cursor.execute(_count(sql.counted(LINE)))
        cursor.execute(_add(sql.added(ENTRY)))


Row = tuple[Any, ...]


def _normal(rows: Iterable[Row]) -> dict[tuple[int, int], Row]:
    """Return tallies in one form, by unit and year; what is zero throughout is left out."""
    found: dict[tuple[int, int], Row] = {}
    for unit, year, *values in rows:
        tokens, numbers, flags = values[:12], values[12:36], values[36]
        row = (
            *(rules.normal(text) for text in tokens),
            *(int(number) for number in numbers),
            rules.normal_flags(flags.split("\n")[:-1]),
        )
        if any(row):
            found[unit, year] = row
    return found


def faults(using: str = "default") -> list[tuple[int, int]]:
    """Return (unit, year) of the tallies that do not say what lines and entries say."""
    connection = connections[using]
    sql = _Sql(connection)
    columns = [*TOKENS, *POINTS, *DEDUCTED, "flags"]
    empty: dict[str, Any] = dict.fromkeys(columns, "")
    empty.update(dict.fromkeys([*POINTS, *DEDUCTED], 0))
    truth: dict[tuple[int, int], dict[str, Any]] = {}
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(f"SELECT unit_id, year, {', '.join(columns)} FROM {TALLY}")  # noqa: S608
        kept = _normal(cursor.fetchall())
        for select, names in (
            (sql.counted(LINE), TOKENS),
            (sql.added(ENTRY), [*POINTS, *DEDUCTED, "flags"]),
        ):
            cursor.execute(select)
            for unit, year, *values in cursor.fetchall():
                row = truth.setdefault((unit, year), dict(empty))
                row.update(zip(names, values, strict=True))
    true = _normal((*place, *(row[name] for name in columns)) for place, row in truth.items())
    return sorted(place for place in {*kept, *true} if kept.get(place, ()) != true.get(place, ()))
