"""Writing an item at the desk: new, changed, refused."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.review import actions as review
from cms.review.actions import Refused
from infoflow.desk.keeping import keeps_typing
from infoflow.units.models import User
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import actions, precheck, queries, text
from . import actions_autosave as autosave
from .forms import WriteForm
from .models import AutoSave, ItemPage
from .views_conflict import conflict_page
from .views_shared import item_of, panels_of


def write_page(
    request: HttpRequest,
    form: WriteForm,
    *,
    status: int = 200,
    offer: bool = True,
    **context: Any,
) -> HttpResponse:
    """Show the form; unsaved typing of earlier is offered on a fresh page only."""
    if offer and not form.is_bound:
        context["kept"] = list(autosave.kept_for(person_of(request), form.item))
    context.setdefault("item", form.item)
    context["panels"] = panels_of(request, form.item)
    return render(request, "items/write.html", {"form": form, **context}, status=status)


def _restored(request: HttpRequest, item: ItemPage | None) -> AutoSave | None:
    """Return the unsaved typing that the address asks for, if it is this person's."""
    try:
        key = uuid.UUID(request.GET.get("restore", ""))
    except ValueError:
        return None
    return autosave.kept_for(person_of(request), item).filter(form_key=key).first()


def _start(person: User) -> dict[str, Any]:
    """Return what a new item begins with: contact and signatory of the last one."""
    last = queries.last_written(person)
    if last is None:
        return {"contact": f"{person.name} {person.phone}".strip() if person.phone else ""}
    return {"contact": last.contact, "signatory": last.signatory_id}


def _initial(item: ItemPage) -> dict[str, Any]:
    return {
        "title": item.title,
        "form": item.form,
        "body": text.to_text(item.body),
        "contact": item.contact,
        "signatory": item.signatory_id,
        "keywords": item.keywords,
        "joint": item.joint_names(),
        "commission": item.commission,
        "note": item.note,
        "revision": item.latest_revision_id,
    }


def _kept_initial(row: AutoSave) -> dict[str, Any]:
    return {**row.data, "form_key": row.form_key, "revision": row.base_revision}


@keeps_typing
def item_new(request: HttpRequest) -> HttpResponse:
    """Write a new item; save it as a draft, or save and submit it."""
    person = person_of(request)
    if not unit_ids_of(person, Role.OFFICER):
        raise PermissionDenied
    if request.method != "POST":
        row = _restored(request, None)
        initial = _kept_initial(row) if row else _start(person)
        form = WriteForm(initial=initial, person=person)
        return write_page(request, form, restored=row, offer=row is None)
    form = WriteForm(request.POST, person=person)
    if not form.is_valid():
        return write_page(request, form)
    try:
        item = actions.create_item(
            unit=form.cleaned_data["unit"],
            person=person,
            draft=form.draft(),
            form_key=form.cleaned_data["form_key"],
        )
    except Refused as refused:
        return _refused_new(request, form, refused)
    return _go_on(request, form, item)


def _refused_new(request: HttpRequest, form: WriteForm, refused: Refused) -> HttpResponse:
    """Answer a form that was refused; what it made before is shown beside it."""
    if isinstance(refused, actions.SavedBefore):
        item = item_of(request, refused.item.pk)
        if queries.standing(item).editable:
            return conflict_page(request, form, item, refused)
    form.add_error(None, refused.message)
    return write_page(request, form, status=409)


def _go_on(request: HttpRequest, form: WriteForm, item: ItemPage) -> HttpResponse:
    """Go on after saving: look it over, send it, or write on."""
    if form.submits:
        return _send(request, form, item)
    if "check" in request.POST:
        return redirect("item_check", item.pk)
    messages.success(request, _("草稿已保存。"))
    if "files" in request.POST:
        return redirect("item_attachments", item.pk)
    address = reverse("item_edit", args=[item.pk])
    return redirect(f"{address}?removed=1" if form.removed else address)


def _send(request: HttpRequest, form: WriteForm, item: ItemPage) -> HttpResponse:
    """Send what was just saved, unless there is something that the officer must see first."""
    person = person_of(request)
    parts = "、".join(form.removed)
    if parts:
        messages.warning(request, _("粘贴内容中的%(parts)s已去除，请核对正文。") % {"parts": parts})
    if queries.standing(item).editable and precheck.look_over(item, person).asks:
        return redirect(f"{reverse('item_check', args=[item.pk])}?send=1")
    try:
        actions.submit_item(item_id=item.pk, person=person)
    except Refused as refused:
        messages.info(request, refused.message)
        return redirect("item_detail", item.pk)
    messages.success(request, sent_message(item))
    return redirect("item_detail", item.pk)


def sent_message(item: ItemPage) -> str:
    """Return what an officer is told when an item has been sent."""
    said = _("稿件已提交，等待%(name)s审签。审签之前可以撤回修改。") % {"name": item.signatory}
    if item.joint:
        said += _("联合报送单位%(units)s会在各自的工作台看到并答复。") % {
            "units": item.joint_names()
        }
    return said


@keeps_typing
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft or a returned item."""
    item = item_of(request, pk)
    person = person_of(request)
    if item.unit_id not in unit_ids_of(person, Role.OFFICER):
        raise PermissionDenied
    if request.method != "POST":
        return _edit_page(request, item)
    if "beside" in request.POST:
        return _edit_beside(request, item)
    form = WriteForm(request.POST, person=person, item=item)
    if not form.is_valid():
        return write_page(request, form)
    try:
        item = actions.save_item(
            item_id=pk,
            person=person,
            draft=form.draft(),
            seen_revision=form.cleaned_data["revision"],
            form_key=form.cleaned_data["form_key"],
        )
    except Refused as refused:
        return _refused_edit(request, form, pk, refused)
    return _go_on(request, form, item)


def _edit_page(request: HttpRequest, item: ItemPage) -> HttpResponse:
    now = queries.standing(item)
    if not now.editable:
        messages.error(request, _("稿件已提交或已办结，不能修改；需要修改请先撤回。"))
        return redirect("item_detail", item.pk)
    refusal = review.why_not_write(item, person_of(request))
    if refusal is not None:
        messages.error(request, refusal)
        return redirect("item_detail", item.pk)
    row = _restored(request, item)
    form = WriteForm(
        initial=_kept_initial(row) if row else _initial(item),
        person=person_of(request),
        item=item,
    )
    context: dict[str, Any] = {
        "now": now,
        "removed": "removed" in request.GET,
        "restored": row,
        "found": precheck.look_over(item, person_of(request)),
    }
    return write_page(request, form, offer=row is None, **context)


def _edit_beside(request: HttpRequest, item: ItemPage) -> HttpResponse:
    """Go on with one's own text, with what was saved meanwhile beside it."""
    typed = {name: request.POST.get(name, "") for name in (*autosave.FIELDS, "form_key")}
    revision = request.POST.get("revision", "")
    form = WriteForm(initial={**typed, "revision": revision}, person=person_of(request), item=item)
    return write_page(request, form, now=queries.standing(item), beside=item, offer=False)


def _refused_edit(request: HttpRequest, form: WriteForm, pk: int, refused: Refused) -> HttpResponse:
    """Answer a change that came too late; nothing typed is lost."""
    item = item_of(request, pk)
    now = queries.standing(item)
    if isinstance(refused, actions.Stale):
        return conflict_page(request, form, item, refused)
    if not now.editable and not form.draft().write_to(item):
        messages.info(request, _("稿件已经提交，不用重复提交。"))
        return redirect("item_detail", pk)
    form.add_error(None, refused.message)
    return write_page(request, form, item=item_of(request, pk), now=now, status=409)
