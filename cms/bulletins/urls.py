from django.urls import path

from . import views

urlpatterns = [
    path("issues/", views.issue_list, name="issue_list"),
    path("issues/<row:pk>/", views.issue_page, name="issue_page"),
]
