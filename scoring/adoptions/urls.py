from django.urls import path

from . import views_desk

urlpatterns = [
    path("instructions/", views_desk.instruction_list, name="instruction_list"),
    path("instructions/<row:pk>/", views_desk.instruction, name="instruction"),
]
