from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    name = "cms.attachments"
    label = "attachments"
    verbose_name = "附件"
