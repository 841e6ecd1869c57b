from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgressConfig(AppConfig):
    name = "scoring.progress"
    label = "progress"
    verbose_name = "进度与挂零"

    def ready(self) -> None:
        from infoflow.notices.kinds import register_kind

        from . import actions, jobs

        register_kind(actions.WARNING_KIND, str(_("挂零预警")))
        jobs.register()
