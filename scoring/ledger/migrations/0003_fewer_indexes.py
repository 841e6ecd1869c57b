"""Two indexes that each new entry had to write for nothing are given up.

Entries of a unit are found by `entry_unit_date` and `entry_unit_earned`; nobody looks for the
beginning of a key, for which a unique field has an index of its own on PostgreSQL.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_rescoring"),
    ]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="ledger_entries",
                to="units.unit",
                verbose_name="单位",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="key",
            field=models.CharField(editable=False, max_length=160),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("key",), name="entry_booked_once"),
        ),
    ]
