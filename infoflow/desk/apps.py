from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "infoflow.desk"
    label = "desk"
    verbose_name = "工作台"

    def ready(self) -> None:
        from django.urls import register_converter

        from .converters import RowNumber

        register_converter(RowNumber, "row")
