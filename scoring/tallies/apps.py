from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TalliesConfig(AppConfig):
    name = "scoring.tallies"
    label = "tallies"
    verbose_name = "月度汇总"

    def ready(self) -> None:
        from . import checks  # noqa: F401

        post_migrate.connect(_keep, sender=self)


def _keep(using: str, **kwargs: Any) -> None:
    """Put the triggers back after every migrate: SQLite drops them when it rebuilds a table."""
    from . import keeping

    keeping.install(using)
