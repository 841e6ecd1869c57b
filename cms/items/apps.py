from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ItemsConfig(AppConfig):
    name = "cms.items"
    label = "items"
    verbose_name = "稿件"

    def ready(self) -> None:
        from . import signal_handlers  # noqa: F401

        post_migrate.connect(_index, sender=self)


def _index(using: str, **kwargs: Any) -> None:
    from . import indexes

    indexes.install(using)
