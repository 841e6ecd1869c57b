"""What a scorer decided where the document is silent."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schemes", "0002_scorers"),
    ]

    operations = [
        migrations.AddField(
            model_name="scheme",
            name="note",
            field=models.TextField(
                blank=True,
                help_text="文件没有写明、由计分员认定的事项，例如同一稿件多次批示怎么计",
                max_length=1000,
                validators=[django.core.validators.MaxLengthValidator(1000)],
                verbose_name="说明",
            ),
        ),
    ]
