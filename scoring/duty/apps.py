from django.apps import AppConfig


class DutyConfig(AppConfig):
    name = "scoring.duty"
    label = "duty"
    verbose_name = "值班"

    def ready(self) -> None:
        from . import signal_handlers  # noqa: F401
