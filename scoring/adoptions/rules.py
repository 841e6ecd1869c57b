"""Rules of facts: kinds, forms, keys, what a complete fact has. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

TITLE_MAX = 200
NOTE_MAX = 200
LABEL_MAX = 60


class FactKind(models.TextChoices):
    """What happened. Sent up and adopted are two separate counts."""

    SUBMISSION = "submission", _("报送")
    FORWARDING = "forwarding", _("上报")
    ADOPTION = "adoption", _("采用")


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


@dataclass(frozen=True)
class FactRow:
    """A fact about to be recorded. Units in the order of their names on the item."""

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
    if row.kind != FactKind.SUBMISSION and row.bulletin is None:
        yield "bulletin", str(_("请选择刊物。"))
    if row.kind == FactKind.SUBMISSION and row.bulletin is not None:
        yield "bulletin", str(_("报送不分刊物，请不要选择刊物。"))
    if not row.units:
        yield "units", str(_("请至少选择一个单位。"))
    if len(set(row.units)) != len(row.units):
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
