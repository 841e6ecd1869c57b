"""The log: looking for entries, one entry with its instructions, correcting, the Word file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cms.review.actions import Refused
from infoflow.units.permissions import person_of

from . import actions_log, files, queries
from .forms import AnswerForm, CorrectionForm, InstructionForm, SearchForm
from .models import DutyInstruction, LogEntry
from .permissions import writes_log
from .screen import rows_of
from .views import for_readers, for_writers, unit_names

PAGE_SIZE = 50
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _wish(form: SearchForm) -> dict[str, Any]:
    said = form.cleaned_data if form.is_valid() else {}
    return {
        "start": said.get("start"),
        "end": said.get("end"),
        "unit": said.get("unit", ""),
        "words": said.get("q", ""),
    }


@for_readers
@require_GET
def log_list(request: HttpRequest) -> HttpResponse:
    """Search the log; without a wish all of it, newest call first."""
    person = person_of(request)
    form = SearchForm(request.GET or None)
    wish = _wish(form)
    page = Paginator(queries.found_entries(person, **wish), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    today = timezone.localdate()
    asked = {name: request.GET[name] for name in form.fields if request.GET.get(name)}
    end = wish["end"] or today
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(list(page.object_list), person),
        "query": urlencode(asked),
        "units": unit_names(),
        "filtered": bool(asked),
        "file_start": wish["start"] or end,
        "file_end": end,
    }
    return render(request, "duty/log.html", context)


@for_readers
@require_GET
def log_file(request: HttpRequest) -> HttpResponse:
    """值班日志 of some days as a Word file: yesterday and today when nobody said."""
    form = SearchForm(request.GET)
    wish = _wish(form)
    end = wish["end"] or timezone.localdate()
    start = wish["start"] or end
    refusal = "" if form.is_valid() else _("日期请按“2026-01-31”的格式填写。")
    if not refusal and end - start > timedelta(days=files.DAYS_MAX - 1):
        refusal = _("一次最多导出%(max)s天的日志，请缩短起止日期。") % {"max": files.DAYS_MAX}
    if not refusal and end < start:
        refusal = _("结束日期早于开始日期，请检查。")
    if refusal:
        messages.error(request, refusal)
        return redirect("duty_log")
    response = HttpResponse(files.log_file(person_of(request), start, end), content_type=WORD)
    name = _("值班日志%(start)s至%(end)s.docx") if start != end else _("值班日志%(start)s.docx")
    told = name % {"start": start.isoformat(), "end": end.isoformat()}
    response["Content-Disposition"] = content_disposition_header(True, told)
    return response


def _entry_or_404(request: HttpRequest, pk: int) -> LogEntry:
    found: LogEntry = get_object_or_404(queries.entries_for(person_of(request)), pk=pk)
    return found


def _entry_page(
    request: HttpRequest,
    entry: LogEntry,
    *,
    instruction: InstructionForm | None = None,
    answers: dict[int, AnswerForm] | None = None,
) -> HttpResponse:
    person = person_of(request)
    given = [
        (one, (answers or {}).get(one.pk, AnswerForm(prefix=f"a{one.pk}")))
        for one in entry.instructions.all()
    ]
    context = {
        "row": rows_of([entry], person)[0],
        "entry": entry,
        "given": given,
        "form": instruction or InstructionForm(),
        "writes": writes_log(person),
    }
    return render(request, "duty/entry.html", context)


@for_readers
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one entry with what leaders said; a POST adds an instruction."""
    found = _entry_or_404(request, pk)
    if request.method == "GET":
        return _entry_page(request, found)
    return _add_instruction(request, found)


@for_writers
def _add_instruction(request: HttpRequest, found: LogEntry) -> HttpResponse:
    form = InstructionForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            actions_log.add_instruction(
                entry_id=found.pk,
                leader=said["leader"],
                text=said["text"],
                given_at=said["given_at"],
                key=form.key,
                person=person_of(request),
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("领导指示已记下，落实后请填写落实情况。"))
            return redirect("duty_entry", pk=found.pk)
    return _entry_page(request, found, instruction=form)


@for_writers
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was done about an instruction."""
    rows = DutyInstruction.objects.visible_to(person_of(request))
    given = get_object_or_404(rows, pk=pk)
    form = AnswerForm(request.POST, prefix=f"a{given.pk}")
    if form.is_valid():
        try:
            actions_log.answer_instruction(
                instruction_id=given.pk, text=form.cleaned_data["text"], person=person_of(request)
            )
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("落实情况已记下。"))
            return redirect("duty_entry", pk=given.entry_id)
    found = _entry_or_404(request, given.entry_id)
    return _entry_page(request, found, answers={given.pk: form})


@for_writers
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Write an entry once more; the old one stays and says where the new one stands."""
    person = person_of(request)
    old = _entry_or_404(request, pk)
    newer = getattr(old, "corrected_by", None)
    if newer is not None and request.method == "GET":
        messages.warning(request, _("这一条已经更正过，请更正最新的一条。"))
        return redirect("duty_entry", pk=newer.pk)
    form = CorrectionForm.of(old, person=person)
    if request.method == "POST":
        form = CorrectionForm(request.POST, person=person)
        if form.is_valid():
            try:
                made = actions_log.correct_entry(
                    entry_id=old.pk,
                    call=form.call,
                    why=form.cleaned_data["why"],
                    key=form.key,
                    about=form.subject,
                    person=person,
                )
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("已更正，原来的一条注明“已更正”。"))
                return redirect("duty_entry", pk=made.pk)
    context = {"form": form, "entry": old, "units": unit_names()}
    return render(request, "duty/correct.html", context)
