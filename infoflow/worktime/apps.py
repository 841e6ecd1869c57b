from django.apps import AppConfig


class WorktimeConfig(AppConfig):
    name = "infoflow.worktime"
    label = "worktime"
    verbose_name = "工作日历"

    def ready(self) -> None:
        from . import checks, receivers  # noqa: F401
