from django.apps import AppConfig


class ScanningConfig(AppConfig):
    name = "cms.scanning"
    label = "scanning"
    verbose_name = "检测"

    def ready(self) -> None:
        from . import signal_handlers  # noqa: F401
