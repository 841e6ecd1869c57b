from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "infoflow.units"
    label = "units"
    verbose_name = "单位与人员"

    def ready(self) -> None:
        from . import checks  # noqa: F401
