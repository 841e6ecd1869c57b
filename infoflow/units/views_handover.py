"""交接 at the desk: a unit's signatory hands over an officer's post; the unit reads the record."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from . import handover
from .forms_handover import HandOverForm
from .handover import Holding
from .models import HandOver, Officer, User
from .permissions import person_of, unit_ids_of
from .roles import Role

PAGE_SIZE = 20


@dataclass(frozen=True)
class Shown:
    """One kind of things on a page: how many, and those that the reader may see by name."""

    label: str
    count: int
    moves: bool
    things: list[tuple[str, str]]

    @property
    def unnamed(self) -> int:
        """How many have no name for this reader."""
        return self.count - len(self.things)


def shown(viewer: User, holdings: list[Holding]) -> list[Shown]:
    """Return what a page lists, with the titles that the reader may see."""
    lines = []
    for holding in holdings:
        named = handover.names_of(holding.kind, holding.ids, viewer)
        things = [named[pk] for pk in holding.ids if pk in named]
        lines.append(Shown(holding.label, len(holding.ids), holding.moves, things))
    return lines


def holdings_in(made: HandOver) -> list[Holding]:
    """Return what a record says was moved."""
    return [
        Holding(line.kind, line.label, tuple(line.object_ids), line.moved)
        for line in made.lines.all()
    ]


@login_required
def handover_list(request: HttpRequest) -> HttpResponse:
    """The unit's officers with what may be handed over, and the records."""
    user = person_of(request)
    if not unit_ids_of(user):
        raise Http404
    signs = unit_ids_of(user, Role.SIGNATORY)
    today = timezone.localdate()
    posts = (
        Officer.objects.in_force_on(today).filter(unit_id__in=signs).select_related("unit", "user")
    )
    records = HandOver.objects.filter(unit_id__in=unit_ids_of(user)).select_related(
        "unit", "leaver", "successor", "by"
    )
    context = {
        "signs": bool(signs),
        "posts": posts,
        "page": Paginator(records, PAGE_SIZE).get_page(request.GET.get("page")),
        "several_units": len(unit_ids_of(user)) > 1,
        "query": "",
    }
    return render(request, "units/handover_list.html", context)


@login_required
def handover_officer(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand over one officer's post: what goes, to whom, done."""
    user = person_of(request)
    posts = Officer.objects.select_related("unit", "user")
    post = get_object_or_404(posts, pk=pk, unit_id__in=unit_ids_of(user, Role.SIGNATORY))
    if not Officer.objects.in_force_on(timezone.localdate()).filter(pk=pk).exists():
        return _over(request, post)
    people = handover.people_of(post.unit).exclude(pk=post.user_id)
    form = HandOverForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            made = handover.hand_over(
                unit=post.unit,
                leaver=post.user,
                successor=form.cleaned_data["successor"],
                by=user,
                note=form.cleaned_data["note"],
            )
        except ValidationError as refused:
            form.add_error(None, refused.messages)
        else:
            messages.success(
                request,
                _("已交接：%(leaver)s的信息员工作由%(successor)s接手。")
                % {"leaver": made.leaver, "successor": made.successor},
            )
            if made.leaver_id == user.pk:  # the own sessions have just ended
                return redirect("login")
            return redirect("handover_record", made.pk)
    context = {
        "post": post,
        "form": form,
        "alone": not people.exists(),
        "lines": shown(
            user, handover.holdings(unit=post.unit, person=post.user, role=Role.OFFICER)
        ),
    }
    status = 409 if form.non_field_errors() else 200
    return render(request, "units/handover_officer.html", context, status=status)


def _over(request: HttpRequest, post: Officer) -> HttpResponse:
    """Lead who comes a second time to what was made the first time."""
    made = HandOver.objects.filter(unit=post.unit, leaver=post.user, role=Role.OFFICER).first()
    if made is None:
        messages.error(request, _("这一任职已经结束，不用交接。"))
        return redirect("handover_list")
    messages.info(request, _("这一任职已经交接，不用重复办理。"))
    return redirect("handover_record", made.pk)


@login_required
def handover_record(request: HttpRequest, pk: int) -> HttpResponse:
    """交接单, to be printed and signed. Titles of what the reader may see."""
    user = person_of(request)
    records = HandOver.objects.filter(unit_id__in=unit_ids_of(user)).select_related(
        "unit", "leaver", "successor", "by"
    )
    made = get_object_or_404(records, pk=pk)
    context = {"made": made, "lines": shown(user, holdings_in(made))}
    return render(request, "units/handover_record.html", context)
