"""Pages of the desk for items. Every object comes from `visible_to`; the rest is 404."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page as PageOfList
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.review import actions as review
from cms.review.actions import Refused
from cms.review.rules import Step, Verdict
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import actions, queries, text
from .forms import FilterForm, SignForm, WriteForm
from .models import ItemPage
from .rules import ItemState, Standing

PAGE_SIZE = 20


def _item(request: HttpRequest, pk: int) -> ItemPage:
    """Return an item that this person may see; everything else does not exist."""
    items = ItemPage.objects.visible_to(person_of(request)).select_related(
        "unit", "signatory", "owner"
    )
    item: ItemPage = get_object_or_404(items, pk=pk)
    return item


def _page(request: HttpRequest, items: QuerySet[ItemPage]) -> tuple[PageOfList[ItemPage], Any]:
    """Return one page of a list and its lines: (item, standing)."""
    page = Paginator(items, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    where = queries.standings(rows)
    return page, [(item, where[item.pk]) for item in rows]


@login_required
def item_list(request: HttpRequest) -> HttpResponse:
    """The unit's items, newest first."""
    form = FilterForm(request.GET)
    words, state = form.wanted()
    items = queries.own_items(person_of(request))
    if words:
        items = items.filter(title__icontains=words)
    if state:
        items = queries.in_state(items, state)
    page, lines = _page(request, items)
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "filtered": bool(words or state),
        "query": urlencode({"q": words, "state": state}),
        "writes": bool(unit_ids_of(person_of(request), Role.OFFICER)),
        "belongs": bool(unit_ids_of(person_of(request))),
        "several_units": len(unit_ids_of(person_of(request))) > 1,
    }
    return render(request, "items/list.html", context)


@login_required
def signing_list(request: HttpRequest) -> HttpResponse:
    """What waits for a signatory, oldest first."""
    page, lines = _page(request, queries.to_sign(person_of(request)))
    context = {
        "page": page,
        "lines": lines,
        "signs": bool(unit_ids_of(person_of(request), Role.SIGNATORY)),
        "several_units": len(unit_ids_of(person_of(request))) > 1,
    }
    return render(request, "items/signing.html", context)


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
    return _detail(request, _item(request, pk))


@login_required
def item_new(request: HttpRequest) -> HttpResponse:
    """Write a new item; save it as a draft, or save and submit it."""
    if not unit_ids_of(person_of(request), Role.OFFICER):
        raise PermissionDenied
    form = WriteForm(request.POST if request.method == "POST" else None, person=person_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                item = actions.create_item(
                    unit=form.cleaned_data["unit"],
                    person=person_of(request),
                    draft=form.draft(),
                    form_key=form.cleaned_data["form_key"],
                )
                if form.submits:
                    actions.submit_item(item_id=item.pk, person=person_of(request))
        except Refused as refused:
            return _refused_new(request, form, refused)
        return _saved(request, form, item)
    return render(request, "items/write.html", {"form": form})


def _refused_new(request: HttpRequest, form: WriteForm, refused: Refused) -> HttpResponse:
    """Answer a form that was refused: the same form sent twice leads to what it made."""
    key = form.cleaned_data["form_key"]
    made = ItemPage.objects.visible_to(person_of(request)).filter(
        form_key=key, owner=person_of(request)
    )
    item = made.first() if key else None
    if item is not None and not queries.standing(item).editable:
        messages.info(request, refused.message)
        return redirect("item_detail", item.pk)
    form.add_error(None, refused.message)
    return render(request, "items/write.html", {"form": form}, status=409)


def _saved(request: HttpRequest, form: WriteForm, item: ItemPage) -> HttpResponse:
    """Go on after saving, and tell what cleaning took out of the body."""
    parts = "、".join(form.removed)
    if form.submits:
        messages.success(
            request,
            _("稿件已提交，等待%(name)s审签。审签之前可以撤回修改。") % {"name": item.signatory},
        )
        if parts:
            messages.warning(
                request, _("粘贴内容中的%(parts)s已去除，请核对正文。") % {"parts": parts}
            )
        return redirect("item_detail", item.pk)
    messages.success(request, _("草稿已保存。"))
    address = reverse("item_edit", args=[item.pk])
    return redirect(f"{address}?removed=1" if parts else address)


def _initial(item: ItemPage) -> dict[str, Any]:
    return {
        "title": item.title,
        "form": item.form,
        "body": text.to_text(item.body),
        "contact": item.contact,
        "signatory": item.signatory_id,
        "revision": item.latest_revision_id,
    }


@login_required
def item_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a draft or a returned item."""
    item = _item(request, pk)
    if item.unit_id not in unit_ids_of(person_of(request), Role.OFFICER):
        raise PermissionDenied
    if request.method != "POST":
        now = queries.standing(item)
        if not now.editable:
            messages.error(request, _("稿件已提交或已办结，不能修改；需要修改请先撤回。"))
            return redirect("item_detail", pk)
        form = WriteForm(initial=_initial(item), person=person_of(request), item=item)
        context = {"form": form, "item": item, "now": now, "removed": "removed" in request.GET}
        return render(request, "items/write.html", context)
    form = WriteForm(request.POST, person=person_of(request), item=item)
    if not form.is_valid():
        return render(request, "items/write.html", {"form": form, "item": item})
    try:
        with transaction.atomic():
            actions.save_item(
                item_id=pk,
                person=person_of(request),
                draft=form.draft(),
                seen_revision=form.cleaned_data["revision"],
            )
            if form.submits:
                actions.submit_item(item_id=pk, person=person_of(request))
    except Refused as refused:
        return _refused_edit(request, form, pk, refused)
    return _saved(request, form, _item(request, pk))


def _refused_edit(request: HttpRequest, form: WriteForm, pk: int, refused: Refused) -> HttpResponse:
    """Answer a change that came too late; nothing typed is lost."""
    item = _item(request, pk)
    now = queries.standing(item)
    if not now.editable and not form.draft().write_to(item):
        messages.info(request, _("稿件已经提交，不用重复提交。"))
        return redirect("item_detail", pk)
    if isinstance(refused, actions.Stale):
        data = request.POST.copy()
        data["revision"] = str(item.latest_revision_id)
        form.data = data
    form.add_error(None, refused.message)
    context = {"form": form, "item": _item(request, pk), "now": now}
    return render(request, "items/write.html", context, status=409)


@login_required
def item_submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a saved draft to the signatory."""
    item = _item(request, pk)
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
    item = _item(request, pk)
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
    item = _item(request, pk)
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
        return _detail(request, _item(request, pk), form=form, refusal=refused.message)
    if form.verdict == Verdict.PASS:
        messages.success(
            request, _("已审签通过，稿件已报送信息科：%(title)s") % {"title": item.title}
        )
    else:
        messages.success(request, _("已退回撰稿人修改：%(title)s") % {"title": item.title})
    return redirect("item_signing")
