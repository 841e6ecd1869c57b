from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "cms.items"
    label = "items"
    verbose_name = "稿件"

    def ready(self) -> None:
        from . import signal_handlers  # noqa: F401
