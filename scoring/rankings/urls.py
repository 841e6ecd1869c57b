from django.urls import path

from . import views, views_export

urlpatterns = [
    path("ranking/", views.ranking_page, name="ranking"),
    path("ranking/export/", views_export.ranking_export, name="ranking_export"),
    path("ranking/units/<row:unit_id>/", views.ranking_details, name="ranking_details"),
]
