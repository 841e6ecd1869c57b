from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    name = "cms.bulletins"
    label = "bulletins"
    verbose_name = "刊物"

    def ready(self) -> None:
        from . import texts  # noqa: F401
