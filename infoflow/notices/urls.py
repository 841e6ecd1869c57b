from django.urls import path

from . import views

urlpatterns = [
    path("notices/", views.notice_list, name="notices"),
    path("notices/read/", views.notices_read, name="notices_read"),
    path("notices/<row:pk>/", views.notice_open, name="notice"),
    path("notices/<row:pk>/acknowledge/", views.notice_acknowledge, name="notice_acknowledge"),
]
