"""值班表: a month at once, one shift, a table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.review.actions import Refused
from infoflow.units.permissions import person_of
from infoflow.uploads.kinds import BadFile

from . import actions, importing, queries, roster
from .models import DutySettings, RosterChange
from .permissions import keeps_roster
from .rules import PERSONS_MAX, Line, Span, Watch, month_after, month_before
from .views import for_readers

CHANGES_SHOWN = 30
YEARS = range(2000, 2101)


def _month(request: HttpRequest) -> tuple[int, int]:
    year, _dash, month = request.GET.get("month", "").partition("-")
    today = timezone.localdate()
    if all(part.isascii() and part.isdigit() and len(part) <= 4 for part in (year, month)):
        wanted = int(year), int(month)
        if wanted[0] in YEARS and 1 <= wanted[1] <= 12:
            return wanted
    return today.year, today.month


def _here(year: int, month: int) -> str:
    return f"{reverse('duty_roster')}?month={year}-{month:02}"


@for_readers
@require_http_methods(["GET", "POST"])
def month(request: HttpRequest) -> HttpResponse:
    """Show a month's roster; its keepers fill it in and save it as a whole."""
    year, number = _month(request)
    told: list[str] = []
    lines: list[Line] | None = None
    if request.method == "POST":
        if not keeps_roster(request.user):
            raise PermissionDenied
        act = request.POST.get("act", "save")
        acts = {"single": _single, "settings": _settings}
        told, lines = acts.get(act, _save)(request)
        if not told and lines is None:
            return redirect(_here(year, number))
    return _month_page(request, roster.month_of(year, number, copied=_copied(request)), told, lines)


def _copied(request: HttpRequest) -> bool:
    return request.GET.get("copy") == "1" and keeps_roster(request.user)


def _month_page(
    request: HttpRequest, page: roster.Month, told: list[str], lines: list[Line] | None
) -> HttpResponse:
    """Draw a month; what somebody chose and could not save stays chosen."""
    said = {line.span: line.watch for line in lines or []}
    for row in page.rows:
        row.watch = said.get(row.span, row.watch)
    start, end = page.rows[0].span.start, page.rows[-1].span.end
    # Filling an empty shift is no change that anybody looks for.
    changed = RosterChange.objects.filter(start__gte=start, start__lt=end).exclude(before="")
    context = {
        "month": page,
        "label": roster.month_label(page.year, page.month),
        "before": "{}-{:02}".format(*month_before(page.year, page.month)),
        "after": "{}-{:02}".format(*month_after(page.year, page.month)),
        "this": f"{page.year}-{page.month:02}",
        "keeps": keeps_roster(request.user),
        "told": told,
        "copied": _copied(request),
        "changes": changed.select_related("by")[:CHANGES_SHOWN],
        "places": range(roster.PLACES),
    }
    return render(request, "duty/roster.html", context)


Outcome = tuple[list[str], "list[Line] | None"]


def _saved_text(saved: actions.Saved) -> str:
    parts = [
        (saved.added, _("新排%(n)s班")),
        (saved.changed, _("换人%(n)s班")),
        (saved.removed, _("取消%(n)s班")),
    ]
    told = "，".join(text % {"n": n} for n, text in parts if n)
    return _("值班表已保存：%(told)s。") % {"told": told} if told else _("没有改动。")


def _save(request: HttpRequest) -> Outcome:
    lines = roster.lines_of(request.POST.dict())
    return _try(request, lines)


def _try(request: HttpRequest, lines: list[Line]) -> Outcome:
    """Save rows; return what is wrong with them, and the rows to show again."""
    try:
        saved = actions.save_roster(lines=lines, person=person_of(request))
    except actions.Faulty as faulty:
        return [why for _row, why in faulty.faults], lines
    except Refused as refused:
        return [refused.message], lines
    messages.success(request, _saved_text(saved))
    return [], None


def _single(request: HttpRequest) -> Outcome:
    start = roster.moment_of(request.POST.get("one-start", ""))
    end = roster.moment_of(request.POST.get("one-end", ""))
    if start is None or end is None:
        return [_("请填写这一班的开始和结束时间。")], []
    watch = roster.watch_of(request.POST.dict(), "one-")
    if watch.is_empty:
        return [_("请至少选一名值班人员。")], []
    return _try(request, [Line(Span(start, end), watch, "")])


