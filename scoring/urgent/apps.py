from django.apps import AppConfig


class UrgentConfig(AppConfig):
    name = "scoring.urgent"
    label = "urgent"
    verbose_name = "紧急信息"

    def ready(self) -> None:
        from infoflow.notices.kinds import register_kind
        from infoflow.notices.sweep import register_job
        from infoflow.worktime.due_kinds import register_due_kind
        from scoring.duty.subjects import register_subject_kind

        from . import following, sweeping
        from .subjects import SUBJECTS

        register_subject_kind(SUBJECTS)

        register_kind(following.REPORT, "紧急信息", urgent=True)
        register_kind(following.MISSING, "应报未报", urgent=True)
        register_kind(following.DUE, "紧急信息时限", urgent=True)
        register_kind(following.BESIDE, "紧急信息补签和审查")
        register_kind(following.WORD, "紧急信息指示和认定")
        for kind, label in (
            (following.FIRST_DUE, "紧急信息首报"),
            (following.FOLLOW_DUE, "紧急信息续报和终报"),
        ):
            register_due_kind(kind, label=label, remind=following.remind)
        register_job(sweeping.NAME, sweeping.run, label="紧急信息时限", order=5)
