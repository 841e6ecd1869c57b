"""The office's queues: lists with filters, claims, and one verdict for several texts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from infoflow.units.permissions import person_of

from . import actions, queries, queues
from .actions import Refused
from .forms import BulkForm
from .models import CommonReason, OpenTask
from .rules import BULK_VERDICTS, VERDICTS_AT, Step, Verdict
from .views import OfficeView

BULK_MAX = 100


def _bulk_verdicts(step: Step) -> list[Verdict]:
    """Return what may be given to several texts of a step at once; never a pass."""
    return [verdict for verdict in VERDICTS_AT[step] if verdict in BULK_VERDICTS]


class StepView(OfficeView):
    """A page about one step that the person may take."""

    header_icon = "tasks"

    @cached_property
    def step(self) -> Step:
        name = self.kwargs["step"]
        if name not in {step.value for step in queries.steps_of(person_of(self.request))}:
            raise Http404
        return Step(name)

    @cached_property
    def wish(self) -> queues.Wish:
        """What the person wants to see of the queue."""
        return queues.Wish.read(self.request.GET)

    def get_page_title(self) -> str:
        return _("待%(step)s") % {"step": self.step.label}

    def queue_address(self) -> str:
        """The queue as the person had narrowed it."""
        return reverse("review_queue", args=[self.step.value]) + self.wish.query


class QueueView(StepView):
    """What waits at one step for the person: urgent first, then oldest."""

    template_name = "review/queue.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = person_of(self.request)
        moment = queues.Moment.this()
        counts = queues.count(person, self.step, moment)
        tasks = self.wish.apply(queries.queue_for(person, self.step), person, moment)
        paginator = Paginator(queues.shown(tasks), self.wish.page_size)
        if not self.wish.narrows:
            # Counted already; the same query once more would be the dearest of the page.
            paginator.__dict__["count"] = counts.total
        page = paginator.get_page(self.request.GET.get("p"))
        return super().get_context_data(
            step=self.step,
            wish=self.wish,
            query=self.wish.query,
            counts=counts,
            filters=_filters(counts, self.wish),
            sizes=queues.PAGE_SIZES,
            page_obj=page,
            lines=queues.lines(page.object_list, person, moment),
            bulk=_bulk_verdicts(self.step),
            all_ticked="all" in self.request.GET,
        )


def _filters(counts: queues.Counts, wish: queues.Wish) -> list[dict[str, Any]]:
    """Return the filters that have something to choose between."""
    named = [
        ("unit", _("单位"), counts.choices("unit")),
        ("group", _("分组"), counts.groups),
        ("form", _("形式"), counts.choices("form")),
        ("age", _("期限"), counts.choices("age")),
        ("kind", _("检查结果"), counts.choices("kind")),
        ("whose", _("认领"), counts.choices("whose")),
    ]
    return [
        {"name": name, "label": label, "options": _options(choices, getattr(wish, name))}
        for name, label, choices in named
        if choices
    ]


def _options(choices: list[queues.Choice], chosen: str) -> SafeString:
    """Return the options of a filter; three hundred units are slow as a template's loop."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}（{}）</option>',
        (
            (c.value, mark_safe(" selected") if c.value == chosen else "", c.label, c.count)
            for c in choices
        ),
    )


class BulkView(StepView):
    """Return or close several texts with one reason: first the titles, then the outcomes."""

    template_name = "review/bulk.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect(self.queue_address())

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        queue = {"url": self.queue_address(), "label": self.get_page_title()}
        return [*self.breadcrumbs_items, queue, {"url": "", "label": _("批量办理")}]

    @cached_property
    def verdict(self) -> Verdict:
        name = self.request.POST.get("act", "")
        if name not in _bulk_verdicts(self.step):
            raise PermissionDenied
        return Verdict(name)

    def chosen(self) -> list[int]:
        """Return the ticked ids in the order of the page, each once."""
        asked = self.request.POST.getlist("tasks")
        ids = [int(pk) for pk in asked if pk.isascii() and pk.isdigit() and len(pk) < 12]
        return list(dict.fromkeys(ids))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        ids = self.chosen()
        if not ids:
            return self._told(_("没有勾选稿件。请先在列表左侧勾选，再选择批量办理。"))
        if len(ids) > BULK_MAX:
            told = _("一次最多办理%(max)d件，您勾选了%(n)d件，请分几次办理。")
            return self._told(told % {"max": BULK_MAX, "n": len(ids)})
        tasks = list(
            queues.shown(queries.queue_for(person_of(request), self.step)).filter(
                task_state_id__in=ids
            )
        )
        form = BulkForm(
            request.POST if "sure" in request.POST else None,
            reasons=CommonReason.objects.filter(step=self.step, active=True),
        )
        if not tasks:
            return self._told(_("勾选的稿件都已由他人办理或已撤回。请返回列表查看最新状态。"))
        if form.is_bound and form.is_valid():
            return self._decided(tasks, form)
        lines = queues.lines(tasks, person_of(request), queues.Moment.this())
        gone = len(ids) - len(tasks)
        return self.render_to_response(
            self.get_context_data(form=form, lines=lines, gone=gone, verdict=self.verdict)
        )

    def _decided(self, tasks: list[OpenTask], form: BulkForm) -> HttpResponse:
        """Decide each for itself and say of each what became of it."""
        person = person_of(self.request)
        lines = queues.lines(tasks, person, queues.Moment.this())
        try:
            result = actions.bulk_decide(
                task_state_ids=[line.pk for line in lines],
                person=person,
                verdict=self.verdict,
                reason=form.cleaned_data["reason"],
                cause=form.cleaned_data["common"],
            )
        except Refused as refused:
            return self._told(refused.message)
        refused_ids = dict(result.refused)
        context = self.get_context_data(
            verdict=self.verdict,
            outcomes=[(line, refused_ids.get(line.pk, "")) for line in lines],
            done=len(result.done),
            failed=len(refused_ids),
        )
        return self.render_to_response(context)

    def _told(self, message: str) -> HttpResponse:
        """Go back to the queue, with its filters, and say why nothing was done."""
        messages.error(self.request, message)
        return redirect(self.queue_address())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, step=self.step, back=self.queue_address())
