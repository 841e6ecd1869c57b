"""Two texts of one item: what this person typed and what was saved meanwhile."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cms.review import diff
from cms.review.actions import Refused
from infoflow.units.permissions import person_of

from . import actions_autosave as autosave
from . import text
from .models import ItemPage

if TYPE_CHECKING:
    from .forms import WriteForm

SHORT = ("title", "form", "contact", "signatory", "keywords", "joint", "commission", "note")


def conflict_page(
    request: HttpRequest, form: WriteForm, item: ItemPage, refused: Refused
) -> HttpResponse:
    """Show both texts and let the person choose; what was typed is kept for them meanwhile."""
    person = person_of(request)
    key = form.cleaned_data.get("form_key")
    # Too long to be kept aside: the page itself still carries it.
    with suppress(Refused):
        if key is not None:
            autosave.keep(
                person=person,
                form_key=key,
                data=request.POST.dict(),
                item_id=item.pk,
                base_revision=form.cleaned_data.get("revision"),
            )
    newest = item.latest_revision
    lines = diff.rows(text.to_text(form.draft().body), text.to_text(item.body))
    carried = {name: request.POST.get(name, "") for name in (*autosave.FIELDS, "form_key")}
    context = {
        "item": item,
        "message": refused.message,
        "who": newest.user if newest is not None else None,
        "saved_at": newest.created_at if newest is not None else None,
        "fields": _different(form, item),
        "rows": lines if diff.differs(lines) else [],
        "carried": {**carried, "revision": item.latest_revision_id},
    }
    return render(request, "items/conflict.html", context, status=409)


def _different(form: WriteForm, item: ItemPage) -> list[tuple[Any, str, str]]:
    """Return the short fields that differ: (label, mine, theirs)."""
    mine = ItemPage(unit=item.unit)
    form.draft().write_to(mine)
    rows = [(form.fields[name].label, _shown(mine, name), _shown(item, name)) for name in SHORT]
    return [row for row in rows if row[1] != row[2]]


def _shown(item: ItemPage, name: str) -> str:
    if name == "joint":
        return item.joint_names()
    if name == "form":
        return str(item.get_form_display())
    return str(getattr(item, name) or "")
