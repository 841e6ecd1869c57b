"""An event's page, and the acts of office, reviewer, signatory and unit that stand on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cms.review.actions import Refused
from infoflow.units.models import User
from infoflow.units.permissions import person_of

from . import actions_findings, actions_office, pieces, queries, showing
from .forms_office import (
    AnswerForm,
    ClearForm,
    DirectForm,
    EndForm,
    FindForm,
    GradeForm,
    ObjectForm,
    OnlineForm,
    PieceForm,
    RuleForm,
    SignForm,
)
from .models import Directive, Finding, Report, UrgentEvent
from .rules_clocks import clocks_of
from .showing import May
from .views import now_ms, own_event


@login_required
@require_GET
def urgent_event(request: HttpRequest, pk: int) -> HttpResponse:
    """One event: clocks, chain, and what this person may do; a stranger's is 404."""
    return page(request, own_event(request, pk))


def page(
    request: HttpRequest,
    event: UrgentEvent,
    *,
    bound: dict[str, forms.Form] | None = None,
    refusal: str = "",
) -> HttpResponse:
    """Show an event's page; a form that was refused stands open with its faults."""
    person = person_of(request)
    can = showing.may(event, person)
    holds = queries.standing_of(event)
    facts = queries.facts_of(event, holds)
    clocks = clocks_of(facts, queries.rule_rows(), as_of=timezone.now())
    seen = list(event.seen.all())
    piece = pieces.piece_of(event, person)
    made = {**_empty_forms(event, holds, can), **(bound or {})}
    choose = made.get("piece")
    if isinstance(choose, PieceForm):
        choose.offer(pieces.offered(event))
    context = {
        "event": event,
        "state": event.state(),
        "holds": holds,
        "numbers": showing.numbers_text(holds.told),
        "hidden": queries.is_hidden(event) and not can.review,
        "clocks": showing.clock_lines(clocks),
        "chain": showing.chain_of(event, person, can),
        "phones": event.phones.all(),
        "grades": event.grades.all(),
        "seen": seen,
        "gap": showing.gap_of(event, seen, facts.first_at),
        "directives": event.directives.select_related("by").prefetch_related("answers__by"),
        "findings": event.findings.select_related("by", "answer__by", "ruling__by"),
        "can": can,
        "piece": piece,
        "forms": made,
        "open_form": next(iter(bound or {}), ""),
        "refusal": refusal,
        "suggestion": queries.suggestion_for(event, holds) if can.calls else None,
        "now_ms": now_ms(),
    }
    return render(request, "urgent/event.html", context, status=200)


def _empty_forms(event: UrgentEvent, holds: queries.Standing, can: May) -> dict[str, forms.Form]:
    grade = {"grade": holds.grade, "event_class": holds.event_class}
    made: dict[str, forms.Form] = {}
    if can.calls and not can.ended:
        made |= {"direct": DirectForm(), "online": OnlineForm(), "end": EndForm()}
    if can.calls and (not can.ended or can.find):
        made["grade"] = GradeForm(initial=grade)
    if can.find:
        made |= {"find": FindForm(), "rule": RuleForm(), "piece": PieceForm()}
    if can.own:
        made["object"] = ObjectForm()
    if can.own or can.calls:
        made["answer"] = AnswerForm()
    if can.review:
        made["clear"] = ClearForm()
    if can.signs:
        made["sign"] = SignForm()
    return made


@dataclass(frozen=True)
class Act:
    """One act on an event's page: its form, who may, what it does, what is said after it."""

    name: str
    form: type[Any]
    may: Callable[[May], bool]
    run: Callable[..., Any]
    told: str


def _on_event(act: Act) -> Callable[..., HttpResponse]:
    """Make the view of an act on the event itself."""

    @login_required
    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        return _act(request, act, own_event(request, pk), {"event_id": pk})

    return view


def _on_part(act: Act, model: type[Any], argument: str, event_of: str) -> Callable[..., Any]:
    """Make the view of an act on a report, finding or directive of an event."""

    @login_required
    @require_POST
    def view(request: HttpRequest, pk: int) -> HttpResponse:
        visible = UrgentEvent.objects.visible_to(person_of(request))
        part = get_object_or_404(model.objects.filter(event__in=visible), pk=pk)
        event = own_event(request, getattr(part, event_of))
        return _act(request, act, event, {argument: pk})

    return view


def _act(
    request: HttpRequest, act: Act, event: UrgentEvent, target: dict[str, int]
) -> HttpResponse:
    person: User = person_of(request)
    if not act.may(showing.may(event, person)):
        raise PermissionDenied
    form = act.form(request.POST)
    if not form.is_valid():
        return page(request, event, bound={act.name: form})
    try:
        act.run(**target, **form.cleaned_data, person=person)
    except Refused as refused:
        return page(request, event, bound={act.name: form}, refusal=refused.message)
    except ValidationError as error:
        form.take(error.message_dict)
        return page(request, event, bound={act.name: form})
    messages.success(request, act.told)
    return redirect("urgent_event", event.pk)


class NoForm(forms.Form):
    """A button."""


def _calls(can: May) -> bool:
    return can.calls


def _finds(can: May) -> bool:
    return can.find


urgent_take = _on_part(
    Act("take", NoForm, _calls, actions_office.take, _("已接报。")), Report, "report_id", "event_id"
)
urgent_sign = _on_part(
    Act("sign", SignForm, lambda can: can.signs, actions_office.sign_afterwards, _("已补签。")),
    Report,
    "report_id",
    "event_id",
)
urgent_clear = _on_part(
    Act("clear", ClearForm, lambda can: can.review, actions_office.clear, _("审查意见已记录。")),
    Report,
    "report_id",
    "event_id",
)
urgent_grade = _on_event(
    Act("grade", GradeForm, _calls, actions_office.decide_grade, _("已定级，时限随之核定。"))
)
urgent_online = _on_event(
    Act("online", OnlineForm, _calls, actions_office.note_online, _("网上所见已登记。"))
)
urgent_direct = _on_event(
    Act("direct", DirectForm, _calls, actions_office.direct, _("指示已登记并通知单位。"))
)
urgent_answer = _on_part(
    Act(
        "answer",
        AnswerForm,
        lambda can: can.own or can.calls,
        actions_office.answer_directive,
        _("落实情况已登记。"),
    ),
    Directive,
    "directive_id",
    "event_id",
)
urgent_end = _on_event(Act("end", EndForm, _calls, actions_office.end, _("已办结。")))
urgent_find = _on_event(
    Act("find", FindForm, _finds, actions_findings.find, _("认定已登记，单位可以申辩。"))
)
urgent_piece = _on_event(
    Act("piece", PieceForm, _finds, pieces.carry, _("对应稿件已登记，已记的计分事项随之更正。"))
)
urgent_object = _on_part(
    Act(
        "object",
        ObjectForm,
        lambda can: can.own,
        actions_findings.answer_finding,
        _("已提出申辩。"),
    ),
    Finding,
    "finding_id",
    "event_id",
)
urgent_rule = _on_part(
    Act("rule", RuleForm, _finds, actions_findings.rule_on, _("复核意见已记录。")),
    Finding,
    "finding_id",
    "event_id",
)
