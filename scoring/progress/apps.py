from django.apps import AppConfig


class ProgressConfig(AppConfig):
    name = "scoring.progress"
    label = "progress"
    verbose_name = "进度与挂零"

    def ready(self) -> None:
        from . import jobs

        jobs.register()
