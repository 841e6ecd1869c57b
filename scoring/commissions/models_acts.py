"""What was done about a commission: answers, extensions, words of the office, the log."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.bulletins.models import Bulletin
from cms.items.models import ItemPage
from cms.review.models import AppendOnly
from scoring.adoptions.models import Fact

from .rules import NAME_MAX, WORDS_MAX, Happening, Reply, Ruling

ASKED = "commissions.AskedUnit"


class Answer(models.Model):
    """An item that answers a commission. Taken back by moment and words, never deleted with them.

    A draft that was never sent may be deleted by its writer; its answer goes with it, and the
    log keeps that there was one.
    """

    asked = models.ForeignKey(
        ASKED, verbose_name=_("约稿单位"), on_delete=models.CASCADE, related_name="answers"
    )
    item = models.ForeignKey(
        ItemPage,
        verbose_name=_("稿件"),
        on_delete=models.CASCADE,
        related_name="commission_answers",
    )
    linked_at = models.DateTimeField(_("关联时间"), default=timezone.now)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("关联人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    unlinked_at = models.DateTimeField(_("解除时间"), null=True)
    unlinked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    unlink_reason = models.CharField(_("解除理由"), max_length=WORDS_MAX, blank=True)

    class Meta:
        verbose_name = _("约稿答复稿件")
        verbose_name_plural = _("约稿答复稿件")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asked", "item"],
                condition=Q(unlinked_at__isnull=True),
                name="item_answers_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_id}/{self.item_id}"


class Verdict(AppendOnly):
    """The office's word on an item as an answer; the newest counts."""

    answer = models.ForeignKey(
        Answer, verbose_name=_("答复稿件"), on_delete=models.PROTECT, related_name="verdicts"
    )
    ruling = models.CharField(_("意见"), max_length=10, choices=Ruling.choices)
    reason = models.CharField(_("理由"), max_length=WORDS_MAX, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("时间"), default=timezone.now)

    class Meta:
        verbose_name = _("约稿收用意见")
        verbose_name_plural = _("约稿收用意见")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.answer_id} {self.ruling}"


class Adopted(models.Model):
    """Where an answer was used, said by a person; what the system booked itself is a fact."""

    answer = models.ForeignKey(
        Answer, verbose_name=_("答复稿件"), on_delete=models.PROTECT, related_name="adopted"
    )
    bulletin = models.ForeignKey(
        Bulletin,
        verbose_name=_("刊物"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    where = models.CharField(_("采用情况"), max_length=NAME_MAX)
    on = models.DateField(_("采用日期"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("约稿采用情况")
        verbose_name_plural = _("约稿采用情况")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "where", "on"],
                condition=Q(undone_at__isnull=True),
                name="adopted_there_once",
            )
        ]

    def __str__(self) -> str:
        return self.where


class Request(models.Model):
    """Something that a unit asks of the office, and the answer; one open at a time."""

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("申请人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("申请时间"), default=timezone.now)
    reason = models.CharField(_("理由"), max_length=WORDS_MAX)
    reply = models.CharField(_("答复"), max_length=10, choices=Reply.choices, blank=True)
    replied_at = models.DateTimeField(_("答复时间"), null=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("答复人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reply_words = models.CharField(_("答复说明"), max_length=WORDS_MAX, blank=True)

    class Meta:
        abstract = True


class Extension(Request):
    """延期: what was asked for, what was given."""

    asked = models.ForeignKey(
        ASKED, verbose_name=_("约稿单位"), on_delete=models.CASCADE, related_name="extensions"
    )
    until = models.DateTimeField(_("申请延到"))
    old_due_at = models.DateTimeField(_("原截止时间"))
    given = models.DateTimeField(_("延到"), null=True)

    class Meta:
        verbose_name = _("延期申请")
        verbose_name_plural = _("延期申请")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asked"], condition=Q(replied_at__isnull=True), name="one_open_extension"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_id} {self.reply}"


class Unable(Request):
    """无法完成: what keeps a unit from it, and whether the office agrees."""

    asked = models.ForeignKey(
        ASKED, verbose_name=_("约稿单位"), on_delete=models.CASCADE, related_name="unables"
    )

    class Meta:
        verbose_name = _("无法完成")
        verbose_name_plural = _("无法完成")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asked"], condition=Q(replied_at__isnull=True), name="one_open_unable"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_id} {self.reply}"


class Urge(AppendOnly):
    """催办: once in a half day, unless it is urgent."""

    asked = models.ForeignKey(
        ASKED, verbose_name=_("约稿单位"), on_delete=models.PROTECT, related_name="urges"
    )
    urgent = models.BooleanField(_("紧急"), default=False)
    words = models.CharField(_("催办的话"), max_length=WORDS_MAX, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("催办人"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("催办时间"), default=timezone.now)

    class Meta:
        verbose_name = _("催办")
        verbose_name_plural = _("催办")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.asked_id} {self.at:%Y-%m-%d %H:%M}"


class Booking(AppendOnly):
    """Which fact the outcome of an asked unit last led to; none: it has none (any more).

    A fact that a scorer withdraws by hand is not booked again by the next change.
    """

    asked = models.ForeignKey(
        ASKED, verbose_name=_("约稿单位"), on_delete=models.PROTECT, related_name="bookings"
    )
    fact = models.ForeignKey(
        Fact, verbose_name=_("登记"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("约稿计分登记")
        verbose_name_plural = _("约稿计分登记")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.asked_id}/{self.fact_id}"


class CommissionEvent(AppendOnly):
    """One line of a commission's log: what happened, who, when, in which words."""

    commission = models.ForeignKey(
        "commissions.Commission", on_delete=models.PROTECT, related_name="events"
    )
    # None: it concerns the whole commission.
    asked = models.ForeignKey(ASKED, null=True, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(_("事项"), max_length=15, choices=Happening.choices)
    # None: by itself.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("经办人"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("时间"), default=timezone.now)
    words = models.CharField(_("内容"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("约稿办理记录")
        verbose_name_plural = _("约稿办理记录")
        ordering = ["pk"]
        indexes = [models.Index(fields=["commission", "at"], name="commission_events")]

    def __str__(self) -> str:
        return f"{self.commission_id} {self.what}"
