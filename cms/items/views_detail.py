"""One item at the desk: its text, where it is, and what this person may do with it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from cms.review import actions as review
from cms.review.rules import Step
from cms.scanning import scanner
from infoflow.units.models import User
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import actions, joint, queries, text
from .forms_sign import AnswerForm, SignForm, WithdrawForm
from .models import ItemPage
from .models_desk import JointUnit
from .rules import ItemState, Standing
from .views_shared import item_of, panels_of


@login_required
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: text, state, road."""
    return detail_page(request, item_of(request, pk))


def detail_page(
    request: HttpRequest, item: ItemPage, *, form: Form | None = None, refusal: str = ""
) -> HttpResponse:
    """Show an item with its road and what this person may do now.

    Args:
        form: the form that was refused or filled in wrong; shown in its place.
    """
    user = person_of(request)
    own = item.unit_id in unit_ids_of(user)
    now: Standing = queries.standing(item)
    try:
        shown = queries.text_for(item, user)
    except ItemPage.DoesNotExist:
        raise Http404 from None
    if shown.signatory_id == item.signatory_id:
        shown.signatory = item.signatory  # read with the item already
    readable = not item.live or item.is_readable()
    lines = joint.lines_of(shown)
    context: dict[str, Any] = {
        "item": item,
        "shown": shown,
        "text": shown.render_text() if readable else "",
        "readable": readable,
        "length": text.length(shown.body),
        "now": now,
        "own": own,
        "road": queries.road_for(item, own=own),
        "began": queries.begun_at(item),
        "joint_lines": lines,
        "refusal": refusal,
        "panels": panels_of(request, item),
        **_to_sign(user, item, shown, now, form, refusal),
        "waits_for": joint.not_agreed(shown, lines),
        **_to_answer(user, item, shown, now, form),
        **_to_change(user, item, now, form),
    }
    return render(request, "items/detail.html", context, status=409 if refusal else 200)


def _to_sign(
    user: User, item: ItemPage, shown: ItemPage, now: Standing, form: Form | None, refusal: str
) -> dict[str, Any]:
    """Return what the unit's signatory needs: the form, or why it is not for this person."""
    if now.state != ItemState.SIGNING or item.unit_id not in unit_ids_of(user, Role.SIGNATORY):
        return {}
    blocked = review.why_not(page=item, step=Step.SIGN, person=user)
    if blocked is not None:
        return {"blocked": blocked}
    sign_form = form if isinstance(form, SignForm) else None
    if sign_form is None or refusal:
        typed = sign_form.data if sign_form else {}
        sign_form = SignForm(
            initial={
                "task": now.task_state_id,
                "digest": shown.digest(),
                "reason": typed.get("reason", ""),
            }
        )
    found = scanner.scan(shown.text_parts())
    return {"form": sign_form, "findings": found, "text": shown.render_marked(found)}


def _to_answer(
    user: User, item: ItemPage, shown: ItemPage, now: Standing, form: Form | None
) -> dict[str, Any]:
    """Return what a joint unit's person needs to agree or decline."""
    ids = unit_ids_of(user) - {item.unit_id}
    if not ids or not shown.joint:
        return {}
    asked = JointUnit.objects.standing().filter(item_id=item.pk, unit_id__in=ids)
    mine = asked.select_related("unit").first()
    if mine is None:
        return {}
    if now.state != ItemState.SIGNING:
        return {"asked": mine}
    initial = {"unit": mine.unit_id, "digest": shown.joint_digest()}
    answer_form = form if isinstance(form, AnswerForm) else AnswerForm(initial=initial)
    return {"asked": mine, "answer_form": answer_form}


def _to_change(user: User, item: ItemPage, now: Standing, form: Form | None) -> dict[str, Any]:
    """Return what the unit's officer may do with the item."""
    if item.unit_id not in unit_ids_of(user, Role.OFFICER):
        return {}
    withdraw = form if isinstance(form, WithdrawForm) else WithdrawForm()
    refusal = review.why_not_write(item, user) if now.editable else None
    return {
        "officer": True,
        "copy_key": uuid.uuid4(),
        "may_edit": now.editable and refusal is None,
        **({"blocked": refusal} if refusal else {}),
        "may_delete": actions.may_delete(item, user),
        "withdraw_form": withdraw if now.state == ItemState.SIGNING else None,
        "missing": actions.missing_parts(item) if now.editable else [],
    }
