from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "scoring.boards"
    label = "boards"
    verbose_name = "一览"
