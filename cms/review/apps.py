from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ReviewConfig(AppConfig):
    name = "cms.review"
    label = "review"
    verbose_name = "审核"

    def ready(self) -> None:
        from . import checks, receivers  # noqa: F401

        post_migrate.connect(_guard, sender=self)


def _guard(using: str, **kwargs: Any) -> None:
    """Put the triggers back after every migrate: SQLite drops them when it rebuilds a table."""
    from . import gate

    gate.install(using)
