"""Looking an item over before it is sent: what is found, corrected by one click, alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning.rules import Finding, Kind, part_label
from cms.scanning.show import marked
from infoflow.units.permissions import person_of, unit_ids_of
from infoflow.units.roles import Role

from . import actions, fixes, precheck, queries
from .actions import Draft
from .forms import SendForm
from .marking import of_part
from .models import ItemPage
from .views_shared import item_of
from .views_write import sent_message


@dataclass(frozen=True)
class FoundLine:
    """One finding as the page lists it; `change` is what one click would write."""

    finding: Finding
    key: str
    kind: str
    part: str
    change: str

    @classmethod
    def of(cls, finding: Finding) -> FoundLine:
        return cls(
            finding=finding,
            key=fixes.key_of(finding),
            kind=str(Kind(finding.kind).label),
            part=part_label(finding.part),
            change=fixes.replacement(finding),
        )


def _own(request: HttpRequest, pk: int) -> ItemPage:
    item = item_of(request, pk)
    if item.unit_id not in unit_ids_of(person_of(request), Role.OFFICER):
        raise PermissionDenied
    return item


@login_required
def item_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was found in the saved text; correct, undo or send it."""
    item = _own(request, pk)
    if not queries.standing(item).editable:
        messages.info(request, _("稿件已提交或已办结，不用再检查。"))
        return redirect("item_detail", pk)
    if request.method != "POST":
        return _page(request, item, SendForm(initial={"note": item.note}))
    try:
        if "send" in request.POST:
            return _send(request, item)
        return _correct(request, item)
    except Refused as refused:
        item = _own(request, pk)
        if not queries.standing(item).editable:
            messages.info(request, refused.message)
            return redirect("item_detail", pk)
        form = SendForm(initial={"note": request.POST.get("note", item.note)})
        return _page(request, item, form, refusal=refused.message, status=409)


def _page(
    request: HttpRequest, item: ItemPage, form: SendForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    person = person_of(request)
    found = precheck.look_over(item, person)
    done = request.GET.get("done", "")
    newest = item.latest_revision
    undoable = newest is not None and done == str(newest.pk) and newest.user_id == person.pk
    context: dict[str, Any] = {
        "item": item,
        "form": form,
        "found": found,
        "lines": [FoundLine.of(finding) for finding in found.findings],
        "maskable": sum(1 for finding in found.personal if fixes.replacement(finding)),
        "title": marked(item.title, of_part(found.findings, "title")),
        "text": item.render_marked(of_part(found.findings, "body")),
        "similar": found.similar,
        "undoable": undoable,
        "refusal": refusal,
        "now": queries.standing(item),
    }
    return render(request, "items/check.html", context, status=status)


def _revision(request: HttpRequest) -> int:
    """Return the id of the revision on the screen.

    Raises:
        Refused: the page did not send it.
    """
    sent = request.POST.get("revision", "")
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 18):
        raise Refused(_("页面不完整，请重新打开后再办理。"))
    return int(sent)


def _correct(request: HttpRequest, item: ItemPage) -> HttpResponse:
    """Correct one place, all personal data, or take the last correction back."""
    person, revision = person_of(request), _revision(request)
    if "undo" in request.POST:
        item = fixes.undo(item_id=item.pk, person=person, revision_id=revision)
        messages.success(request, _("已撤销刚才的修改。"))
        return redirect("item_check", item.pk)
    item = fixes.apply(
        item_id=item.pk,
        person=person,
        seen_revision=revision,
        keys=request.POST.getlist("fix"),
    )
    messages.success(request, _("已改好并保存。"))
    return redirect(f"{reverse('item_check', args=[item.pk])}?done={item.latest_revision_id}")


def _send(request: HttpRequest, item: ItemPage) -> HttpResponse:
    """Send the text on the screen; work-secret wording goes with a word to the reviewer."""
    person, revision = person_of(request), _revision(request)
    form = SendForm(request.POST, needs_note=bool(precheck.look_over(item, person).stops))
    if not form.is_valid():
        return _page(request, item, form)
    draft = replace(Draft.of(item), note=form.cleaned_data["note"])
    if item.latest_revision_id != revision:
        raise Refused(_("您打开这个页面之后稿件又有改动，请核对下面的最新内容再提交。"))
    item = actions.save_item(item_id=item.pk, person=person, draft=draft, seen_revision=revision)
    actions.submit_item(item_id=item.pk, person=person)
    messages.success(request, sent_message(item))
    return redirect("item_detail", item.pk)
