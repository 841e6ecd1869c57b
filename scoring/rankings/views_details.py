"""What is behind a number of the ranking: facts, and entries with their clauses."""

from __future__ import annotations

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.bulletins.models import Bulletin, Level
from infoflow.units.models import Unit
from infoflow.units.permissions import person_of
from scoring.adoptions.rules import FactKind, Mark
from scoring.objections.queries import marks_for
from scoring.schemes.rules import points_text

from . import queries
from .forms import ChoiceForm
from .permissions import opens_details_of
from .queries import Behind
from .views_shared import for_readers

PAGE_SIZE = 50


@for_readers
def ranking_details(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Show the facts and ledger entries behind a number; a stranger's unit is 404."""
    user = person_of(request)
    if not opens_details_of(user, unit_id):
        raise Http404
    unit = get_object_or_404(Unit, pk=unit_id)
    form = ChoiceForm(request.GET, today=timezone.localdate())
    period = form.choice().period
    behind = read_behind(request.GET)
    found = queries.details(unit, period.start, period.end, behind)
    lines = Paginator(found.lines, PAGE_SIZE).get_page(request.GET.get("facts"))
    entries = Paginator(found.entries, PAGE_SIZE).get_page(request.GET.get("entries"))
    narrowed = urlencode(
        {key: request.GET[key] for key in NARROWING if request.GET.get(key)}, doseq=True
    )
    query = period.query
    return render(
        request,
        "rankings/details.html",
        {
            "unit": unit,
            "form": form,
            "period": period,
            "what": words_of(behind),
            "facts_first": behind.kind is not None,
            "deducted": behind.deducted,
            "number": found.number,
            "points": points_text(found.hundredths),
            "lines": lines,
            "entries": entries,
            "clauses": queries.clause_names(entries),
            "items": queries.open_items(lines, user),
            "marks": marks_for(entries, user),
            "back": query,
            "query": f"{query}&{narrowed}" if narrowed else query,
        },
    )


NARROWING = ("kind", "bulletin", "merged", "level", "mark", "deducted")


def read_behind(asked: QueryDict) -> Behind:
    """Return which facts are asked for.

    Raises:
        Http404: a kind, bulletin, level or mark that does not exist.
    """
    kind, mark = asked.get("kind", ""), asked.get("mark", "")
    if kind not in ("", *FactKind.values) or mark not in ("", *Mark.values):
        raise Http404
    level = _number(asked.get("level", ""))
    # 0: the fact names no level.
    if level and level not in Level.values:
        raise Http404
    bulletin = _number(asked.get("bulletin", ""))
    return Behind(
        kind=kind or None,
        bulletin=None if bulletin is None else get_object_or_404(Bulletin, pk=bulletin),
        merged=bool(asked.get("merged")),
        level=level,
        mark=mark or None,
        deducted=bool(asked.get("deducted")),
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Http404
    return int(text)


def words_of(behind: Behind) -> str:
    """Return what is asked for in a clerk's words, for the heading."""
    if behind.deducted:
        return _("扣分")
    if behind.kind is None:
        return _("得分")
    words = str(FactKind(behind.kind).label)
    if behind.bulletin is not None:
        words = f"《{behind.bulletin}》{words}"
    if behind.merged:
        words = _("综合%(kind)s") % {"kind": words}
    if behind.level:
        words = f"{Level(behind.level).label}{words}"
    if behind.mark is not None:
        words = f"{words}（{Mark(behind.mark).label}）"
    return words
