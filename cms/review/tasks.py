"""The five stations of the road as Wagtail tasks; one base class holds every check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, TaskState

from .rules import REASON_MAX, Step, Verdict

if TYPE_CHECKING:
    from infoflow.units.models import User

    from .models import GatedPage


class ReasonForm(forms.Form):
    """The reason that goes with a decision."""

    comment = forms.CharField(
        label=_("理由"), required=False, max_length=REASON_MAX, widget=forms.Textarea
    )


class GateTask(AbstractGroupApprovalTask):
    """A step of the road. Everything that decides goes through `actions.decide`."""

    step: ClassVar[Step]

    class Meta:
        abstract = True

    def get_actions(self, obj: GatedPage, user: User) -> list[tuple[str, Any, bool]]:
        """Offer this step's verdicts to a person who may take it, nothing to others."""
        from .actions import why_not
        from .rules import VERDICTS_AT

        if why_not(page=obj.specific, step=self.step, person=user) is not None:
            return []
        return [
            ("approve" if v == Verdict.PASS else v.value, v.label, v != Verdict.PASS)
            for v in VERDICTS_AT[self.step]
        ]

    def on_action(self, task_state: TaskState, user: User, action_name: str, **kwargs: Any) -> None:
        """Decide through the one action, whatever page the caller's address named."""
        from .actions import decide

        decide(
            task_state_id=task_state.pk,
            person=user,
            verdict={"approve": Verdict.PASS, "reject": Verdict.RETURN}.get(
                action_name, action_name
            ),
            reason=kwargs.get("comment", ""),
        )

    def get_form_for_action(self, action: str) -> type[forms.Form]:
        return ReasonForm

    def locked_for_user(self, obj: GatedPage, user: User) -> bool:
        """Nobody edits a text under review, superusers included."""
        return True

    def user_can_access_editor(self, obj: GatedPage, user: User) -> bool:
        return False

    def user_can_lock(self, obj: GatedPage, user: User) -> bool:
        return False

    def get_task_states_user_can_moderate(
        self, user: User, **kwargs: Any
    ) -> models.QuerySet[TaskState]:
        """Nothing here: the queue pages know what waits for whom (queries.queue_for)."""
        return TaskState.objects.none()


class SignTask(GateTask):
    step = Step.SIGN

    class Meta:
        verbose_name = _("单位审签")
        verbose_name_plural = _("单位审签")


class ScreenTask(GateTask):
    step = Step.SCREEN

    class Meta:
        verbose_name = _("编辑初审")
        verbose_name_plural = _("编辑初审")


class ClearTask(GateTask):
    step = Step.CLEAR

    class Meta:
        verbose_name = _("保密审查")
        verbose_name_plural = _("保密审查")


class RecheckTask(GateTask):
    """Second level of confidentiality; its `active` switches it (actions.set_second_level)."""

    step = Step.RECHECK

    class Meta:
        verbose_name = _("保密复审")
        verbose_name_plural = _("保密复审")


class IssueTask(GateTask):
    step = Step.ISSUE

    class Meta:
        verbose_name = _("签发")
        verbose_name_plural = _("签发")
