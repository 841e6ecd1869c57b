"""The shelf for our own bulletins, the road of issues, and what editors may do there."""

import uuid

from django.db import migrations


def permission(apps, app_label, model, codename, name):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    content_type, _made = ContentType.objects.get_or_create(app_label=app_label, model=model)
    found, _made = Permission.objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return found


def add_shelf(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Group = apps.get_model("auth", "Group")
    Page = apps.get_model("wagtailcore", "Page")
    Workflow = apps.get_model("wagtailcore", "Workflow")
    home = Page.objects.get(path="00010001")
    shelf = apps.get_model("bulletins", "ShelfPage").objects.create(
        title="刊物架",
        draft_title="刊物架",
        slug="bulletins",
        content_type=ContentType.objects.get_or_create(app_label="bulletins", model="shelfpage")[0],
        path="000100010002",
        depth=3,
        numchild=0,
        url_path="/home/bulletins/",
        translation_key=uuid.uuid4(),
        live=True,
        has_unpublished_changes=False,
        locale=home.locale,
    )
    Page.objects.filter(pk=home.pk).update(numchild=2)
    apps.get_model("wagtailcore", "WorkflowPage").objects.create(
        page_id=shelf.pk, workflow=Workflow.objects.get(name="期刊签发")
    )
    editors = Group.objects.get(name="编辑")
    for codename in ("add_page", "change_page"):
        apps.get_model("wagtailcore", "GroupPagePermission").objects.create(
            group=editors,
            page_id=shelf.pk,
            permission=permission(apps, "wagtailcore", "page", codename, codename),
        )
    for role in ("编辑", "计分员"):
        for verb in ("add", "change", "view"):
            Group.objects.get(name=role).permissions.add(
                permission(
                    apps, "bulletins", "bulletin", f"{verb}_bulletin", f"Can {verb} bulletin"
                )
            )


def remove_shelf(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    apps.get_model("wagtailcore", "GroupPagePermission").objects.filter(
        page__path__startswith="000100010002"
    ).delete()
    apps.get_model("wagtailcore", "WorkflowPage").objects.filter(
        page__path__startswith="000100010002"
    ).delete()
    Page.objects.filter(path__startswith="000100010002").delete()
    Page.objects.filter(path="00010001").update(numchild=1)


class Migration(migrations.Migration):
    dependencies = [
        ("bulletins", "0001_initial"),
        ("items", "0002_library"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [migrations.RunPython(add_shelf, remove_shelf)]
