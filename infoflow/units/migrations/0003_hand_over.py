"""交接, sessions that can be ended, posts that end at a moment."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from infoflow.together import Together


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0002_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalofficer",
            name="ended_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="移交时间"),
        ),
        migrations.AddField(
            model_name="historicalofficer",
            name="welcomed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="historicalsignatory",
            name="ended_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="移交时间"),
        ),
        migrations.AddField(
            model_name="officer",
            name="ended_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="移交时间"),
        ),
        migrations.AddField(
            model_name="officer",
            name="welcomed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="signatory",
            name="ended_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="移交时间"),
        ),
        migrations.AddField(
            model_name="user",
            name="session_round",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        Together(
            [
                migrations.CreateModel(
                    name="HandOver",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[("信息员", "信息员"), ("审签人", "审签人")],
                                max_length=10,
                                verbose_name="职务",
                            ),
                        ),
                        ("note", models.TextField(blank=True, max_length=500, verbose_name="说明")),
                        (
                            "appointed",
                            models.BooleanField(default=False, verbose_name="接手人由此任职"),
                        ),
                        (
                            "account_closed",
                            models.BooleanField(default=False, verbose_name="移交人账号停用"),
                        ),
                        (
                            "at",
                            models.DateTimeField(
                                default=django.utils.timezone.now, verbose_name="时间"
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="经办人",
                            ),
                        ),
                        (
                            "leaver",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="handed_over",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="移交人",
                            ),
                        ),
                        (
                            "successor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="taken_over",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="接手人",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="handovers",
                                to="units.unit",
                                verbose_name="单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "交接",
                        "verbose_name_plural": "交接",
                        "ordering": ["-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="HandOverLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("kind", models.CharField(max_length=30, verbose_name="种类代码")),
                        ("label", models.CharField(max_length=50, verbose_name="种类")),
                        ("moved", models.BooleanField(default=True, verbose_name="已移交")),
                        ("count", models.PositiveIntegerField(verbose_name="件数")),
                        ("object_ids", models.JSONField(default=list, verbose_name="编号")),
                        (
                            "hand_over",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="units.handover",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "交接内容",
                        "verbose_name_plural": "交接内容",
                        "ordering": ["pk"],
                    },
                ),
            ]
        ),
    ]
