from django.db import migrations

# PostgreSQL would compress the text: unpacking it takes longer than all else of fetching it. A
# snapshot that was stored before stays compressed and is read all the same.
STORAGE = "ALTER TABLE closings_closing ALTER COLUMN snapshot SET STORAGE {}"


def stored_as(kind):
    def store(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(STORAGE.format(kind))

    return store


class Migration(migrations.Migration):
    dependencies = [("closings", "0001_initial")]

    operations = [migrations.RunPython(stored_as("EXTERNAL"), stored_as("EXTENDED"))]