def _settings(request: HttpRequest) -> Outcome:
    try:
        actions.save_settings(changes=request.POST.get("changes", ""), person=person_of(request))
    except Refused as refused:
        return [refused.message], []
    messages.success(request, _("交接班时刻已保存；已排的班不变。"))
    return [], None


@for_readers
@require_http_methods(["GET", "POST"])
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one shift with its changes; its keepers change it, with a reason."""
    person = person_of(request)
    found = get_object_or_404(queries.shifts(), pk=pk)
    keeps = keeps_roster(person)
    now = timezone.now()
    row = roster.Row(0, found.span, found, found.watch, now, roster.calendar())
    refusal = ""
    if request.method == "POST":
        if not keeps:
            raise PermissionDenied
        local = timezone.localtime(found.start)
        refusal = _change(request, row)
        if not refusal:
            return redirect(_here(local.year, local.month))
        row.watch = roster.watch_of(request.POST.dict(), "0-")
    leaders, people = roster.chosen_from([row])
    context = {
        "row": row,
        "shift": found,
        "leaders": leaders,
        "people": people,
        "keeps": keeps,
        "refusal": refusal,
        "why": request.POST.get("why", ""),
        "over": found.end <= now,
        "changes": RosterChange.objects.filter(start=found.start).select_related("by"),
        "most": PERSONS_MAX,
    }
    return render(request, "duty/shift.html", context)


def _change(request: HttpRequest, row: roster.Row) -> str:
    """Change or take out a shift; return why not, "" when it was done."""
    assert row.shift is not None  # noqa: S101 - the caller has found it
    person, seen = person_of(request), request.POST.get("0-seen", "")
    try:
        if request.POST.get("act") == "remove":
            actions.save_roster(lines=[Line(row.span, Watch(), seen)], person=person)
            messages.success(request, _("这一班已取消。"))
        else:
            actions.change_shift(
                shift_id=row.shift.pk,
                watch=roster.watch_of(request.POST.dict(), "0-"),
                seen=seen,
                why=request.POST.get("why", ""),
                person=person,
            )
            messages.success(request, _("这一班已改，原因记入值班表变动。"))
    except actions.Faulty as faulty:
        return "；".join(why for _row, why in faulty.faults)
    except Refused as refused:
        return refused.message
    return ""


class TableForm(forms.Form):
    """A roster as a table, pasted or as a file."""

    table = forms.CharField(
        label=gettext_lazy("粘贴表格"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = forms.FileField(label=gettext_lazy("或上传表格文件"), required=False)
    replace = forms.BooleanField(label=gettext_lazy("已排的班按此表换人"), required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("file") and not str(said.get("table", "")).strip():
            raise forms.ValidationError(_("请粘贴表格，或选择文件。"))
        return said

    def rows(self) -> list[list[Any]]:
        """Return the cells.

        Raises:
            BadFile: the file is not taken.
        """
        file = self.cleaned_data.get("file")
        if file:
            return importing.rows_of_file(name=file.name, data=file.read())
        return importing.rows_of_text(self.cleaned_data["table"])


@for_readers
@require_http_methods(["GET", "POST"])
def table(request: HttpRequest) -> HttpResponse:
    """Take a roster over from a table: all rows, or none with every fault named by its row."""
    if not keeps_roster(request.user):
        raise PermissionDenied
    form = TableForm(request.POST or None, request.FILES or None)
    faults: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        faults = _import(request, form)
        if not faults and not form.errors:
            return redirect("duty_roster")
    context = {"form": form, "faults": faults, "changes": DutySettings.current().changes}
    return render(request, "duty/roster_import.html", context)


def _import(request: HttpRequest, form: TableForm) -> list[tuple[int, str]]:
    try:
        reading = importing.read_roster(
            form.rows(),
            changes=DutySettings.current().changes,
            year=timezone.localdate().year,
            replace=form.cleaned_data["replace"],
        )
        if reading.faults:
            return reading.faults
        saved = actions.save_roster(lines=reading.lines, person=person_of(request))
    except BadFile as bad:
        form.add_error("file", bad.message)
        return []
    except actions.Faulty as faulty:
        return faulty.faults
    except Refused as refused:
        form.add_error(None, refused.message)
        return []
    messages.success(request, _saved_text(saved))
    return []
