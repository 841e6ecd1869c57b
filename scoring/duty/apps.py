from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "scoring.duty"
    label = "duty"
    verbose_name = "值班"
