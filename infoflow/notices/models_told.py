"""消息: what people are told, who has read it, and the steps if nobody answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .kinds import CODE_MAX, label_of
from .rules import KEY_MAX, NUMBER_MAX, TEXT_MAX, URL_MAX, headed

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


class Notice(models.Model):
    """One cause that people are told of. Written in the transaction of its cause."""

    # Names the cause: the same cause announced twice is one notice.
    key = models.CharField(_("事由"), max_length=KEY_MAX, unique=True)
    kind = models.CharField(_("类别"), max_length=CODE_MAX)
    # What the outside may show; the text and the address stay inside.
    number = models.CharField(_("编号"), max_length=NUMBER_MAX, blank=True)
    text = models.CharField(_("内容"), max_length=TEXT_MAX)
    url = models.CharField(_("页面"), max_length=URL_MAX)
    due_at = models.DateTimeField(_("期限"), null=True, blank=True)
    urgent = models.BooleanField(_("紧急"), default=False)
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("消息")
        verbose_name_plural = _("消息")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.number or self.key

    @property
    def label(self) -> str:
        """The kind's label."""
        return label_of(self.kind)

    @property
    def head(self) -> str:
        """Kind and number in one phrase."""
        return headed(str(self.label), self.number)


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """A person's own rows; nobody reads another's notices."""
        return self.filter(person_id=user.pk) if user.pk else self.none()

    def unread(self) -> Self:
        """Rows that nobody has opened yet."""
        return self.filter(read_at=None)

    def unread_first(self) -> Self:
        """In the order of the list: unread ones first, the newest first among them."""
        return self.order_by(F("read_at").desc(nulls_first=True), "-pk")


class Recipient(models.Model):
    """One person who is told, and when they have read and acknowledged it."""

    notice = models.ForeignKey(
        Notice, verbose_name=_("消息"), on_delete=models.PROTECT, related_name="recipients"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("人员"),
        on_delete=models.PROTECT,
        related_name="notices",
    )
    at = models.DateTimeField(_("送达时间"), default=timezone.now)
    # 0: told at once; n: told by the n-th step of the chain.
    step = models.PositiveSmallIntegerField(_("第几级"), default=0)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("知悉时间"), null=True, blank=True)

    objects = RecipientQuerySet.as_manager()

    # What could not be brought outside; a list fills it in.
    troubles: list[str] = []

    class Meta:
        verbose_name = _("消息接收人")
        verbose_name_plural = _("消息接收人")
        constraints = [
            models.UniqueConstraint(fields=["notice", "person"], name="told_once_each"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notices_of_person"),
            models.Index(
                fields=["person"], condition=Q(read_at=None), name="notices_unread_of_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.person_id}"


class Escalation(models.Model):
    """One step of a notice's chain: whom to tell at a moment unless it was acknowledged."""

    notice = models.ForeignKey(
        Notice, verbose_name=_("消息"), on_delete=models.PROTECT, related_name="escalations"
    )
    step = models.PositiveSmallIntegerField(_("第几级"))
    at = models.DateTimeField(_("时间"))
    people = models.JSONField(_("人员"), default=list)
    told_at = models.DateTimeField(_("已通知"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("不再通知"), null=True, blank=True)

    class Meta:
        verbose_name = _("逐级提醒")
        verbose_name_plural = _("逐级提醒")
        ordering = ["notice", "step"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "step"], name="each_step_once"),
        ]
        indexes = [
            models.Index(
                fields=["at"],
                condition=Q(told_at=None, stopped_at=None),
                name="escalations_to_come",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}:{self.step}"
