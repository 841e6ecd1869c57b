"""Indexes that only begin another one are given up: each new line had two to write for nothing.

A line is found by `one_line_per_unit` (fact, unit) and `line_for_scoring` (unit, happened).
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("adoptions", "0003_town_level"),
    ]

    operations = [
        migrations.AlterField(
            model_name="factline",
            name="fact",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="adoptions.fact",
            ),
        ),
        migrations.AlterField(
            model_name="factline",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="fact_lines",
                to="units.unit",
            ),
        ),
    ]
