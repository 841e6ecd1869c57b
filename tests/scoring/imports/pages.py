"""Importing as a person does it: upload, look, confirm, book."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from scoring.imports.models import ImportRun


def upload(page: Client, data: bytes, name: str = "表.xlsx") -> Any:
    """Send a file; return the page that looks at it, or the form with what is wrong."""
    file = SimpleUploadedFile(name, data)
    return page.post(reverse("imports"), {"file": file}, follow=True)


def fields_of(answer: Any) -> dict[str, Any]:
    """Return what the form on the look page would send as it stands."""
    context = answer.context
    form, found = context["form"], context["found"]
    fields = {name: form.initial.get(name) or "" for name in form.fields}
    for column, options in context["columns"]:
        fields[column.key] = next((code for code, _w, chosen in options if chosen), "")
    for choice, options in context["names"]:
        fields[choice.key] = next((value for value, _w, chosen in options if chosen), "")
    for title in found.titles:
        sure = title.chosen or title.suggestion.score == 100
        fields[title.key] = title.suggestion.id if sure else 0
    return fields


def said(answer: Any) -> list[tuple[int, str, str]]:
    """Return the remarks on the look page: row, column, message."""
    return [(r.row, r.column, r.message) for r in answer.context["found"].sorted_remarks()]


def send(page: Client, answer: Any, act: str, **fields: Any) -> Any:
    """Press a button of the look page with some fields changed."""
    address = reverse("import_look", args=[answer.context["upload"].pk])
    return page.post(address, fields_of(answer) | fields | {act: ""}, follow=True)


def booked(page: Client, data: bytes, name: str = "表.xlsx", **fields: Any) -> ImportRun:
    """Upload, look again with these fields, book; return the record."""
    answer = upload(page, data, name)
    if fields:
        answer = send(page, answer, "look", **fields)
    assert not answer.context["stopping"], said(answer)
    before = ImportRun.objects.count()
    send(page, answer, "book")
    assert ImportRun.objects.count() == before + 1
    run = ImportRun.objects.first()
    assert run is not None
    return run
