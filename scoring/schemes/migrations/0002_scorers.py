"""Scorers write and publish schemes; editors read them. Nobody deletes one."""

from django.db import migrations

RIGHTS = {"计分员": ("add", "change", "publish", "view"), "编辑": ("view",)}


def add_rights(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    content_type, _made = ContentType.objects.get_or_create(app_label="schemes", model="scheme")
    for name, verbs in RIGHTS.items():
        for verb in verbs:
            permission, _made = Permission.objects.get_or_create(
                content_type=content_type,
                codename=f"{verb}_scheme",
                defaults={"name": f"Can {verb} 计分办法"},
            )
            Group.objects.get(name=name).permissions.add(permission)


def remove_rights(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    rights = Permission.objects.filter(
        content_type__app_label="schemes", content_type__model="scheme"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.remove(*rights)


class Migration(migrations.Migration):
    dependencies = [
        ("schemes", "0001_initial"),
        ("units", "0002_roles"),
    ]
    operations = [migrations.RunPython(add_rights, remove_rights)]
