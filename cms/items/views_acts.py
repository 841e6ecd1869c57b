"""Buttons beside an item: send, take back, copy, delete, sign, speak for a joint unit."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.review import actions as review
from cms.review.actions import Refused
from cms.review.rules import Verdict
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import actions, actions_joint, precheck, queries
from .forms_sign import AnswerForm, SignForm, WithdrawForm
from .models import ItemPage
from .views_detail import detail_page
from .views_shared import item_of
from .views_write import sent_message


@login_required
def item_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a saved draft to the signatory, unless the officer must look at something first."""
    item = item_of(request, pk)
    if request.method != "POST":
        return redirect("item_detail", pk)
    person = person_of(request)
    officer = item.unit_id in unit_ids_of(person, Role.OFFICER)
    if officer and queries.standing(item).editable:
        found = precheck.look_over(item, person)
        if found.asks and not found.missing:
            return redirect(f"{reverse('item_check', args=[pk])}?send=1")
    try:
        actions.submit_item(item_id=item.pk, person=person)
    except Refused as refused:
        return detail_page(request, item, refusal=refused.message)
    messages.success(request, sent_message(item))
    return redirect("item_detail", pk)


@login_required
def item_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item back before it is signed, and say why."""
    item = item_of(request, pk)
    if request.method != "POST":
        return redirect("item_detail", pk)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        return detail_page(request, item, form=form)
    try:
        actions.withdraw_item(
            item_id=item.pk, person=person_of(request), reason=form.cleaned_data["reason"]
        )
    except Refused as refused:
        return detail_page(request, item, form=form, refusal=refused.message)
    messages.success(request, _("稿件已撤回，可以修改后重新提交。"))
    return redirect("item_detail", pk)


@login_required
def item_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a new draft with the text of an own unit's item."""
    item = item_of(request, pk)
    if request.method != "POST":
        return redirect("item_detail", pk)
    person = person_of(request)
    if item.unit_id not in unit_ids_of(person, Role.OFFICER):
        raise PermissionDenied
    try:
        key = uuid.UUID(request.POST.get("form_key", ""))
    except ValueError:
        raise Refused(_("页面不完整，请重新打开后再办理。")) from None
    try:
        source = queries.text_for(item, person)
    except ItemPage.DoesNotExist:
        raise Http404 from None
    copy = actions.copy_item(source=source, person=person, form_key=key)
    said = _("已复制为一篇新草稿，请修改后提交。")
    if source.attachments:
        said += _("附件没有复制，需要的请重新上传。")
    messages.success(request, said)
    return redirect("item_edit", copy.pk)


@login_required
def item_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether an own draft that was never sent shall go, and delete it."""
    item = item_of(request, pk)
    person = person_of(request)
    if not actions.may_delete(item, person):
        raise PermissionDenied
    if request.method != "POST":
        return render(request, "items/delete.html", {"item": item})
    title = item.title
    actions.delete_draft(item_id=item.pk, person=person)
    messages.success(request, _("草稿《%(title)s》已删除。") % {"title": title})
    return redirect("item_list")


@login_required
def item_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign an item, or return it with a reason."""
    item = item_of(request, pk)
    if request.method != "POST":
        return redirect("item_detail", pk)
    form = SignForm(request.POST)
    if not form.is_valid():
        if form.has_error("task") or form.has_error("digest"):
            return detail_page(request, item, refusal=_("页面不完整，请刷新后重新办理。"))
        return detail_page(request, item, form=form)
    task = item.current_workflow_task_state
    try:
        if task is None or task.pk != form.cleaned_data["task"]:
            raise Refused(_("这项待办已由他人办理或已撤回，请查看下面的最新状态。"))
        review.decide(
            task_state_id=task.pk,
            person=person_of(request),
            verdict=form.verdict,
            reason=form.cleaned_data["full_reason"],
            seen_digest=form.cleaned_data["digest"],
        )
    except Refused as refused:
        return detail_page(request, item_of(request, pk), form=form, refusal=refused.message)
    if form.verdict == Verdict.PASS:
        messages.success(
            request, _("已审签通过，稿件已报送信息科：%(title)s") % {"title": item.title}
        )
    else:
        messages.success(request, _("已退回撰稿人修改：%(title)s") % {"title": item.title})
    return redirect("item_signing")


@login_required
def item_joint(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a joint report for one's unit, or decline with a reason."""
    item = item_of(request, pk)
    if request.method != "POST":
        return redirect("item_detail", pk)
    if "drop" in request.POST:
        return _let_go(request, item)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        if form.has_error("unit") or form.has_error("digest"):
            return detail_page(request, item, refusal=_("页面不完整，请刷新后重新办理。"))
        return detail_page(request, item, form=form)
    try:
        actions_joint.answer(
            item_id=item.pk,
            unit_id=form.cleaned_data["unit"],
            person=person_of(request),
            agreed=form.agreed,
            reason=form.cleaned_data["reason"],
            seen_digest=form.cleaned_data["digest"],
        )
    except Refused as refused:
        return detail_page(request, item_of(request, pk), refusal=refused.message)
    said = _("已同意联合报送。") if form.agreed else _("已答复不同意联合报送，牵头单位会看到理由。")
    messages.success(request, said)
    return redirect("item_detail", pk)


def _let_go(request: HttpRequest, item: ItemPage) -> HttpResponse:
    """Take a joint unit off the lead unit's item."""
    sent = request.POST["drop"]
    unit_id = int(sent) if sent.isascii() and sent.isdigit() and len(sent) <= 18 else 0
    try:
        actions.let_go(item_id=item.pk, unit_id=unit_id, person=person_of(request))
    except Refused as refused:
        return detail_page(request, item, refusal=refused.message)
    messages.success(request, _("已取消这个联合报送单位，稿件重新送审签。"))
    return redirect("item_detail", item.pk)
