"""Signatures of texts and the bands by which alike ones are found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class Signature(models.Model):
    """Signature of one text of an item.

    An item has at most two: the text as its unit has it now (`own`) and the text that last
    left the unit (`sent`). While they are the same they share one row. Other units' drafts
    must stay unknown, so a search says which of the two it may look at.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    # No key: this room knows nothing of units, and a unit with items is never deleted.
    unit_id = models.BigIntegerField(_("单位"))
    digest = models.CharField(_("文本摘要"), max_length=32)
    signature = models.BinaryField(_("特征"))
    own = models.BooleanField(_("本单位现稿"), default=False)
    sent = models.BooleanField(_("已报出文本"), default=False)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("文本特征")
        verbose_name_plural = _("文本特征")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["page"], condition=Q(own=True), name="one_own_signature"
            ),
            models.UniqueConstraint(
                fields=["page"], condition=Q(sent=True), name="one_sent_signature"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}/{self.digest}"


class Band(models.Model):
    """One band of a signature. Found by `h`; the key is the only index, in both directions."""

    pk = models.CompositePrimaryKey("h", "text_id")
    h = models.BigIntegerField()
    text_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("特征分段")
        verbose_name_plural = _("特征分段")

    def __str__(self) -> str:
        return f"{self.h}/{self.text_id}"
