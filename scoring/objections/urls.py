from django.urls import path

from . import views

urlpatterns = [
    path("objections/", views.objection_list, name="objections"),
    path("objections/new/<row:entry_id>/", views.objection_new, name="objection_new"),
    path("objections/<row:pk>/", views.objection_page, name="objection"),
]
