"""Word lists as data: what stops a text for a reviewer, and what is often written wrongly."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from infoflow.units.models import plausible_date

from . import marks
from .normalise import read
from .rules import Grade, Kind

WORDS_MAX = 40
# A word of one character would be found in every text.
WORDS_MIN = 2


class ListKind(models.TextChoices):
    """What follows from a word of a list."""

    STOP = Kind.STOP.value, _("工作秘密与内部用语（须审查员放行）")
    TYPO = Kind.TYPO.value, _("错别字（提示）")


class WordList(models.Model):
    """词表: words that come from one document or one office."""

    name = models.CharField(_("词表名称"), max_length=60, unique=True)
    kind = models.CharField(_("类别"), max_length=10, choices=ListKind.choices)
    source = models.CharField(
        _("依据"), max_length=200, blank=True, help_text=_("确定这些词语的文件或规定")
    )
    active = models.BooleanField(_("在用"), default=True, help_text=_("不勾选时整张词表停止检测"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("词表")
        verbose_name_plural = _("词表")
        ordering = ["kind", "name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        stored = WordList.objects.filter(pk=self.pk).first() if self.pk else None
        if stored and stored.kind != self.kind and self.words.exists():
            raise ValidationError({"kind": _("词表里已有词语，不能改变类别。")})


class WordQuerySet(models.QuerySet["Word"]):
    def in_force_on(self, day: date) -> Self:
        """Words that are looked for on a day (both ends included)."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
            active=True,
            word_list__active=True,
        )


class Word(models.Model):
    """词语: what the scanner looks for."""

    word_list = models.ForeignKey(
        WordList, verbose_name=_("词表"), on_delete=models.PROTECT, related_name="words"
    )
    words = models.CharField(
        _("词语"),
        max_length=WORDS_MAX,
        help_text=_("内部用语，或者写错的词；中间的空格、全角半角、大小写不影响检测"),
    )
    right = models.CharField(
        _("正确写法"), max_length=WORDS_MAX, blank=True, help_text=_("错别字必填")
    )
    unless = models.CharField(
        _("例外"),
        max_length=200,
        blank=True,
        help_text=_("含有该词但不算的说法，用“、”隔开，例如“内部资料性出版物”"),
    )
    grade = models.PositiveSmallIntegerField(_("级别"), choices=Grade.choices, default=Grade.COMMON)
    valid_from = models.DateField(_("起用日期"), null=True, blank=True, validators=[plausible_date])
    valid_until = models.DateField(
        _("停用日期"), null=True, blank=True, validators=[plausible_date]
    )
    active = models.BooleanField(_("在用"), default=True)

    objects = WordQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("词语")
        verbose_name_plural = _("词语")
        ordering = ["word_list", "words"]
        constraints = [
            models.UniqueConstraint(
                fields=["word_list", "words"],
                name="one_word_per_list",
                violation_error_message=_("这张词表里已有这个词语。"),
            )
        ]

    def __str__(self) -> str:
        return self.words

    def clean(self) -> None:
        self.words = self.words.strip()
        self.right = self.right.strip()
        faults = self.faults()
        if faults:
            raise ValidationError(dict(faults))

    def faults(self) -> list[tuple[str, str]]:
        """Return what is wrong with this word: (field, message)."""
        found: list[tuple[str, str]] = []
        said = read(self.words).words
        if len(said) < WORDS_MIN:
            found.append(("words", str(_("词语至少两个字，一个字的词语会在每篇稿件里报出。"))))
        if "\n" in said or "\t" in said:
            found.append(("words", str(_("词语不能换行。"))))
        if any(True for _found in marks.marks_in(read(self.words))):
            found.append(("words", str(_("密级标志由系统直接拒收，不用列入词表。"))))
        if self.word_list_id and self.word_list.kind == ListKind.TYPO:
            if not self.right:
                found.append(("right", str(_("请填写正确写法。"))))
            elif read(self.right).words == said:
                found.append(("right", str(_("正确写法和写错的词相同。"))))
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            found.append(("valid_until", str(_("停用日期不能早于起用日期。"))))
        return found

    def exceptions(self) -> list[str]:
        """Return the longer phrases in which the word does not count."""
        return [part.strip() for part in self.unless.split("、") if part.strip()]


class ScanState(models.Model):
    """One row whose value changes with every change of a word list.

    Every process looks at it once a second and reads the lists again when it has changed.
    Not a counter: two databases, or a transaction taken back, could give one number twice.
    """

    version = models.CharField(max_length=32)

    objects: ClassVar[models.Manager[ScanState]]

    class Meta:
        verbose_name = _("词库版本")
        verbose_name_plural = _("词库版本")

    def __str__(self) -> str:
        return self.version

    @classmethod
    def renew(cls) -> None:
        """Tell every process to read the lists again as soon as this is committed."""
        cls.objects.update_or_create(pk=1, defaults={"version": uuid.uuid4().hex})

    @classmethod
    def now(cls) -> str:
        """Return the lists' version; empty before the first change."""
        return cls.objects.filter(pk=1).values_list("version", flat=True).first() or ""
