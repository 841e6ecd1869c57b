"""Tables that are made together are those that the operations would make one by one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from infoflow.together import Together

pytestmark = pytest.mark.django_db(transaction=True)

KEY = {"id": models.BigAutoField(primary_key=True)}


def operations() -> list[Any]:
    """Two tables that point at one another; field, index and constraint come afterwards."""
    return [
        migrations.CreateModel("Basket", [*KEY.items(), ("name", models.CharField(max_length=9))]),
        migrations.CreateModel(
            "Egg",
            [
                *KEY.items(),
                ("size", models.IntegerField()),
                ("basket", models.ForeignKey("units.basket", models.CASCADE)),
            ],
            options={"indexes": [models.Index(fields=["size"], name="egg_size")]},
        ),
        migrations.AddField("basket", "best", models.ForeignKey("units.egg", models.CASCADE)),
        migrations.AddIndex("basket", models.Index(fields=["name"], name="basket_name")),
        migrations.AddConstraint(
            "egg", models.CheckConstraint(condition=models.Q(size__gt=0), name="egg_has_size")
        ),
    ]


def described(table: str) -> tuple[list[Any], dict[str, Any]]:
    """Return a table's columns and constraints without the names that Django invents."""
    with connection.cursor() as cursor:
        columns = [
            (column.name, column.type_code, column.null_ok)
            for column in connection.introspection.get_table_description(cursor, table)
        ]
        constraints = connection.introspection.get_constraints(cursor, table)
    return columns, {
        name if name.startswith(("egg_", "basket_")) else str(sorted(found["columns"])): found
        for name, found in constraints.items()
    }


def made(parts: list[Any]) -> list[Any]:
    """Return what stands after these operations; they are taken back."""
    states = [ProjectState()]
    with connection.schema_editor() as editor:
        for part in parts:
            states.append(states[-1].clone())
            part.state_forwards("units", states[-1])
            part.database_forwards("units", editor, *states[-2:])
    found = [described("units_basket"), described("units_egg"), states[-1]]
    with connection.schema_editor() as editor:
        for part in reversed(parts):
            part.database_backwards("units", editor, states.pop(), states[-1])
    assert not {"units_basket", "units_egg"} & set(connection.introspection.table_names())
    return found


def test_the_tables_are_those_of_single_operations() -> None:
    assert made([Together(operations())]) == made(operations())


def test_a_table_of_before_is_changed_by_itself() -> None:
    with pytest.raises(ValueError, match="unit is not made here"):
        Together([migrations.AddIndex("unit", models.Index(fields=["name"], name="unit_name"))])
