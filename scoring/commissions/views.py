"""The desk's pages of commissions: what the own units were asked for, and what they do about it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cms.review.actions import Refused
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import actions_recurring as recurring
from . import actions_unit as unit
from . import queries
from .forms import ExtendForm, LinkForm, NothingForm, PersonForm, UnableForm, UnlinkForm
from .models import Answer, AskedUnit, DutyRun, Extension, Unable
from .rules import still_owes, tally
from .shared import NeedsConfirmation
from .standing import Standing, standing

PAGE_SIZE = 30
Act = Callable[[HttpRequest, AskedUnit], HttpResponse]


@login_required
@require_GET
def commission_list(request: HttpRequest) -> HttpResponse:
    """List what the own units were asked for: what is open by deadline, then the rest."""
    person = person_of(request)
    if not unit_ids_of(person):
        raise PermissionDenied
    now = timezone.now()
    open_lines = queries.open_lines(person, now)
    rest = queries.asked_for(person).exclude(pk__in=[line.asked.pk for line in open_lines])
    page = Paginator(rest.order_by("-asked_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "open_lines": open_lines,
        "lines": queries.lines_of(page.object_list, now),
        "page": page,
        "several_units": len(unit_ids_of(person)) > 1,
    }
    return render(request, "commissions/list.html", context)


def _asked(request: HttpRequest, pk: int) -> AskedUnit:
    """Return what an own unit was asked for; everything else does not exist."""
    person = person_of(request)
    if not unit_ids_of(person):
        raise Http404
    asked: AskedUnit = get_object_or_404(queries.asked_for(person), pk=pk)
    return asked


@login_required
@require_GET
def commission_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one commission as an asked unit sees it."""
    return detail_page(request, _asked(request, pk))


def detail_page(
    request: HttpRequest,
    asked: AskedUnit,
    *,
    form: Form | None = None,
    refusal: str = "",
    confirm: bool = False,
) -> HttpResponse:
    """Show a commission with what this person may do now.

    Args:
        form: the form that was refused or filled in wrong; shown in its place.
        confirm: the deadline asked for is doubtful and has to be confirmed.
    """
    person, moment = person_of(request), timezone.now()
    now = standing(asked, moment)
    others = queries.others_of(asked, moment)
    owes = still_owes(now.facts)
    signed = asked.signed_at is not None and asked.dropped_at is None
    officer = asked.unit_id in unit_ids_of(person, Role.OFFICER)
    context: dict[str, Any] = {
        "asked": asked,
        "commission": asked.commission,
        "now": now,
        "owes": owes,
        "officer": officer,
        "answers": _answers(asked, now),
        "draft": _draft(asked, now) if officer else None,
        "others": others,
        "others_tally": tally(line.now.state for line in others),
        "extensions": list(Extension.objects.filter(asked=asked).select_related("replied_by")),
        "unables": list(Unable.objects.filter(asked=asked).select_related("replied_by")),
        "events": queries.events_for_unit(asked),
        "refusal": refusal,
        "confirm": confirm,
        "may_sign": asked.signed_at is None and asked.dropped_at is None,
        "start_key": uuid.uuid4() if signed and officer else None,
        "link_items": queries.linkable(asked, person) if signed else [],
        "recurring": DutyRun.objects.filter(commission=asked.commission_id).exists(),
    }
    if signed:
        context |= _forms(asked, now, owes, form)
    status = 409 if refusal else 200
    return render(request, "commissions/detail.html", context, status=status)


def _answers(asked: AskedUnit, now: Standing) -> list[dict[str, Any]]:
    """Return the pieces with what the page says of each."""
    rows = []
    for answer in now.answers:
        piece = now.pieces[answer.pk]
        verdict = answer.verdicts.order_by("pk").last() if piece.ruling else None
        rows.append(
            {
                "answer": answer,
                "piece": piece,
                "verdict": verdict,
                "own": answer.item.unit_id == asked.unit_id,
                "used": list(answer.adopted.filter(undone_at__isnull=True)),
                "late": piece.left is not None and piece.left > asked.due,
            }
        )
    return rows


def _draft(asked: AskedUnit, now: Standing) -> int | None:
    """Return the id of the unit's newest piece that still has to be written or mended."""
    mine = [
        answer.item_id
        for answer in now.answers
        if answer.item.unit_id == asked.unit_id
        and (now.pieces[answer.pk].left is None or now.pieces[answer.pk].returned)
    ]
    return mine[-1] if mine else None


