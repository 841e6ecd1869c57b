"""The office's queue and the page on which a step is decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import TaskState, WorkflowState

from cms.scanning.rules import Finding
from infoflow.units.permissions import person_of, works_in_office

from . import actions, queries
from .actions import Refused
from .findings import findings_in
from .forms import DecisionForm
from .forms_sheet import ClearanceForm
from .gate import NotCleared
from .models import GatedPage
from .rules import SHEET_STEPS, VERDICTS_AT, Step, Verdict

PAGE_SIZE = 20


class OfficeView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the office; everybody else is turned away."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not works_in_office(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class QueueView(OfficeView):
    """What waits at one step for the person, oldest first."""

    template_name = "review/queue.html"
    header_icon = "tasks"

    @cached_property
    def step(self) -> Step:
        name = self.kwargs["step"]
        if name not in {step.value for step in queries.steps_of(person_of(self.request))}:
            raise Http404
        return Step(name)

    def get_page_title(self) -> str:
        return _("待%(step)s") % {"step": self.step.label}

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paginator = Paginator(queries.queue_for(person_of(self.request), self.step), PAGE_SIZE)
        page = paginator.get_page(self.request.GET.get("p"))
        lines = queries.waiting_lines(page.object_list)
        return {
            **super().get_context_data(**kwargs),
            "step": self.step,
            "page_obj": page,
            "lines": lines,
        }


class DecideView(OfficeView):
    """One text at one step: read it, decide."""

    template_name = "review/decide.html"
    header_icon = "doc-full"

    @cached_property
    def task_state(self) -> TaskState:
        found = (
            TaskState.objects.select_related("workflow_state", "revision", "task")
            .filter(pk=self.kwargs["pk"])
            .first()
        )
        if found is None:
            raise Http404
        return found

    @cached_property
    def step(self) -> Step:
        step: Step | None = getattr(self.task_state.task.specific, "step", None)
        if step not in queries.steps_of(person_of(self.request)):
            raise Http404
        return step

    @cached_property
    def text(self) -> GatedPage:
        """The text as it was sent in: the task's revision, never the live row."""
        return self.task_state.revision.as_object()

    def is_open(self) -> bool:
        return (
            self.task_state.status == TaskState.STATUS_IN_PROGRESS
            and self.task_state.workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
        )

    def get_page_title(self) -> str:
        return f"{self.step.label}:{self.text.title}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        queue = {
            "url": reverse("review_queue", args=[self.step.value]),
            "label": _("待%(step)s") % {"step": self.step.label},
        }
        return [*self.breadcrumbs_items, queue, {"url": "", "label": self.text.title}]

    @cached_property
    def findings(self) -> list[Finding]:
        """What the scan finds in this text with today's lists."""
        return findings_in(self.text, self.task_state.revision)

    def sheet_form(self, data: QueryDict | None = None) -> ClearanceForm | None:
        """Return the confidentiality form where the step has one."""
        if self.step not in SHEET_STEPS:
            return None
        passing = data is not None and data.get("verdict") == Verdict.PASS
        return ClearanceForm(
            data, findings=self.findings, passing=passing, initial=self.text.sheet_initial()
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.text
        refusal = actions.why_not(page=page, step=self.step, person=person_of(self.request))
        form = kwargs.pop("form", None) or DecisionForm(
            verdicts=VERDICTS_AT[self.step], initial={"seen_digest": page.digest()}
        )
        sheet_form = kwargs.pop("sheet_form", None) or self.sheet_form()
        return super().get_context_data(
            **kwargs,
            page=page,
            step=self.step,
            text=page.render_text(),
            about=page.about(),
            road=queries.road_of(page),
            refusal=refusal,
            is_open=self.is_open(),
            form=form,
            sheet_form=sheet_form,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DecisionForm(request.POST, verdicts=VERDICTS_AT[self.step])
        sheet_form = self.sheet_form(request.POST)
        if not form.is_valid() or (sheet_form is not None and not sheet_form.is_valid()):
            return self.render_to_response(self.get_context_data(form=form, sheet_form=sheet_form))
        try:
            decision = actions.decide(
                task_state_id=self.task_state.pk,
                person=person_of(request),
                verdict=form.cleaned_data["verdict"],
                reason=form.cleaned_data["reason"],
                seen_digest=form.cleaned_data["seen_digest"],
                sheet=sheet_form.sheet() if sheet_form is not None else None,
            )
        except (Refused, NotCleared) as refusal:
            form.add_error(None, getattr(refusal, "message", _("文本未通过保密审查。")))
            del self.task_state
            context = self.get_context_data(form=form, sheet_form=sheet_form)
            return self.render_to_response(context, status=409)
        messages.success(
            request,
            _("《%(title)s》：%(step)s%(verdict)s。")
            % {
                "title": self.text.title,
                "step": self.step.label,
                "verdict": decision.get_verdict_display(),
            },
        )
        return redirect("review_queue", step=self.step.value)
