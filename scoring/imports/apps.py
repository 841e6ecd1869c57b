from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "scoring.imports"
    label = "imports"
    verbose_name = "表格导入"