def _forms(asked: AskedUnit, now: Standing, owes: bool, form: Form | None) -> dict[str, Any]:
    """Return the forms that make sense now; a refused one with what was typed."""

    def shown(kind: type[Form], **more: Any) -> Form:
        return form if isinstance(form, kind) else kind(**more)

    named = {"chosen": asked.person_id} if asked.person_id else {}
    found: dict[str, Any] = {"person_form": shown(PersonForm, asked=asked, initial=named)}
    if owes and now.wants_more is None:
        found["extend_form"] = shown(ExtendForm)
    if owes and not Unable.objects.filter(asked=asked, replied_at__isnull=True).exists():
        found["unable_form"] = shown(UnableForm)
    return found


@login_required
@require_POST
def commission_act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what a button of the page stands for."""
    asked = _asked(request, pk)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        messages.warning(request, _("页面不完整，没有办理，请刷新后再办理。"))
        return redirect("commission", asked.pk)
    try:
        return act(request, asked)
    except Refused as refused:
        return detail_page(request, _asked(request, pk), refusal=refused.message)


def _done(request: HttpRequest, asked: AskedUnit, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("commission", asked.pk)


def _sign(request: HttpRequest, asked: AskedUnit) -> HttpResponse:
    unit.sign_for(asked_id=asked.pk, person=person_of(request))
    return _done(request, asked, _("已签收。"))


def _person(request: HttpRequest, asked: AskedUnit) -> HttpResponse:
    form = PersonForm(request.POST, asked=asked)
    if not form.is_valid():
        return detail_page(request, asked, form=form)
    unit.name_person(
        asked_id=asked.pk, chosen=form.cleaned_data["chosen"], person=person_of(request)
    )
    return _done(request, asked, _("承办人已确定。"))


def _start(request: HttpRequest, asked: AskedUnit) -> HttpResponse:
    try:
        key = uuid.UUID(request.POST.get("form_key", ""))
    except ValueError:
        raise Refused(_("页面不完整，请刷新后再办理。")) from None
    item = unit.start_piece(asked_id=asked.pk, person=person_of(request), form_key=key)
    messages.success(request, _("已建立草稿并关联这件约稿，写好后提交审签。"))
    return redirect(reverse("item_edit", args=[item.pk]))


def _link(request: HttpRequest, asked: AskedUnit) -> HttpResponse:
    form = LinkForm(request.POST)
    if not form.is_valid():
        raise Refused(_("请选择一篇稿件。"))
    unit.link_item(asked_id=asked.pk, item_id=form.cleaned_data["item"], person=person_of(request))
    return _done(request, asked, _("稿件已关联；是否按时，以稿件审签报出的时间为准。"))


def _unlink(request: HttpRequest, asked: AskedUnit) -> HttpResponse:
    form = UnlinkForm(request.POST)
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]))
    mine = get_object_or_404(Answer, pk=form.cleaned_data["answer"], asked=asked)
    unit.unlink_item(
        answer_id=mine.pk, reason=form.cleaned_data["reason"], person=person_of(request)
    )
    return _done(request, asked, _("已解除关联。"))


def _extend(request: HttpRequest, asked: AskedUnit) -> HttpResponse:
    form = ExtendForm(request.POST)
    if not form.is_valid():
        return detail_page(request, asked, form=form)
    try:
        unit.ask_extension(
            asked_id=asked.pk,
            until=form.until(),
            reason=form.cleaned_data["reason"],
            person=person_of(request),
            confirmed=form.cleaned_data["confirmed"],
        )
    except Refused as refused:
        asks = isinstance(refused, NeedsConfirmation)
        return detail_page(request, asked, form=form, refusal=refused.message, confirm=asks)
    return _done(request, asked, _("延期申请已提出；信息科答复之前，仍按原来的截止时间办理。"))


def _unable(request: HttpRequest, asked: AskedUnit) -> HttpResponse:
    form = UnableForm(request.POST)
    if not form.is_valid():
        return detail_page(request, asked, form=form)
    unit.say_unable(
        asked_id=asked.pk, reason=form.cleaned_data["reason"], person=person_of(request)
    )
    return _done(request, asked, _("已提出无法完成；信息科同意之前，仍须按时办理。"))


def _nothing(request: HttpRequest, asked: AskedUnit) -> HttpResponse:
    form = NothingForm(request.POST)
    if not form.is_valid():
        raise Refused(str(next(iter(form.errors.values()))[0]))
    recurring.report_nothing(
        asked_id=asked.pk, words=form.cleaned_data["words"], person=person_of(request)
    )
    return _done(request, asked, _("已零报告，本期不用再报。"))


ACTS: dict[str, Act] = {
    "sign": _sign,
    "person": _person,
    "start": _start,
    "link": _link,
    "unlink": _unlink,
    "extend": _extend,
    "unable": _unable,
    "nothing": _nothing,
}
