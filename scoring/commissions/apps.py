from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommissionsConfig(AppConfig):
    name = "scoring.commissions"
    label = "commissions"
    verbose_name = "约稿"

    def ready(self) -> None:
        from infoflow.notices.kinds import register_kind
        from infoflow.notices.sweep import register_job
        from infoflow.worktime.due_kinds import register_due_kind

        from . import actions_recurring, grace, outside, signal_handlers  # noqa: F401
        from .rules import KIND

        register_kind(KIND, str(_("约稿")))
        register_due_kind(
            KIND,
            label=_("约稿"),
            remind=outside.remind,
            moved=outside.moved,
            hold=outside.hold,
        )
        register_job("recurring", actions_recurring.run, label=_("定期报送"), order=15)
        register_job("commissions", grace.run, label=_("约稿未报"), order=20)
