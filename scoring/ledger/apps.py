from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "scoring.ledger"
    label = "ledger"
    verbose_name = "得分台账"

    def ready(self) -> None:
        from . import signal_handlers  # noqa: F401
