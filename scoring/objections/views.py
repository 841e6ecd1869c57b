"""The desk's pages of objections: own unit's list, raising one, reading the answer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cms.review.actions import Refused
from infoflow.units.permissions import person_of, unit_ids_of
from scoring.ledger.models import Entry

from . import actions, queries
from .forms import ObjectionForm

PAGE_SIZE = 50


@login_required
@require_GET
def objection_list(request: HttpRequest) -> HttpResponse:
    """List the objections of the own units, unanswered first by deadline."""
    person = person_of(request)
    own = unit_ids_of(person)
    if not own:
        raise PermissionDenied
    found = queries.objections_for(person).filter(unit_id__in=own).order_by("-at", "-pk")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    now = timezone.now()
    lines = [(objection, objection.state(now)) for objection in page]
    return render(request, "objections/list.html", {"lines": lines, "page": page})


@login_required
@require_http_methods(["GET", "POST"])
def objection_new(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Object to an entry of one's own unit; somebody else's is 404."""
    person = person_of(request)
    entries = Entry.objects.select_related("fact__bulletin", "unit", "scheme")
    entry = get_object_or_404(entries.filter(unit_id__in=unit_ids_of(person)), pk=entry_id)
    refusal = queries.why_not(entry, person)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.raise_objection(
                entry_id=entry.pk, text=form.cleaned_data["text"], person=person
            )
        except Refused as refused:
            refusal = refused.message
        else:
            messages.success(request, _("异议已提出，请在期限内留意答复。"))
            return redirect("objection", made.pk)
    context = {
        "entry": entry,
        "form": form,
        "refusal": refusal,
        "until": queries.until(entry.at),
        "scheme": entry.scheme,
    }
    return render(request, "objections/new.html", context)


@login_required
@require_GET
def objection_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one objection of the own units with its answer; somebody else's is 404."""
    person = person_of(request)
    if not unit_ids_of(person):
        raise Http404
    found = queries.objections_for(person).filter(unit_id__in=unit_ids_of(person))
    objection = get_object_or_404(found, pk=pk)
    context = {
        "objection": objection,
        "state": objection.state(),
        "answer": getattr(objection, "answer", None),
    }
    return render(request, "objections/detail.html", context)
