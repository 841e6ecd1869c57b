"""Kept files. Which text they belong to is said in the text's revisions, not here."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from infoflow.uploads.rules import Kind


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Rows that only ever grow."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("attachments only grow")

    update = bulk_update = delete = update_or_create = _refuse


class Attachment(models.Model):
    """附件: one file that was looked through and kept, and the digest of exactly its bytes.

    A changed file is a new row. Taking a file off a draft changes the draft; the row stays,
    and `clean_attachments` removes the file when no submitted revision names it.
    """

    # The database's triggers refuse to change or delete its rows (cms.review.gate).
    only_grows: ClassVar[bool] = True

    # Name under which it lies in the storage: says nothing, and cannot be guessed.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # No constraint: a draft that was never sent may be deleted, and this row outlives it.
    page = models.ForeignKey(
        Page,
        verbose_name=_("稿件"),
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
    )
    name = models.CharField(_("文件名"), max_length=120)
    kind = models.CharField(
        _("类型"), max_length=10, choices=[(kind.value, kind.value) for kind in Kind]
    )
    size = models.PositiveIntegerField(_("字节"))
    sha256 = models.CharField(_("内容摘要"), max_length=64)
    # Whether the scanner had words to look at; pictures and scanned pages have none.
    has_text = models.BooleanField(_("有文字"), default=True)
    # Places of its words that only a named reviewer may let pass, each in a few words.
    stops = models.JSONField(_("需审查之处"), default=list, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("上传人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("上传时间"), default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Where it lies in the storage of attachments."""
        return f"{self.key.hex[:2]}/{self.key.hex}"

    def entry(self) -> dict[str, Any]:
        """Return what a text says of this file: part of what is signed and cleared."""
        told = {"id": self.pk, "name": self.name, "sha256": self.sha256, "size": self.size}
        return {**told, "stops": self.stops} if self.stops else told
