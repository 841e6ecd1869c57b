from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "infoflow.desk"
    label = "desk"
    verbose_name = "工作台"
