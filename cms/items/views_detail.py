"""One item at the desk: its text and road, sending, taking back, signing."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cms.review import actions as review
from cms.review.actions import Refused
from cms.review.rules import Step, Verdict
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import actions, queries, text
from .forms import SignForm
from .models import ItemPage
from .rules import ItemState, Standing
from .views_shared import item_of


def _detail(
    request: HttpRequest, item: ItemPage, *, form: SignForm | None = None, refusal: str = ""
) -> HttpResponse:
    """Show an item with its road and what this person may do now."""
    user = person_of(request)
    own = item.unit_id in unit_ids_of(user)
    now: Standing = queries.standing(item)
    try:
        shown = queries.text_for(item, user)
    except ItemPage.DoesNotExist:
        raise Http404 from None
    readable = not item.live or item.is_readable()
    signing = now.state == ItemState.SIGNING and item.unit_id in unit_ids_of(user, Role.SIGNATORY)
    blocked = review.why_not(page=item, step=Step.SIGN, person=user) if signing else None
    task = item.current_workflow_task_state if signing and blocked is None else None
    if task is not None and (form is None or refusal):
        typed = form.data if form else {}
        form = SignForm(
            initial={
                "task": task.pk,
                "digest": shown.digest(),
                "reason": typed.get("reason", ""),
            }
        )
    officer = item.unit_id in unit_ids_of(user, Role.OFFICER)
    context = {
        "item": item,
        "shown": shown,
        "text": shown.render_text() if readable else "",
        "readable": readable,
        "length": text.length(shown.body),
        "now": now,
        "own": own,
        "road": queries.road_for(item, own=own),
        "began": queries.begun_at(item),
        "form": form if task is not None else None,
        "blocked": blocked,
        "may_edit": officer and now.editable,
        "may_withdraw": officer and now.state == ItemState.SIGNING,
        "missing": actions.missing_parts(item) if officer and now.editable else [],
        "refusal": refusal,
    }
    return render(request, "items/detail.html", context, status=409 if refusal else 200)


@login_required
def item_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One item: text, state, road."""
    return _detail(request, item_of(request, pk))


@login_required
def item_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a saved draft to the signatory."""
    item = item_of(request, pk)
    if request.method != "POST":
        return redirect("item_detail", pk)
    try:
        actions.submit_item(item_id=pk, person=person_of(request))
    except Refused as refused:
        return _detail(request, item, refusal=refused.message)
    messages.success(request, _("稿件已提交，等待%(name)s审签。") % {"name": item.signatory})
    return redirect("item_detail", pk)


@login_required
def item_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item back before it is signed."""
    item = item_of(request, pk)
    if request.method != "POST":
        return redirect("item_detail", pk)
    try:
        actions.withdraw_item(item_id=pk, person=person_of(request))
    except Refused as refused:
        return _detail(request, item, refusal=refused.message)
    messages.success(request, _("稿件已撤回，可以修改后重新提交。"))
    return redirect("item_detail", pk)


@login_required
def item_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign an item, or return it with a reason."""
    item = item_of(request, pk)
    if request.method != "POST":
        return redirect("item_detail", pk)
    form = SignForm(request.POST)
    if not form.is_valid():
        if form.has_error("task") or form.has_error("digest"):
            return _detail(request, item, refusal=_("页面不完整，请刷新后重新办理。"))
        return _detail(request, item, form=form)
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
        return _detail(request, item_of(request, pk), form=form, refusal=refused.message)
    if form.verdict == Verdict.PASS:
        messages.success(
            request, _("已审签通过，稿件已报送信息科：%(title)s") % {"title": item.title}
        )
    else:
        messages.success(request, _("已退回撰稿人修改：%(title)s") % {"title": item.title})
    return redirect("item_signing")
