from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    name = "scoring.commissions"
    label = "commissions"
    verbose_name = "约稿"
