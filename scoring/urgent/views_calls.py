"""The duty desk's pages: a call noted in one tap, and an event that should have been reported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.review.actions import Refused
from infoflow.desk.keeping import keeps_typing
from infoflow.units.permissions import person_of

from . import actions, actions_calls
from .forms_office import CallForm, MissingForm, NewCallForm
from .models import UrgentEvent
from .views import own_event


@keeps_typing
@require_http_methods(["GET", "POST"])
def urgent_phone_new(request: HttpRequest) -> HttpResponse:
    """Note a call about an event that nobody here knows yet; it opens the event."""
    return _call(request, None)


@keeps_typing
@require_http_methods(["GET", "POST"])
def urgent_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a call about a known event."""
    return _call(request, own_event(request, pk))


def _call(request: HttpRequest, event: UrgentEvent | None) -> HttpResponse:
    person = person_of(request)
    if not actions.takes_calls(person):
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form: Any = NewCallForm(posted) if event is None else CallForm(posted)
    refusal = ""
    if form.is_bound and form.is_valid():
        known: dict[str, Any] = (
            {"unit": event.unit, "event_id": event.pk} if event is not None else {}
        )
        try:
            made = actions_calls.phone_report(**form.cleaned_data, **known, person=person)
        except Refused as refused:
            refusal = refused.message
        except ValidationError as error:
            form.take(error.message_dict)
        else:
            messages.success(
                request,
                _("电话报告已登记，%(number)s；已通知单位。") % {"number": made.event.number_label},
            )
            return redirect("urgent_event", made.event_id)
    context = {"form": form, "event": event, "refusal": refusal, "person": person}
    return render(request, "urgent/phone.html", context)


@keeps_typing
@require_http_methods(["GET", "POST"])
def urgent_missing(request: HttpRequest) -> HttpResponse:
    """应报未报: open an event of which the unit has not said a word."""
    person = person_of(request)
    if not actions.takes_calls(person):
        raise PermissionDenied
    form = MissingForm(request.POST if request.method == "POST" else None)
    refusal = ""
    if form.is_bound and form.is_valid():
        try:
            event = actions_calls.open_missing(**form.cleaned_data, person=person)
        except Refused as refused:
            refusal = refused.message
        except ValidationError as error:
            form.take(error.message_dict)
        else:
            messages.success(
                request,
                _("%(number)s已登记，已催单位报送。") % {"number": event.number_label},
            )
            return redirect("urgent_event", event.pk)
    return render(request, "urgent/missing.html", {"form": form, "refusal": refusal})
