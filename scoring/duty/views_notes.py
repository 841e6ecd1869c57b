"""交接班: leave a note, take one over, close what was open."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cms.review.actions import Refused
from infoflow.units.permissions import person_of

from . import actions_notes, queries
from .forms import CloseForm, NoteForm
from .models import HandoverNote, Matter
from .permissions import writes_log
from .views import for_readers, for_writers

PAGE_SIZE = 10


def _page(
    request: HttpRequest,
    *,
    form: NoteForm | None = None,
    closing: dict[int, CloseForm] | None = None,
) -> HttpResponse:
    person = person_of(request)
    matters = [
        (matter, (closing or {}).get(matter.pk, CloseForm(prefix=f"m{matter.pk}")))
        for matter in queries.open_matters(person)
    ]
    told = HandoverNote.objects.visible_to(person).select_related("by", "shift", "taken__by")
    notes = told.prefetch_related("matters__closed__by")
    context = {
        "form": form or NoteForm(),
        "matters": matters,
        "page": Paginator(notes, PAGE_SIZE).get_page(request.GET.get("page")),
        "query": "",
        "writes": writes_log(person),
        "shift": queries.shift_of(person, timezone.now()),
        "me": person.pk,
    }
    return render(request, "duty/notes.html", context)


@for_readers
@require_http_methods(["GET", "POST"])
def notes(request: HttpRequest) -> HttpResponse:
    """Show what was handed over and what is open; a POST leaves a note."""
    return _page(request) if request.method == "GET" else _leave(request)


@for_writers
def _leave(request: HttpRequest) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            actions_notes.leave_note(
                text=form.cleaned_data["text"],
                matters=form.cleaned_data["matters"],
                key=form.key,
                person=person_of(request),
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("已交班，等下一班的人接班。"))
            return redirect("duty_notes")
    return _page(request, form=form)


@for_writers
@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a note over."""
    note = get_object_or_404(HandoverNote.objects.visible_to(person_of(request)), pk=pk)
    try:
        actions_notes.take_note(note_id=note.pk, person=person_of(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("已接班。未办结事项继续列在值班室，办完请点“办结”。"))
    return redirect("duty")


@for_writers
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an open matter."""
    matter = get_object_or_404(Matter.objects.visible_to(person_of(request)), pk=pk)
    form = CloseForm(request.POST, prefix=f"m{matter.pk}")
    if form.is_valid():
        try:
            actions_notes.close_matter(
                matter_id=matter.pk, text=form.cleaned_data["text"], person=person_of(request)
            )
        except Refused as refused:
            messages.error(request, refused.message)
            return redirect("duty_notes")
        messages.success(request, _("事项已办结。"))
        return redirect("duty_notes")
    return _page(request, closing={matter.pk: form})
