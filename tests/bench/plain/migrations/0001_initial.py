import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("wagtailcore", "0098_apitoken")]
    operations = [
        migrations.CreateModel(
            name="PlainReport",
            fields=[
                (
                    "page_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="wagtailcore.page",
                    ),
                ),
                ("form", models.CharField(default="news", max_length=20)),
                ("body", models.TextField(blank=True)),
                ("contact", models.CharField(blank=True, max_length=60)),
            ],
            bases=("wagtailcore.page",),
        )
    ]
