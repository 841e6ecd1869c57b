from django.urls import path

from . import views, views_choices

urlpatterns = [
    path("notices/", views.notice_list, name="notices"),
    path("notices/choices/", views_choices.choices, name="notice_choices"),
    path("notices/read/", views.notices_read, name="notices_read"),
    path("notices/<row:pk>/", views.notice_open, name="notice"),
    path("notices/<row:pk>/acknowledge/", views.notice_acknowledge, name="notice_acknowledge"),
    path("calendar/<str:secret>.ics", views_choices.due_feed, name="due_feed"),
]
