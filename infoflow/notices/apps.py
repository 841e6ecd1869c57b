from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "infoflow.notices"
    label = "notices"
    verbose_name = "消息"

    def ready(self) -> None:
        from . import jobs

        jobs.register()
