"""Home page, library and the road of items, in place of Wagtail's welcome page."""

import uuid

from django.db import migrations


def add_library(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    Workflow = apps.get_model("wagtailcore", "Workflow")
    WorkflowPage = apps.get_model("wagtailcore", "WorkflowPage")
    HomePage = apps.get_model("items", "HomePage")
    LibraryPage = apps.get_model("items", "LibraryPage")

    def content_type(model):
        return ContentType.objects.get_or_create(app_label="items", model=model)[0]

    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()
    WorkflowPage.objects.all().delete()
    common = {
        "live": True,
        "has_unpublished_changes": False,
        "locale": Locale.objects.get(),
    }
    home = HomePage.objects.create(
        title="政务信息",
        draft_title="政务信息",
        slug="home",
        content_type=content_type("homepage"),
        path="00010001",
        depth=2,
        numchild=1,
        url_path="/home/",
        translation_key=uuid.uuid4(),
        **common,
    )
    library = LibraryPage.objects.create(
        title="稿件库",
        draft_title="稿件库",
        slug="items",
        content_type=content_type("librarypage"),
        path="000100010001",
        depth=3,
        numchild=0,
        url_path="/home/items/",
        translation_key=uuid.uuid4(),
        **common,
    )
    Page.objects.filter(depth=1).update(numchild=1)
    Site.objects.create(
        hostname="localhost",
        port=80,
        site_name="政务信息报送系统",
        root_page_id=home.pk,
        is_default_site=True,
    )
    WorkflowPage.objects.create(page_id=library.pk, workflow=Workflow.objects.get(name="稿件审核"))


def remove_library(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    apps.get_model("wagtailcore", "Site").objects.all().delete()
    apps.get_model("wagtailcore", "WorkflowPage").objects.filter(
        page__path__startswith="00010001"
    ).delete()
    Page.objects.filter(path__startswith="00010001").delete()
    Page.objects.filter(depth=1).update(numchild=0)


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0001_initial"),
        # Not the second alone: the later ones cost more with every table that stands already.
        ("review", "0009_deadline_by_the_calendar"),
        ("units", "0004_one_name_field"),
        ("wagtailcore", "0098_apitoken"),
    ]
    operations = [migrations.RunPython(add_library, remove_library)]
