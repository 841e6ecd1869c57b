from django.contrib.auth.views import LogoutView
from django.urls import path

from . import views, views_handover

urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", views.change_password, name="password_change"),
    path("handover/", views_handover.handover_list, name="handover_list"),
    path("handover/<row:pk>/", views_handover.handover_record, name="handover_record"),
    path("handover/officers/<row:pk>/", views_handover.handover_officer, name="handover_officer"),
]
