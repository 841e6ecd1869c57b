from django.apps import AppConfig


class UrgentConfig(AppConfig):
    name = "scoring.urgent"
    label = "urgent"
    verbose_name = "紧急信息"
