from django.urls import path

from . import views

urlpatterns = [path("zero-report/", views.zero_report, name="zero_report")]
