from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    name = "cms.review"
    label = "review"
    verbose_name = "审核"

    def ready(self) -> None:
        from infoflow.notices.health import register_look

        from . import checks, receivers  # noqa: F401 - receivers only listen

        register_look("gate", _("发布闸门"), checks.gate_look)
        post_migrate.connect(_guard, sender=self)


def _guard(using: str, **kwargs: Any) -> None:
    """Put the triggers back after every migrate: SQLite drops them when it rebuilds a table."""
    from . import gate

    gate.install(using)
