from django.urls import path

from . import views

urlpatterns = [
    path("points/", views.own_points, name="own_points"),
    path("board/", views.leaders_board, name="leaders_board"),
]
