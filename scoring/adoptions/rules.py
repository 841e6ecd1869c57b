"""Rules of facts: kinds, forms, keys. Pure."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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


def submission_key(item_id: int) -> str:
    """Return the key of "this item left its unit"; an item is submitted once."""
    return f"submission:item:{item_id}"


def issue_adoption_key(issue_id: int, item_id: int) -> str:
    """Return the key of "this issue carried this item"; in two entries still once."""
    return f"adoption:issue:{issue_id}:item:{item_id}"


def reversal_key(fact_id: int) -> str:
    """Return the key of a fact's withdrawal; a fact is withdrawn once."""
    return f"reversal:{fact_id}"
