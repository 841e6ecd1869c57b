from django.urls import path

from . import views, views_details, views_export, views_people

urlpatterns = [
    path("ranking/", views.ranking_page, name="ranking"),
    path("ranking/export/", views_export.ranking_export, name="ranking_export"),
    path("ranking/people/", views_people.ranking_people, name="ranking_people"),
    path("ranking/units/<row:unit_id>/", views_details.ranking_details, name="ranking_details"),
]
