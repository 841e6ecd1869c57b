"""The texts that are searched: one row for each text of a page, by its own key."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from .fields import GramsField


class SearchTextManager(models.Manager["SearchText"]):
    """Leaves out what is only written."""

    def get_queryset(self) -> models.QuerySet[SearchText]:
        return super().get_queryset().defer("title_grams", "body_grams")


class SearchText(models.Model):
    """One text of a page, or a piece of a long one.

    A page has at most two texts: the one as its writers have it now (`own`), and the one that
    others may read (`sent`: what the unit signed, what was issued). While they are the same
    they share their rows. Not Wagtail's index: that has one row for a page, shared by all its
    readers, and every write there reads and updates rows of other pages.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    part = models.PositiveSmallIntegerField(_("段"), default=0)
    own = models.BooleanField(_("现稿"), default=False)
    sent = models.BooleanField(_("已报出或已签发"), default=False)
    digest = models.CharField(_("文本摘要"), max_length=32)
    title = models.TextField(_("标题"), blank=True)  # of the first piece only
    body = models.TextField(_("正文"), blank=True)
    title_grams = GramsField()
    body_grams = GramsField()

    objects = SearchTextManager()

    wagtail_reference_index_ignore = True

    class Meta:
        db_table = "search_text"
        verbose_name = _("检索文本")
        verbose_name_plural = _("检索文本")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["page", "part"], condition=Q(own=True), name="one_own_search_text"
            ),
            models.UniqueConstraint(
                fields=["page", "part"], condition=Q(sent=True), name="one_sent_search_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id}/{self.part}"
