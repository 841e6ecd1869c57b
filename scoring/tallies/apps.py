from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TalliesConfig(AppConfig):
    name = "scoring.tallies"
    label = "tallies"
    verbose_name = "月度汇总"

    def ready(self) -> None:
        from infoflow.notices.health import register_look

        from . import checks

        register_look("tallies", _("月度汇总"), checks.tallies_look)
        post_migrate.connect(_keep, sender=self)


def _keep(using: str, **kwargs: Any) -> None:
    """Put the triggers back after every migrate: SQLite drops them when it rebuilds a table."""
    from . import keeping

    keeping.install(using)
