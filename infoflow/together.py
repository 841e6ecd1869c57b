"""One migration operation that makes many tables.

Django renders every related model again after each operation, and everything here is related to
the people's accounts: a room of twenty tables took five seconds, most of the first start. These
operations change the state first, then render once and make each table as it is in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

Part = CreateModel | AddField | AddIndex | AddConstraint


class Together(Operation):
    """New models with the fields, indexes and constraints that are added to them afterwards."""

    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Part]) -> None:
        """Take what makemigrations wrote.

        Raises:
            ValueError: an operation that changes a table of before; it has to stand by itself.
        """
        self.operations = list(operations)
        self.made = [part.name for part in self.operations if isinstance(part, CreateModel)]
        known = {name.lower() for name in self.made}
        for part in self.operations:
            if not isinstance(part, CreateModel) and part.model_name.lower() not in known:
                raise ValueError(f"{part.model_name} is not made here")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [], {"operations": self.operations}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered anew when somebody asks
        for part in self.operations:
            part.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for name in self.made:
            model = to_state.apps.get_model(app_label, name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for name in reversed(self.made):
            model = from_state.apps.get_model(app_label, name)
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def describe(self) -> str:
        return f"Create models {', '.join(self.made)}"
