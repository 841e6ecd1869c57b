from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "infoflow.notices"
    label = "notices"
    verbose_name = "消息"

    def ready(self) -> None:
        from . import health, jobs
        from .kinds import CHANNEL_DOWN, CHANNEL_TEST, register_kind

        register_kind(CHANNEL_DOWN, str(_("消息渠道")))
        register_kind(CHANNEL_TEST, str(_("测试消息")))
        health.register()
        jobs.register()
