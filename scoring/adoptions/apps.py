from django.apps import AppConfig


class AdoptionsConfig(AppConfig):
    name = "scoring.adoptions"
    label = "adoptions"
    verbose_name = "采用与上报"

    def ready(self) -> None:
        from . import signal_handlers  # noqa: F401
