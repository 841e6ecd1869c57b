from django.apps import AppConfig


class RankingsConfig(AppConfig):
    name = "scoring.rankings"
    label = "rankings"
    verbose_name = "排名"
