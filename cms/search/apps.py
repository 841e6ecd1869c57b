from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SearchConfig(AppConfig):
    name = "cms.search"
    label = "search"
    verbose_name = "检索"

    def ready(self) -> None:
        from . import checks  # noqa: F401

        post_migrate.connect(_index, sender=self)


def _index(using: str, **kwargs: Any) -> None:
    """Put the index back after every migrate."""
    from . import fts

    fts.install(using)
