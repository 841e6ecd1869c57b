"""The page on which a step is decided: read the text, decide, go on to the next one."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.models import TaskState

from cms.scanning import show
from cms.scanning.rules import Finding
from infoflow.desk.menu import Panel
from infoflow.units.permissions import person_of

from . import actions, moves, queries, queues, rules, versions
from .actions import Refused
from .findings import findings_in
from .forms import DecisionForm
from .forms_sheet import ClearanceForm
from .gate import NotCleared
from .models import CommonReason, Decision, GatedPage, OpenTask
from .rules import SHEET_STEPS, VERDICTS_AT, Step, Verdict
from .views import OfficeView


class TaskView(OfficeView):
    """A page about one task of a step that the person's roles may take."""

    header_icon = "doc-full"

    @cached_property
    def task_state(self) -> TaskState:
        found = (
            TaskState.objects.select_related(
                "workflow_state",
                "revision",
                "task",
                "open_task__claimed_by",
                "open_task__unit",
            )
            .filter(pk=self.kwargs["pk"])
            .first()
        )
        if found is None:
            raise Http404
        return found

    @cached_property
    def step(self) -> Step:
        step = moves.step_of(self.task_state.task)
        if step not in queries.steps_of(person_of(self.request)):
            raise Http404
        return step

    @cached_property
    def open_task(self) -> OpenTask | None:
        """The task's row in the queue; None when it has been decided or withdrawn."""
        return getattr(self.task_state, "open_task", None)

    @cached_property
    def wish(self) -> queues.Wish:
        return queues.Wish.read(self.request.GET)

    @cached_property
    def moment(self) -> queues.Moment:
        return queues.Moment.this()

    @cached_property
    def waiting(self) -> list[int]:
        """The tasks that the person may take, in the narrowed queue's order."""
        person = person_of(self.request)
        tasks = queries.queue_for(person, self.step)
        return queues.takeable(self.wish.apply(tasks, person, self.moment), person)

    def queue_address(self) -> str:
        return reverse("review_queue", args=[self.step.value]) + self.wish.query

    def address(self, task_state_id: int) -> str:
        """The page of a task, in the same narrowed queue."""
        return reverse("review_decide", args=[task_state_id]) + self.wish.query

    def next_address(self) -> str:
        """The task that opens after this one, else the queue."""
        following = queues.following(self.waiting, self.task_state.pk)
        return self.address(following) if following else self.queue_address()

    def conflict(self, message: str) -> HttpResponse:
        """Say who did what when, with status 409, and lead on. Nothing has been changed."""
        for name in ("task_state", "open_task", "waiting"):
            self.__dict__.pop(name, None)
        following = queues.following(self.waiting, self.task_state.pk)
        context = super().get_context_data(
            message=message,
            step=self.step,
            decision=_decision_on(self.task_state),
            open_task=self.open_task,
            again=self.address(self.task_state.pk),
            following=self.address(following) if following else "",
            back=self.queue_address(),
        )
        return self.response_class(
            request=self.request,
            template=["review/conflict.html"],
            context=context,
            using=self.template_engine,
            status=409,
        )


def _decision_on(task_state: TaskState) -> Decision | None:
    found: Decision | None = (
        Decision.objects.select_related("person").filter(task_state=task_state).first()
    )
    return found


