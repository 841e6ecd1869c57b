"""Rules of facts: kinds, forms, keys, what a complete fact has. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

TITLE_MAX = 200
NOTE_MAX = 200
LABEL_MAX = 60
CHECK_MAX = 40
WORDS_MAX = 100_000
HUNDREDTHS_MAX = 999_999


class FactKind(models.TextChoices):
    """What happened. Sent up and adopted are two separate counts."""

    SUBMISSION = "submission", _("报送")
    FORWARDING = "forwarding", _("上报")
    ADOPTION = "adoption", _("采用")
    INSTRUCTION = "instruction", _("批示")
    COMMISSION = "commission", _("约稿")
    URGENT = "urgent", _("紧急信息")
    QUALITY = "quality", _("质量")
    CHECK = "check", _("考核项目")
    ADJUSTMENT = "adjustment", _("加减分")


# Kinds that name a superior's or one's own bulletin, and those that never do.
WITH_BULLETIN = (FactKind.FORWARDING, FactKind.ADOPTION)
MAYBE_BULLETIN = (FactKind.INSTRUCTION,)
_NEVER_BULLETIN = frozenset(FactKind) - {*WITH_BULLETIN, *MAYBE_BULLETIN}


class Mark(models.TextChoices):
    """What exactly happened within a kind. Source: domain rules §4.1 and §7."""

    MAIN_LEADER = "main", _("主要领导")
    OTHER_LEADER = "other", _("其他领导")
    DONE = "done", _("按时完成")
    LATE = "late", _("迟报")
    MISSED = "missed", _("未报")
    OMITTED = "omitted", _("漏报")
    WRONG = "wrong", _("错报")
    FALSE = "false", _("谎报")
    CONCEALED = "concealed", _("瞒报")
    NOTIFIED = "notified", _("被通报")
    UNTRUE = "untrue", _("失实")
    ERROR = "error", _("差错")
    SERIOUS = "serious", _("严重差错")
    SUBSTANDARD = "substandard", _("不合要求")


MARKS_OF: dict[str, tuple[Mark, ...]] = {
    FactKind.INSTRUCTION: (Mark.MAIN_LEADER, Mark.OTHER_LEADER),
    FactKind.COMMISSION: (Mark.DONE, Mark.LATE, Mark.MISSED),
    FactKind.URGENT: (
        Mark.DONE,
        Mark.LATE,
        Mark.OMITTED,
        Mark.WRONG,
        Mark.FALSE,
        Mark.CONCEALED,
        Mark.NOTIFIED,
    ),
    FactKind.QUALITY: (
        Mark.UNTRUE,
        Mark.ERROR,
        Mark.SERIOUS,
        Mark.SUBSTANDARD,
        Mark.NOTIFIED,
    ),
}


class Trait(models.TextChoices):
    """What a scheme may ask of a piece besides its bulletin and form. A fact may have several."""

    FRONT = "front", _("头版头条")
    REPOST = "repost", _("转载")
    SPEECH = "speech", _("领导讲话")
    URGENT = "urgent", _("紧急信息")
    COMMISSIONED = "commissioned", _("约稿")
    PASSED_UP = "passed_up", _("经上报采用")
    BELOW = "below", _("不合计分标准")


_TRAITS = frozenset(Trait.values)


class AdoptionForm(models.TextChoices):
    """How a bulletin carried an item."""

    SINGLE = "single", _("单篇")
    MERGED = "merged", _("综合")
    HEADLINE = "headline", _("要目")
    DIGEST = "digest", _("摘报")


class Source(models.TextChoices):
    """Where a fact comes from."""

    ROAD = "road", _("系统流转")
    FORM = "form", _("人工登记")
    TABLE = "table", _("统计表导入")


class FactRow(NamedTuple):
    """A fact about to be recorded. Units in the order of their names on the item.

    Tables bring 50,000 of them at a time; a frozen dataclass takes ten times as long to make.
    """

    kind: str
    date: date
    title: str
    units: tuple[int, ...]
    key: str
    source: str
    bulletin: int | None = None
    form: str = ""
    issue_label: str = ""
    item: int | None = None
    note: str = ""
    genre: str = ""
    level: int | None = None  # of the leader, for an instruction
    leader: str = ""
    mark: str = ""
    check: str = ""  # name of the item on the scheme's checklist
    words: int | None = None
    hundredths: int | None = None  # value chosen in a range, or an adjustment
    traits: tuple[str, ...] = ()
    subject: str = ""  # which piece it is about; taken from item or title when empty


def points_text(hundredths: int) -> str:
    """Return hundredths of a point as decimal text: 250 → "2.5"."""
    sign = "-" if hundredths < 0 else ""
    whole, part = divmod(abs(hundredths), 100)
    return f"{sign}{whole}.{part:02}".rstrip("0").rstrip(".")


# Stored subjects were made with it: what it leaves out must stay the same.
_NOT_ALNUM = re.compile(r"[\W_]+")


def subject_of(item: int | None, title: str) -> str:
    """Return what makes two facts be about the same piece: the item, or else its title.

    Titles are compared without blanks, signs, case and width.
    """
    if item is not None:
        return f"item:{item}"
    plain = unicodedata.normalize("NFKC", title).casefold()
    if not plain.isalnum():
        plain = _NOT_ALNUM.sub("", plain)
    return "title:" + hashlib.sha256(plain.encode()).hexdigest()[:32]


def _faults_of_details(row: FactRow) -> Iterator[tuple[str, str]]:
    marks = MARKS_OF.get(row.kind, ())
    if row.mark and row.mark not in marks:
        yield "mark", str(_("这个事项没有“%(mark)s”，请重新选择。") % {"mark": row.mark})
    if marks and not row.mark:
        yield "mark", str(_("请选择具体情况。"))
    if row.kind == FactKind.INSTRUCTION and row.level is None:
        yield "level", str(_("请选择批示领导的级别。"))
    if row.kind == FactKind.CHECK and not row.check.strip():
        yield "check", str(_("请填写考核项目的名称，与计分办法中的一致。"))
    if row.kind == FactKind.ADJUSTMENT and not row.hundredths:
        yield "hundredths", str(_("请填写加减的分值，减分写负数。"))
    if row.kind == FactKind.ADJUSTMENT and not row.note.strip():
        yield "note", str(_("请填写加减分的理由，单位和领导会看到。"))
    if row.hundredths is not None and abs(row.hundredths) > HUNDREDTHS_MAX:
        yield "hundredths", str(_("分值不能超过9999.99，请检查是否多写了数字。"))
    if row.words is not None and not 0 < row.words <= WORDS_MAX:
        yield "words", str(_("字数请填1到%(max)s的整数。") % {"max": WORDS_MAX})
    if row.traits and (unknown := set(row.traits) - _TRAITS):
        yield "traits", str(_("没有“%(name)s”这个特征。") % {"name": "、".join(sorted(unknown))})


def faults_of(row: FactRow, *, earliest: date, today: date) -> Iterator[tuple[str, str]]:
    """Yield (field, message) for everything that keeps a fact from being recorded."""
    if row.date < earliest:
        yield "date", str(_("日期不能早于1949年10月1日，请检查年份。"))
    if row.date > today:
        yield "date", str(_("日期不能晚于今天，请填写实际发生的日期。"))
    if not row.title.strip():
        yield "title", str(_("请填写标题，或选择本系统的稿件。"))
    if len(row.title) > TITLE_MAX:
        yield "title", str(_("标题不能超过%(max)s字，请缩短。") % {"max": TITLE_MAX})
    if row.kind in WITH_BULLETIN and row.bulletin is None:
        yield "bulletin", str(_("请选择刊物。"))
    if row.bulletin is not None and row.kind in _NEVER_BULLETIN:
        yield (
            "bulletin",
            str(_("%(kind)s不分刊物，请不要选择刊物。") % {"kind": FactKind(row.kind).label}),
        )
    yield from _faults_of_details(row)
    if not row.units:
        yield "units", str(_("请至少选择一个单位。"))
    if len(row.units) > 1 and len(set(row.units)) != len(row.units):
        yield "units", str(_("同一单位只能选一次。"))
    if len(row.note) > NOTE_MAX:
        yield "note", str(_("说明不能超过%(max)s字。") % {"max": NOTE_MAX})
    if len(row.issue_label) > LABEL_MAX:
        yield "issue_label", str(_("期号不能超过%(max)s字。") % {"max": LABEL_MAX})


def submission_key(item_id: int) -> str:
    """Return the key of "this item left its unit"; an item is submitted once."""
    return f"submission:item:{item_id}"


def issue_adoption_key(issue_id: int, item_id: int) -> str:
    """Return the key of "this issue carried this item"; in two entries still once."""
    return f"adoption:issue:{issue_id}:item:{item_id}"


def reversal_key(fact_id: int) -> str:
    """Return the key of a fact's withdrawal; a fact is withdrawn once."""
    return f"reversal:{fact_id}"


def form_key(form_id: str) -> str:
    """Return the key of "this form, filled in once"; sending it again records nothing new."""
    return f"form:{form_id}"
