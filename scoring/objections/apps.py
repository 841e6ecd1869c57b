from django.apps import AppConfig


class ObjectionsConfig(AppConfig):
    name = "scoring.objections"
    label = "objections"
    verbose_name = "得分异议"