class DecideView(TaskView):
    """One text at one step: read it, decide."""

    template_name = "review/decide.html"

    @cached_property
    def text(self) -> GatedPage:
        """The text as it was sent in: the task's revision, never the live row."""
        kind = ContentType.objects.get_for_id(self.task_state.workflow_state.content_type_id)
        model = cast("type[GatedPage]", kind.model_class())
        page = model.of_revision(self.task_state.revision)
        task = self.open_task
        if task and task.unit_id and task.unit_id == getattr(page, "unit_id", None):
            page.unit = task.unit  # in hand: about() would ask for it
        return page

    def get_page_title(self) -> str:
        return f"{self.step.label}：{self.text.title}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        queue = {"url": self.queue_address(), "label": _("待%(step)s") % {"step": self.step.label}}
        return [*self.breadcrumbs_items, queue, {"url": "", "label": self.text.title}]

    def form(self, data: Any = None) -> DecisionForm:
        """Return the form of this step, with what a return may go to on this road."""
        active = list(moves.steps_of(self.task_state.workflow_state.workflow_id))
        return DecisionForm(
            data,
            verdicts=VERDICTS_AT[self.step],
            back_to=rules.returnable_steps(self.step, active),
            reasons=CommonReason.objects.filter(step=self.step, active=True),
            initial={"seen_digest": self.text.digest()},
        )

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
        person = person_of(self.request)
        page, task = self.text, self.open_task
        road = list(queries.road_of(page))
        page.has_sheet = any(hasattr(decision, "sheet") for decision in road)
        taken = bool(task and task.claimed_by_id and task.claimed_by_id != person.pk)
        refusal = None
        if task:
            refusal = actions.why_not(page=page, step=self.step, person=person, road=road)
        if task and not taken and not refusal and "form" not in kwargs:
            kwargs |= {"form": self.form(), "sheet_form": self.sheet_form()}
        place = queues.place(self.waiting, self.task_state.pk)
        return super().get_context_data(
            **kwargs,
            page=page,
            step=self.step,
            task=task,
            taken=taken,
            mine=bool(task and task.claimed_by_id == person.pk),
            age=self.moment.age_of(task.due_at) if task else None,
            decision=None if task else _decision_on(self.task_state),
            text=page.render_marked(self.findings),
            title=show.marked(page.title, [f for f in self.findings if f.part == "title"]),
            findings=self.findings,
            about=page.about(),
            road=versions.office_road(page, road),
            refusal=refusal,
            place=place,
            before=self.address(place.before) if place.before else "",
            after=self.address(place.after) if place.after else "",
            back=self.queue_address(),
            query=self.wish.query,
            panels=self.panels(page),
        )

    def panels(self, page: GatedPage) -> list[Panel]:
        """What other rooms know of this text (attachments, similar items), in order; below
        zero comes before the form."""
        found = [hook(self.request, page) for hook in hooks.get_hooks("register_decide_panel")]
        return sorted((p for p in found if p is not None), key=lambda p: p.order)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.open_task is None:
            return self.conflict(_("您提交的意见没有生效：这项待办已不在您面前的状态。"))
        form, sheet_form = self.form(request.POST), self.sheet_form(request.POST)
        forms = {"form": form, "sheet_form": sheet_form}
        if not form.is_valid() or (sheet_form is not None and not sheet_form.is_valid()):
            return self.render_to_response(self.get_context_data(**forms))
        if form.asks is not None:
            return self.render_to_response(self.get_context_data(**forms, asks=form.asks))
        # Read before: once decided, this text has no place in the queue any more.
        onward = self.next_address()
        try:
            decision = actions.decide(
                task_state_id=self.task_state.pk,
                person=person_of(request),
                sheet=sheet_form.sheet() if sheet_form is not None else None,
                **form.words(),
            )
        except (Refused, NotCleared) as refusal:
            return self.conflict(getattr(refusal, "message", _("文本未通过保密审查。")))
        messages.success(
            request,
            _("《%(title)s》已办：%(said)s。") % {"title": self.text.title, "said": decision.said},
        )
        return redirect(onward)


class ClaimView(TaskView):
    """Claim a task, give it back, or take it over from whoever has it."""

    acts: dict[str, tuple[Any, Any]] = {
        "claim": (actions.claim, _("已认领，其他人会看到由您办理。")),
        "release": (actions.release, _("已放回，其他人可以办理。")),
        "take_over": (actions.take_over, _("已接手，现在由您办理。")),
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.own_address())

    def own_address(self) -> str:
        """The task's page, for those whose step it is."""
        _step = self.step
        return self.address(self.task_state.pk)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        own = self.own_address()
        act = self.acts.get(request.POST.get("act", ""))
        if act is None:
            return redirect(own)
        try:
            act[0](task_state_id=self.task_state.pk, person=person_of(request))
        except Refused as refused:
            return self.conflict(refused.message)
        messages.success(request, act[1])
        return redirect(own if request.POST.get("stay") else self.queue_address())
