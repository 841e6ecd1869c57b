"""保密复审 after 保密审查 on both roads, switched off; the first common reasons."""

from django.db import migrations

TASK = "保密复审"
AFTER = "保密审查"
REASONS = {
    "sign": [
        "数据有误，请核实",
        "情况不全，请补充",
        "文字需要修改",
        "标题与内容不符",
        "此事暂不宜报送",
    ],
    "screen": [
        "数据前后不一致，请核实",
        "缺少时间、地点、单位等要素，请补充",
        "内容空泛，请补充具体做法和成效",
        "篇幅过长，请压缩",
        "已有同类信息，请补充新情况",
        "属常规工作，参考价值不大",
        "时效已过",
    ],
    "clear": [
        "含不宜公开的工作内容，请删改",
        "含个人信息，请隐去",
        "引用了内部文件，请删改或说明依据",
        "涉及敏感问题，请核实口径",
    ],
    "recheck": [
        "含不宜公开的工作内容，请删改",
        "含个人信息，请隐去",
        "初审意见依据不足，请重新审查",
    ],
    "issue": ["标题需要修改", "内容需要核实", "条目次序需要调整", "报送范围需要调整"],
}


def add(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Group = apps.get_model("auth", "Group")
    WorkflowTask = apps.get_model("wagtailcore", "WorkflowTask")
    CommonReason = apps.get_model("review", "CommonReason")
    content_type, _made = ContentType.objects.get_or_create(app_label="review", model="rechecktask")
    task = apps.get_model("review", "RecheckTask").objects.create(
        name=TASK, content_type=content_type, active=False
    )
    task.groups.add(Group.objects.get(name="保密审查员"))
    for before in WorkflowTask.objects.filter(task__name=AFTER):
        later = WorkflowTask.objects.filter(
            workflow_id=before.workflow_id, sort_order__gt=before.sort_order
        )
        for row in later:
            row.sort_order += 1
            row.save(update_fields=["sort_order"])
        WorkflowTask.objects.create(
            workflow_id=before.workflow_id,
            task_id=task.task_ptr_id,
            sort_order=before.sort_order + 1,
        )
    CommonReason.objects.bulk_create(
        CommonReason(step=step, text=text, order=n * 10)
        for step, texts in REASONS.items()
        for n, text in enumerate(texts, start=1)
    )
    apps.get_model("review", "ReviewSettings").objects.create(pk=1)


def remove(apps, schema_editor):
    apps.get_model("review", "RecheckTask").objects.filter(name=TASK).delete()
    apps.get_model("review", "CommonReason").objects.all().delete()
    apps.get_model("review", "ReviewSettings").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0003_second_level_and_queue"),
        ("units", "0002_roles"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [migrations.RunPython(add, remove)]
