"""批示 on the unit's desk: what leaders wrote on its items, and its answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from infoflow.units.permissions import person_of, unit_ids_of

from . import queries
from .actions_instructions import answer_instruction
from .forms_desk import AnswerForm
from .models import FactLine
from .rules import form_key
from .rules_instructions import standing_of

PAGE_SIZE = 20


def shown(line: Any) -> tuple[FactLine, Any]:
    """Return a line with where its answer stands."""
    instruction = getattr(line.fact, "instruction", None)
    answer_by = instruction.answer_by if instruction is not None else None
    return line, standing_of(answer_by, line.answered, timezone.localdate())


@login_required
def instruction_list(request: HttpRequest) -> HttpResponse:
    """Instructions on the items of one's units; what is due first."""
    units = unit_ids_of(person_of(request))
    if not units:
        raise Http404
    lines = queries.instruction_lines(units).exclude(fact__instruction=None)
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [shown(line) for line in page.object_list],
        "several_units": len(units) > 1,
        "query": "",
    }
    return render(request, "adoptions/instruction_list.html", context)


@login_required
def instruction(request: HttpRequest, pk: int) -> HttpResponse:
    """One instruction with the own units' answers, and the form for another one."""
    person = person_of(request)
    units = unit_ids_of(person)
    if not units:
        raise Http404
    found = get_object_or_404(queries.instructions_for(person), pk=pk)
    lines = [shown(line) for line in queries.instruction_lines(units).filter(fact=found.fact)]
    if not lines:
        raise Http404
    asked = request.POST.get("unit", "")
    refusal = ""
    forms = {
        line.unit_id: AnswerForm(request.POST)
        if request.method == "POST" and asked == str(line.unit_id)
        else AnswerForm(initial={"unit": line.unit_id})
        for line, _standing in lines
    }
    form = forms.get(int(asked)) if asked.isascii() and asked.isdigit() else None
    if request.method == "POST" and asked and form is None:
        raise Http404
    if form is not None and form.is_valid():
        try:
            answer_instruction(
                instruction_id=found.pk,
                unit_id=form.cleaned_data["unit"],
                text=form.cleaned_data["text"],
                done_on=form.cleaned_data["done_on"],
                key=form_key(str(form.cleaned_data["form_id"])),
                person=person,
            )
        except Refused as refused:
            refusal = refused.message
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("办理情况已反馈，信息科看得到。"))
            return redirect("instruction", pk=found.pk)
    answers = [a for a in queries.answers_to(found.fact) if a.unit_id in units]
    context = {
        "instruction": found,
        "fact": found.fact,
        "parts": [(line, standing, forms[line.unit_id]) for line, standing in lines],
        "answers": answers,
        "refusal": refusal,
        "several_units": len(lines) > 1,
    }
    return render(request, "adoptions/instruction.html", context)
