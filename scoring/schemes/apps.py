from django.apps import AppConfig


class SchemesConfig(AppConfig):
    name = "scoring.schemes"
    label = "schemes"
    verbose_name = "计分办法"
