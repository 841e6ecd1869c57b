"""What waits on the road now: one row for each open task, for queues that filter and sort.

A projection: everything in it follows from Wagtail's task states, the decisions and the text.
`moves` alone writes it; `manage.py open_tasks` checks and rebuilds it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, TaskState

from infoflow.units.models import Unit

from .rules import Step


class OpenTask(models.Model):
    """One text that waits at one step."""

    task_state = models.OneToOneField(
        TaskState, on_delete=models.CASCADE, related_name="open_task", verbose_name=_("待办")
    )
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, related_name="open_tasks", verbose_name=_("稿件")
    )
    step = models.CharField(_("环节"), max_length=10, choices=Step.choices)
    unit = models.ForeignKey(
        Unit,
        null=True,
        on_delete=models.PROTECT,
        related_name="open_tasks",
        verbose_name=_("报送单位"),
    )
    form = models.CharField(_("形式"), max_length=20, blank=True)
    since = models.DateTimeField(_("到达时间"), default=timezone.now)
    due_at = models.DateTimeField(_("办理期限"), null=True)
    # The rule that set the deadline, as a sentence.
    due_note = models.CharField(_("期限依据"), max_length=200, blank=True)
    # Working days that this text was given when it came; the settings may have changed since.
    due_days = models.PositiveSmallIntegerField(_("工作日"), null=True)
    # A year's list that is missing may still move it.
    provisional = models.BooleanField(_("暂按推算"), default=False)
    urgent = models.BooleanField(_("急件"), default=False)
    # Kinds of what the scan found when the text came here: "stop,personal".
    kinds = models.CharField(_("检查结果"), max_length=40, blank=True)
    # It came here again after somebody had sent it back.
    returned = models.BooleanField(_("退改后重报"), default=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("认领人"),
    )
    claimed_at = models.DateTimeField(_("认领时间"), null=True)

    class Meta:
        verbose_name = _("待办")
        verbose_name_plural = _("待办")
        ordering = ["since", "pk"]
        indexes = [
            models.Index(fields=["step", "-urgent", "since"], name="open_step_since"),
            models.Index(fields=["step", "unit", "since"], name="open_step_unit"),
            models.Index(fields=["step", "due_at"], name="open_step_due"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.page_id}"
