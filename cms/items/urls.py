from django.urls import path

from . import views_detail, views_list, views_write

urlpatterns = [
    path("items/", views_list.item_list, name="item_list"),
    path("items/new/", views_write.item_new, name="item_new"),
    path("items/signing/", views_list.signing_list, name="item_signing"),
    path("items/<row:pk>/", views_detail.item_detail, name="item_detail"),
    path("items/<row:pk>/edit/", views_write.item_edit, name="item_edit"),
    path("items/<row:pk>/submit/", views_detail.item_submit, name="item_submit"),
    path("items/<row:pk>/withdraw/", views_detail.item_withdraw, name="item_withdraw"),
    path("items/<row:pk>/sign/", views_detail.item_sign, name="item_sign"),
]
