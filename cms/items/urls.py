from django.urls import path

from . import views

urlpatterns = [
    path("items/", views.item_list, name="item_list"),
    path("items/new/", views.item_new, name="item_new"),
    path("items/signing/", views.signing_list, name="item_signing"),
    path("items/<row:pk>/", views.item_detail, name="item_detail"),
    path("items/<row:pk>/edit/", views.item_edit, name="item_edit"),
    path("items/<row:pk>/submit/", views.item_submit, name="item_submit"),
    path("items/<row:pk>/withdraw/", views.item_withdraw, name="item_withdraw"),
    path("items/<row:pk>/sign/", views.item_sign, name="item_sign"),
]
