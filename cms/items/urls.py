from django.urls import path

from . import (
    views_acts,
    views_autosave,
    views_check,
    views_detail,
    views_files,
    views_list,
    views_sheet,
    views_welcome,
    views_write,
)

urlpatterns = [
    path("items/", views_list.item_list, name="item_list"),
    path("items/new/", views_write.item_new, name="item_new"),
    path("items/import/", views_files.item_import, name="item_import"),
    path("items/signing/", views_list.signing_list, name="item_signing"),
    path("items/joint/", views_list.joint_list, name="item_joint_list"),
    path("items/autosave/", views_autosave.item_autosave, name="item_autosave"),
    path("items/autosave/drop/", views_autosave.autosave_drop, name="item_autosave_drop"),
    path("items/<row:pk>/", views_detail.item_detail, name="item_detail"),
    path("items/<row:pk>/edit/", views_write.item_edit, name="item_edit"),
    path("items/<row:pk>/attachments/", views_files.item_attachments, name="item_attachments"),
    path(
        "items/<row:pk>/attachments/<row:file>/",
        views_files.item_attachment,
        name="item_attachment",
    ),
    path(
        "items/<row:pk>/attachments/<row:file>/remove/",
        views_files.item_attachment_remove,
        name="item_attachment_remove",
    ),
    path("items/<row:pk>/autosave/", views_autosave.item_autosave, name="item_autosave"),
    path("items/<row:pk>/check/", views_check.item_check, name="item_check"),
    path("items/<row:pk>/submit/", views_acts.item_submit, name="item_submit"),
    path("items/<row:pk>/withdraw/", views_acts.item_withdraw, name="item_withdraw"),
    path("items/<row:pk>/copy/", views_acts.item_copy, name="item_copy"),
    path("items/<row:pk>/delete/", views_acts.item_delete, name="item_delete"),
    path("items/<row:pk>/sheet/", views_sheet.item_sheet, name="item_sheet"),
    path("items/<row:pk>/sign/", views_acts.item_sign, name="item_sign"),
    path("items/<row:pk>/joint/", views_acts.item_joint, name="item_joint"),
    path("welcome/<row:pk>/close/", views_welcome.welcome_close, name="welcome_close"),
]
