from __future__ import annotations

from django.urls import path

from . import views, views_calls, views_event, views_paper

urlpatterns = [
    path("urgent/", views.urgent_list, name="urgent_list"),
    path("urgent/now/", views.urgent_now, name="urgent_now"),
    path("urgent/new/", views.urgent_new, name="urgent_new"),
    path("urgent/phone/", views_calls.urgent_phone_new, name="urgent_phone_new"),
    path("urgent/missing/", views_calls.urgent_missing, name="urgent_missing"),
    path("urgent/<row:pk>/", views_event.urgent_event, name="urgent_event"),
    path("urgent/<row:pk>/first/", views.urgent_first, name="urgent_first"),
    path("urgent/<row:pk>/follow/", views.urgent_follow, name="urgent_follow"),
    path("urgent/<row:pk>/final/", views.urgent_final, name="urgent_final"),
    path("urgent/<row:pk>/phone/", views_calls.urgent_phone, name="urgent_phone"),
    path("urgent/<row:pk>/grade/", views_event.urgent_grade, name="urgent_grade"),
    path("urgent/<row:pk>/online/", views_event.urgent_online, name="urgent_online"),
    path("urgent/<row:pk>/direct/", views_event.urgent_direct, name="urgent_direct"),
    path("urgent/<row:pk>/find/", views_event.urgent_find, name="urgent_find"),
    path("urgent/<row:pk>/piece/", views_event.urgent_piece, name="urgent_piece"),
    path("urgent/<row:pk>/end/", views_event.urgent_end, name="urgent_end"),
    path("urgent/<row:pk>/paper/", views_paper.urgent_paper, name="urgent_paper"),
    path("urgent/reports/<row:pk>/take/", views_event.urgent_take, name="urgent_take"),
    path("urgent/reports/<row:pk>/sign/", views_event.urgent_sign, name="urgent_sign"),
    path("urgent/reports/<row:pk>/clear/", views_event.urgent_clear, name="urgent_clear"),
    path("urgent/directives/<row:pk>/answer/", views_event.urgent_answer, name="urgent_answer"),
    path("urgent/findings/<row:pk>/answer/", views_event.urgent_object, name="urgent_object"),
    path("urgent/findings/<row:pk>/rule/", views_event.urgent_rule, name="urgent_rule"),
]
