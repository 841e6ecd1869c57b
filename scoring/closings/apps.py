from django.apps import AppConfig


class ClosingsConfig(AppConfig):
    name = "scoring.closings"
    label = "closings"
    verbose_name = "结账"

    def ready(self) -> None:
        from . import signal_handlers  # noqa: F401
