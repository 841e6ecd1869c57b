"""The gate: no page of a gated type is live without a clearance of its live revision.

Layers, outermost first: nobody holds `publish`; `GatedPage.publish` looks for the clearance;
a trigger in the database refuses `live` without one, whatever path was taken. The trigger
cannot see text, so whatever shows a text compares its digest as well (`is_readable`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from wagtail.models import Page, Revision

from .models import AppendOnly, Clearance, Decision, GatedPage, Seal
from .rules import Step, Verdict

# The database's refusals carry this text; the middleware recognises it.
GATE_MARK = "infoflow-gate"
APPEND_MARK = "infoflow-append-only"
CLOSED_MARK = "infoflow-closed-period"
PAGE_TRIGGERS = ("infoflow_gate_insert", "infoflow_gate_update")


class NotCleared(Exception):
    """A text was about to go live without a clearance of exactly this text."""


def gated_models() -> list[type[GatedPage]]:
    """Return every page model behind the gate."""
    return [model for model in apps.get_models() if issubclass(model, GatedPage)]


def append_only_tables() -> list[str]:
    """Return the tables whose rows are never changed or deleted.

    A room below this one cannot derive from `AppendOnly`; its model says `only_grows`.
    """
    return sorted(
        m._meta.db_table
        for m in apps.get_models()
        if issubclass(m, AppendOnly) or getattr(m, "only_grows", False)
    )


def sealed_tables() -> dict[str, Seal]:
    """Return table → the periods that are closed to new rows of it."""
    return {
        m._meta.db_table: m.sealed_by
        for m in apps.get_models()
        if issubclass(m, AppendOnly) and m.sealed_by is not None
    }


def clearance_of(page: GatedPage, revision: Revision | None) -> Clearance | None:
    """Return the clearance of exactly the text in a revision, or None."""
    if revision is None:
        return None
    found: Clearance | None = Clearance.objects.filter(
        page_id=page.pk, revision_id=revision.pk, digest=page.digest_of(revision)
    ).first()
    return found


def broken_pages() -> Iterator[GatedPage]:
    """Yield every live gated page whose text is not exactly what was cleared."""
    for model in gated_models():
        for page in model._default_manager.filter(live=True).order_by("pk").iterator():
            if not page.is_readable():
                yield page


def _of_type(models: Iterable[type[GatedPage]]) -> str:
    """Return the SQL condition "the new row is of one of these page types"."""
    types = " OR ".join(
        f"(ct.app_label = '{model._meta.app_label}' AND ct.model = '{model._meta.model_name}')"
        for model in models
    )
    return (  # all names come from the models' Meta
        f"EXISTS (SELECT 1 FROM django_content_type ct"  # noqa: S608
        f" WHERE ct.id = NEW.content_type_id AND ({types}))"
    )


def _condition() -> str:
    """Return the SQL condition under which a row of the page table is refused."""
    cleared = (
        f"EXISTS (SELECT 1 FROM {Clearance._meta.db_table} c"  # noqa: S608
        f" WHERE c.page_id = NEW.id AND c.revision_id = NEW.live_revision_id)"
    )
    signed = (
        f"EXISTS (SELECT 1 FROM {Decision._meta.db_table} d"  # noqa: S608
        f" WHERE d.page_id = NEW.id AND d.revision_id = NEW.live_revision_id"
        f" AND d.step = '{Step.ISSUE.value}' AND d.verdict = '{Verdict.PASS.value}')"
    )
    condition = f"({_of_type(gated_models())} AND NOT {cleared})"
    needing_signature = [model for model in gated_models() if model.needs_signature]
    if needing_signature:
        condition += f" OR ({_of_type(needing_signature)} AND NOT {signed})"
    return f"NEW.live AND ({condition})"


def _closed(seal: Seal) -> str:
    """Return the SQL condition under which a new row of a table with closed periods is refused.

    Closed periods never overlap: the last that begins before the day decides, by one look
    into an index.
    """
    return (  # all names come from the models' Meta
        f'(SELECT c."{seal.end}" FROM {seal.table} c WHERE c."{seal.start}" <= NEW."{seal.day}"'  # noqa: S608
        f' ORDER BY c."{seal.start}" DESC LIMIT 1) >= NEW."{seal.day}"'
    )


def _sqlite_statements() -> dict[str, str]:
    page = Page._meta.db_table
    refuse = f"BEGIN SELECT RAISE(ABORT, '{GATE_MARK}'); END"
    statements = {
        PAGE_TRIGGERS[0]: f"BEFORE INSERT ON {page} WHEN {_condition()} {refuse}",
        PAGE_TRIGGERS[1]: (
            f"BEFORE UPDATE OF live, live_revision_id, content_type_id ON {page}"
            f" WHEN {_condition()} {refuse}"
        ),
    }
    for table in append_only_tables():
        for event in ("UPDATE", "DELETE"):
            statements[f"{table}_no_{event.lower()}"] = (
                f"BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{APPEND_MARK}'); END"
            )
    for table, seal in sealed_tables().items():
        statements[f"{table}_closed"] = (
            f"BEFORE INSERT ON {table} WHEN {_closed(seal)}"
            f" BEGIN SELECT RAISE(ABORT, '{CLOSED_MARK}'); END"
        )
    return statements


def _postgres_statements() -> dict[str, tuple[str, str, str]]:
    """Return trigger → (table, when, function body)."""
    page = Page._meta.db_table
    gate = (
        f"BEGIN IF {_condition()} THEN RAISE EXCEPTION '{GATE_MARK}'"
        f" USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END"
    )
    frozen = f"BEGIN RAISE EXCEPTION '{APPEND_MARK}' USING ERRCODE = 'check_violation'; END"
    statements = {
        PAGE_TRIGGERS[0]: (page, "BEFORE INSERT", gate),
        PAGE_TRIGGERS[1]: (
            page,
            "BEFORE UPDATE OF live, live_revision_id, content_type_id",
            gate,
        ),
    }
    for table in append_only_tables():
        for event in ("UPDATE", "DELETE"):
            name = f"{table}_no_{event.lower()}"
            statements[name] = (table, f"BEFORE {event}", frozen)
    for table, seal in sealed_tables().items():
        body = (
            f"BEGIN IF {_closed(seal)} THEN RAISE EXCEPTION '{CLOSED_MARK}'"
            f" USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END"
        )
        statements[f"{table}_closed"] = (table, "BEFORE INSERT", body)
    return statements


def _ready(connection: BaseDatabaseWrapper) -> bool:
    tables = set(connection.introspection.table_names())
    wanted = {Page._meta.db_table, *append_only_tables()}
    return wanted <= tables


def install(using: str = "default") -> bool:
    """Create every trigger that is missing or outdated; safe to repeat.

    Returns:
        False when the tables do not exist yet (in the middle of a first migrate).
    """
    connection = connections[using]
    if not _ready(connection):
        return False
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name, body in _sqlite_statements().items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(f"CREATE TRIGGER {name} {body}")
        else:
            for name, (table, when, body) in _postgres_statements().items():
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger"
                    f" LANGUAGE plpgsql AS $body$ {body} $body$"
                )
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                cursor.execute(
                    f"CREATE TRIGGER {name} {when} ON {table}"
                    f" FOR EACH ROW EXECUTE FUNCTION {name}()"
                )
    return True


def remove(using: str = "default") -> None:
    """Drop every trigger of the gate (reverse migration; a test's clean-up)."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in _sqlite_statements():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            for name, (table, _when, _body) in _postgres_statements().items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")


def missing_triggers(using: str = "default") -> list[str]:
    """Return the names of triggers that should stand and do not; empty before migrate."""
    connection = connections[using]
    if not _ready(connection):
        return []
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            wanted = _sqlite_statements()
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            present = dict(cursor.fetchall())
            return [
                name
                for name, body in wanted.items()
                if present.get(name) != f"CREATE TRIGGER {name} {body}"
            ]
        cursor.execute(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'"
            " AND pg_table_is_visible(c.oid)"
        )
        names = {row[0] for row in cursor.fetchall()}
    return [name for name in _postgres_statements() if name not in names]
