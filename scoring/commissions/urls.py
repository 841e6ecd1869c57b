from django.urls import path

from . import views

urlpatterns = [
    path("commissions/", views.commission_list, name="commissions"),
    path("commissions/<row:pk>/", views.commission_page, name="commission"),
    path("commissions/<row:pk>/act/", views.commission_act, name="commission_act"),
]
