from django.apps import AppConfig


class SettlingConfig(AppConfig):
    name = "scoring.settling"
    label = "settling"
    verbose_name = "结账"
