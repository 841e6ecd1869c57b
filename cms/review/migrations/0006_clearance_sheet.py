import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0005_decision_measures"),
    ]

    operations = [
        migrations.CreateModel(
            name="ClearanceSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checklist", models.JSONField(default=list, verbose_name="审查要点")),
                (
                    "attribute",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("open", "主动公开"),
                            ("request", "依申请公开"),
                            ("closed", "不予公开"),
                        ],
                        max_length=10,
                        verbose_name="公开属性",
                    ),
                ),
                (
                    "attribute_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="属性理由"),
                ),
                ("opinion", models.CharField(blank=True, max_length=500, verbose_name="审查意见")),
                ("lifted", models.JSONField(default=list, verbose_name="解除的提示")),
                ("carrier", models.CharField(blank=True, max_length=60, verbose_name="载体")),
                ("channel", models.CharField(blank=True, max_length=60, verbose_name="发布渠道")),
                ("audience", models.CharField(blank=True, max_length=60, verbose_name="知悉范围")),
                (
                    "decision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sheet",
                        to="review.decision",
                        verbose_name="审核意见",
                    ),
                ),
            ],
            options={
                "verbose_name": "保密审查表",
                "verbose_name_plural": "保密审查表",
            },
        ),
    ]
