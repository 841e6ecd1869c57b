import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from infoflow.together import Together


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("review", "0002_workflows"),
        ("units", "0002_roles"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        migrations.swappable_dependency(settings.WAGTAIL_PAGE_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "screen_days",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="编辑初审（工作日）",
                    ),
                ),
                (
                    "clear_days",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="保密审查（工作日）",
                    ),
                ),
                (
                    "recheck_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="保密复审（工作日）",
                    ),
                ),
                (
                    "issue_days",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="签发（工作日）",
                    ),
                ),
                (
                    "id_mask",
                    models.CharField(
                        choices=[
                            ("birth", "隐去出生日期和顺序码（110101**********）"),
                            ("middle", "保留首尾（1****************2）"),
                        ],
                        default="birth",
                        max_length=10,
                        verbose_name="身份证号遮盖方式",
                    ),
                ),
            ],
            options={
                "verbose_name": "审核设置",
                "verbose_name_plural": "审核设置",
            },
        ),
        migrations.AddField(
            model_name="decision",
            name="cause",
            field=models.CharField(blank=True, max_length=100, verbose_name="事由"),
        ),
        migrations.AddField(
            model_name="decision",
            name="findings",
            field=models.JSONField(blank=True, default=list, verbose_name="检查结果"),
        ),
        migrations.AddField(
            model_name="decision",
            name="resume",
            field=models.CharField(
                blank=True,
                choices=[("all", "重新逐环节办理"), ("back", "直接回到退回的环节")],
                max_length=4,
                verbose_name="改好之后",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="to_step",
            field=models.CharField(
                blank=True,
                choices=[
                    ("submit", "报送"),
                    ("sign", "单位审签"),
                    ("screen", "编辑初审"),
                    ("clear", "保密审查"),
                    ("recheck", "保密复审"),
                    ("issue", "签发"),
                ],
                max_length=10,
                verbose_name="退回到",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="step",
            field=models.CharField(
                choices=[
                    ("submit", "报送"),
                    ("sign", "单位审签"),
                    ("screen", "编辑初审"),
                    ("clear", "保密审查"),
                    ("recheck", "保密复审"),
                    ("issue", "签发"),
                ],
                max_length=10,
                verbose_name="环节",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="verdict",
            field=models.CharField(
                choices=[
                    ("submit", "提交"),
                    ("pass", "通过"),
                    ("return", "退改"),
                    ("close", "不采用"),
                    ("refuse", "保密审查不通过"),
                    ("withdraw", "撤回"),
                    ("reopen", "恢复办理"),
                ],
                max_length=10,
                verbose_name="意见",
            ),
        ),
        Together(
            [
                migrations.CreateModel(
                    name="CommonReason",
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
                            "step",
                            models.CharField(
                                choices=[
                                    ("submit", "报送"),
                                    ("sign", "单位审签"),
                                    ("screen", "编辑初审"),
                                    ("clear", "保密审查"),
                                    ("recheck", "保密复审"),
                                    ("issue", "签发"),
                                ],
                                max_length=10,
                                verbose_name="环节",
                            ),
                        ),
                        ("text", models.CharField(max_length=100, verbose_name="理由")),
                        ("order", models.PositiveIntegerField(default=100, verbose_name="排序")),
                        ("active", models.BooleanField(default=True, verbose_name="在用")),
                    ],
                    options={
                        "verbose_name": "常用理由",
                        "verbose_name_plural": "常用理由",
                        "ordering": ["step", "order", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("step", "text"),
                                name="one_reason_per_step",
                                violation_error_message="该环节已有这条理由。",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalCommonReason",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "step",
                            models.CharField(
                                choices=[
                                    ("submit", "报送"),
                                    ("sign", "单位审签"),
                                    ("screen", "编辑初审"),
                                    ("clear", "保密审查"),
                                    ("recheck", "保密复审"),
                                    ("issue", "签发"),
                                ],
                                max_length=10,
                                verbose_name="环节",
                            ),
                        ),
                        ("text", models.CharField(max_length=100, verbose_name="理由")),
                        ("order", models.PositiveIntegerField(default=100, verbose_name="排序")),
                        ("active", models.BooleanField(default=True, verbose_name="在用")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 常用理由",
                        "verbose_name_plural": "historical 常用理由",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalReviewSettings",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        (
                            "screen_days",
                            models.PositiveSmallIntegerField(
                                default=2,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                                verbose_name="编辑初审（工作日）",
                            ),
                        ),
                        (
                            "clear_days",
                            models.PositiveSmallIntegerField(
                                default=5,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                                verbose_name="保密审查（工作日）",
                            ),
                        ),
                        (
                            "recheck_days",
                            models.PositiveSmallIntegerField(
                                default=3,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                                verbose_name="保密复审（工作日）",
                            ),
                        ),
                        (
                            "issue_days",
                            models.PositiveSmallIntegerField(
                                default=2,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(60),
                                ],
                                verbose_name="签发（工作日）",
                            ),
                        ),
                        (
                            "id_mask",
                            models.CharField(
                                choices=[
                                    ("birth", "隐去出生日期和顺序码（110101**********）"),
                                    ("middle", "保留首尾（1****************2）"),
                                ],
                                default="birth",
                                max_length=10,
                                verbose_name="身份证号遮盖方式",
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        ("history_change_reason", models.CharField(max_length=100, null=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")],
                                max_length=1,
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical 审核设置",
                        "verbose_name_plural": "historical 审核设置",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="RecheckTask",
                    fields=[
                        (
                            "task_ptr",
                            models.OneToOneField(
                                auto_created=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                parent_link=True,
                                primary_key=True,
                                serialize=False,
                                to="wagtailcore.task",
                            ),
                        ),
                        (
                            "groups",
                            models.ManyToManyField(
                                help_text="Pages/snippets at this step in a workflow will be moderated or approved by these groups of users",
                                to="auth.group",
                                verbose_name="groups",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "保密复审",
                        "verbose_name_plural": "保密复审",
                    },
                    bases=("wagtailcore.task",),
                ),
                migrations.CreateModel(
                    name="OpenTask",
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
                            "step",
                            models.CharField(
                                choices=[
                                    ("submit", "报送"),
                                    ("sign", "单位审签"),
                                    ("screen", "编辑初审"),
                                    ("clear", "保密审查"),
                                    ("recheck", "保密复审"),
                                    ("issue", "签发"),
                                ],
                                max_length=10,
                                verbose_name="环节",
                            ),
                        ),
                        ("form", models.CharField(blank=True, max_length=20, verbose_name="形式")),
                        (
                            "since",
                            models.DateTimeField(
                                default=django.utils.timezone.now, verbose_name="到达时间"
                            ),
                        ),
                        ("due_at", models.DateTimeField(null=True, verbose_name="办理期限")),
                        (
                            "due_note",
                            models.CharField(blank=True, max_length=200, verbose_name="期限依据"),
                        ),
                        ("urgent", models.BooleanField(default=False, verbose_name="急件")),
                        (
                            "kinds",
                            models.CharField(blank=True, max_length=40, verbose_name="检查结果"),
                        ),
                        ("returned", models.BooleanField(default=False, verbose_name="退改后重报")),
                        ("claimed_at", models.DateTimeField(null=True, verbose_name="认领时间")),
                        (
                            "claimed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="认领人",
                            ),
                        ),
                        (
                            "page",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="open_tasks",
                                to=settings.WAGTAIL_PAGE_MODEL,
                                verbose_name="稿件",
                            ),
                        ),
                        (
                            "task_state",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="open_task",
                                to="wagtailcore.taskstate",
                                verbose_name="待办",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="open_tasks",
                                to="units.unit",
                                verbose_name="报送单位",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "待办",
                        "verbose_name_plural": "待办",
                        "ordering": ["since", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["step", "-urgent", "since"], name="open_step_since"
                            ),
                            models.Index(fields=["step", "unit", "since"], name="open_step_unit"),
                            models.Index(fields=["step", "due_at"], name="open_step_due"),
                        ],
                    },
                ),
            ]
        ),
    ]
