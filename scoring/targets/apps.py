from django.apps import AppConfig


class TargetsConfig(AppConfig):
    name = "scoring.targets"
    label = "targets"
    verbose_name = "任务"
