from django.urls import path

from . import views, views_log, views_notes, views_roster

urlpatterns = [
    path("duty/", views.screen, name="duty"),
    path("duty/live/", views.live, name="duty_live"),
    path("duty/seen/", views.seen, name="duty_seen"),
    path("duty/log/", views_log.log_list, name="duty_log"),
    path("duty/log/file/", views_log.log_file, name="duty_log_file"),
    path("duty/log/<row:pk>/", views_log.entry, name="duty_entry"),
    path("duty/log/<row:pk>/correct/", views_log.correct, name="duty_correct"),
    path("duty/instructions/<row:pk>/", views_log.answer, name="duty_answer"),
    path("duty/notes/", views_notes.notes, name="duty_notes"),
    path("duty/notes/<row:pk>/take/", views_notes.take, name="duty_take"),
    path("duty/matters/<row:pk>/close/", views_notes.close, name="duty_close"),
    path("duty/roster/", views_roster.month, name="duty_roster"),
    path("duty/roster/import/", views_roster.table, name="duty_roster_import"),
    path("duty/roster/<row:pk>/", views_roster.shift, name="duty_shift"),
]
