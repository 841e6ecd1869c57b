from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "infoflow.units"
    label = "units"
    verbose_name = "单位与人员"

    def ready(self) -> None:
        from infoflow import days

        from . import checks  # noqa: F401

        days.read_once()
