from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "infoflow.notices"
    label = "notices"
    verbose_name = "消息"

    def ready(self) -> None:
        from . import health, jobs
        from .kinds import CHANNEL_DOWN, register_kind

        register_kind(CHANNEL_DOWN, str(_("消息渠道")))
        health.register()
        jobs.register()
