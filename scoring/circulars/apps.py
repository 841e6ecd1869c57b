from django.apps import AppConfig


class CircularsConfig(AppConfig):
    name = "scoring.circulars"
    label = "circulars"
    verbose_name = "通报"
