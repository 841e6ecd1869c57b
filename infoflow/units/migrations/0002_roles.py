"""The eleven roles as groups, with the rights that lie in this room."""

from django.db import migrations

ROLES = [
    "信息员",
    "审签人",
    "编辑",
    "保密审查员",
    "签发人",
    "值班员",
    "计分员",
    "领导(阅览)",
    "系统管理员",
    "安全管理员",
    "审计员",
]
IN_ADMIN = ["编辑", "保密审查员", "签发人", "计分员", "系统管理员", "安全管理员", "审计员"]
# Not "user": Wagtail's own pages of users would open, and they pass by our actions.
SYSTEM_ADMIN_MODELS = ["unit", "unitgroup", "groupmembership", "officer", "signatory"]


def permission(apps, app_label, model, codename, name):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    content_type, _made = ContentType.objects.get_or_create(app_label=app_label, model=model)
    found, _made = Permission.objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": name}
    )
    return found


def add_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    groups = {name: Group.objects.get_or_create(name=name)[0] for name in ROLES}
    access = permission(apps, "wagtailadmin", "admin", "access_admin", "Can access Wagtail admin")
    for name in IN_ADMIN:
        groups[name].permissions.add(access)
    for model in SYSTEM_ADMIN_MODELS:
        for verb in ("add", "change", "view"):
            groups["系统管理员"].permissions.add(
                permission(apps, "units", model, f"{verb}_{model}", f"Can {verb} {model}")
            )
    # Wagtail's own groups hold `publish`; nobody here does.
    Group.objects.filter(name__in=["Moderators", "Editors"]).delete()


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("units", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        # Those that give rights to Wagtail's own groups run before these are removed.
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
        # Each migration renders all that is related to accounts; these come while that is little.
        ("axes", "0010_accessattemptexpiration"),
        (
            "modelsearch",
            "0004_rename_modelsear_autocom_476c89_gin_modelsearch_autocom_ea8581_gin_and_more",
        ),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
    ]
    operations = [migrations.RunPython(add_roles, remove_roles)]
