"""The two roads: items 单位审签 → 编辑初审 → 保密审查; issues 保密审查 → 签发."""

from django.db import migrations

TASKS = [
    ("signtask", "SignTask", "单位审签", "审签人"),
    ("screentask", "ScreenTask", "编辑初审", "编辑"),
    ("cleartask", "ClearTask", "保密审查", "保密审查员"),
    ("issuetask", "IssueTask", "签发", "签发人"),
]
WORKFLOWS = {
    "稿件审核": ["单位审签", "编辑初审", "保密审查"],
    "期刊签发": ["保密审查", "签发"],
}


def add_workflows(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Group = apps.get_model("auth", "Group")
    Task = apps.get_model("wagtailcore", "Task")
    Workflow = apps.get_model("wagtailcore", "Workflow")
    WorkflowTask = apps.get_model("wagtailcore", "WorkflowTask")
    # Wagtail's example approves and publishes in one step.
    Workflow.objects.filter(name="Moderators approval").delete()
    Task.objects.filter(name="Moderators approval").delete()
    tasks = {}
    for model, class_name, name, role in TASKS:
        content_type, _made = ContentType.objects.get_or_create(app_label="review", model=model)
        task = apps.get_model("review", class_name).objects.create(
            name=name, content_type=content_type, active=True
        )
        task.groups.add(Group.objects.get(name=role))
        tasks[name] = task
    for name, steps in WORKFLOWS.items():
        workflow = Workflow.objects.create(name=name, active=True)
        for order, step in enumerate(steps):
            WorkflowTask.objects.create(
                workflow=workflow, task_id=tasks[step].task_ptr_id, sort_order=order
            )


def remove_workflows(apps, schema_editor):
    apps.get_model("wagtailcore", "Workflow").objects.filter(name__in=WORKFLOWS).delete()
    for _model, class_name, name, _role in TASKS:
        apps.get_model("review", class_name).objects.filter(name=name).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0001_initial"),
        ("units", "0002_roles"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [migrations.RunPython(add_workflows, remove_workflows)]
