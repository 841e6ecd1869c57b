from django.apps import AppConfig


class SimilarConfig(AppConfig):
    name = "cms.similar"
    label = "similar"
    verbose_name = "相似稿件"

    def ready(self) -> None:
        from . import actions  # noqa: F401
