"""The whole corpus through every entrance: no fault anywhere, the right answer each time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from cms.bulletins.models import IssuePage
from cms.items import text
from cms.items.models import ItemPage
from infoflow.desk import context_processors
from tests import builders
from tests.builders import Office
from tests.bulletins.test_composing import edit
from tests.corpus.files import FILES, NAMES, WORD_BODY, File, made
from tests.corpus.office_files import docx
from tests.corpus.pastes import PASTES, Paste
from tests.desk.pages import browser, fields, page

FAULT = 500
# No system has longer names; Django does not read the request any further.
LONGEST_HEADER = 950
# A long paste takes the same way through `text` at every entrance: all come to the form of a new
# item; elsewhere one for each answer, and whatever is not long.
LONG = 40_000
# What goes into a field of one line.
SHORT = 90
APART = ("五兆图片", "五兆超限", "一百万字", "很深的列表")
SOME = [paste for paste in PASTES if len(paste.source) < LONG or paste.title in APART]
# Browsers end these in the header, so they never come: names with quotes and line ends.
SENDABLE = [name for name in NAMES if name.strip(". ") and not set(name) & set('"\r\n\x00\x1f')]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No log, and no menu with its counts on each of hundreds of pages: nobody reads them."""
    monkeypatch.setattr(context_processors, "menu_for", lambda request: [])
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def by_title(entry: File | Paste) -> str:
    return entry.title


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


@pytest.mark.slow_matrix
@pytest.mark.django_db
def test_files_as_attachments(office: Office) -> None:
    officer, wrong = browser(office.officer), []
    item = office.draft()
    names: list[str] = []
    for file in FILES:
        # What was refused has left nothing in it.
        item = office.draft() if names else item
        address = f"/items/{item.pk}/attachments/"
        answer = officer.post(address, {"upload": [upload(file.name, made(file))]}, follow=True)
        names = [e["name"] for e in ItemPage.objects.get(pk=item.pk).attachments]
        said = escape(file.refused) in page(answer)
        right = (not names and said) if file.refused else len(names) == 1
        if answer.status_code >= FAULT or not right:
            wrong.append((file.title, answer.status_code, names))
    assert not wrong


@pytest.mark.slow_matrix
@pytest.mark.django_db
def test_files_as_items(office: Office) -> None:
    officer, wrong = browser(office.officer), []
    for file in FILES:
        before = ItemPage.objects.count()
        answer = officer.post("/items/import/", {"upload": upload(file.name, made(file))})
        new = ItemPage.objects.count() - before
        if file.kind == "docx":
            right = answer.status_code == 302 and new == 1
        else:
            wanted = file.refused or "只收 Word 文件"
            right = new == 0 and wanted in page(answer)
        if answer.status_code >= FAULT or not right:
            wrong.append((file.title, answer.status_code, new))
    assert not wrong


@pytest.mark.slow_matrix
@pytest.mark.django_db
def test_names_of_files(office: Office) -> None:
    officer = browser(office.officer)
    wrong: list[tuple[object, ...]] = []
    for name in SENDABLE:
        item = office.draft()
        address = f"/items/{item.pk}/attachments/"
        answer = officer.post(address, {"upload": [upload(name, docx(WORD_BODY))]})
        if len(name.encode()) > LONGEST_HEADER:
            wrong += [(name, answer.status_code)] if answer.status_code != 400 else []
            continue
        entry = (ItemPage.objects.get(pk=item.pk).attachments or [None])[0]
        if entry is None:
            wrong.append((name, "nothing kept", 0))
            continue
        given = officer.get(f"{address}{entry['id']}/")
        if given.status_code != 200 or len(entry["name"]) > 80:
            wrong.append((name, entry["name"], given.status_code))
    assert not wrong


@cache
def wanted_body(paste: Paste) -> str | None:
    """What must be stored; None when the paste is not taken."""
    if paste.says:
        return None
    try:
        return text.to_html(paste.source)
    except ValidationError:
        return None


def judged(paste: Paste, answer: Any, stored: str | None) -> tuple[Any, ...] | None:
    """Return what is wrong with an answer, or None."""
    wanted = wanted_body(paste)
    if answer.status_code >= FAULT:
        return (paste.title, answer.status_code)
    if wanted is None:
        right = stored is None and (not paste.says or escape(paste.says) in page(answer))
    else:
        right = stored == wanted
    return None if right else (paste.title, answer.status_code, str(stored)[:80])


def send(visitor: Any, address: str, data: dict[str, Any]) -> Any:
    """Send a form without files as its page does; Django's client would send it as an upload."""
    if len(str(data.get("body", ""))) < 5_000_000:
        return visitor.post(address, data)
    return visitor.post(address, urlencode(data), "application/x-www-form-urlencoded")


@pytest.mark.slow_matrix
@pytest.mark.django_db
def test_pastes_in_a_new_item(office: Office) -> None:
    officer, wrong = browser(office.officer), []
    for paste in PASTES:
        data = {**fields(office, body=paste.source), "save": "1"}
        answer = send(officer, "/items/new/", data)
        item = ItemPage.objects.order_by("-pk").first()
        wrong.append(judged(paste, answer, item.body if item else None))
        ItemPage.objects.all().update(body="", title="旧稿")
        if item is not None:
            item.delete()
    assert not [w for w in wrong if w]


@pytest.mark.slow_matrix
@pytest.mark.django_db
def test_pastes_in_a_changed_item_and_in_autosave(office: Office) -> None:
    officer = browser(office.officer)
    wrong: list[tuple[Any, ...] | None] = []
    item = office.draft()
    for paste in SOME:
        builders.item_actions.save_item(
            item_id=item.pk, person=office.officer, draft=_blank(office)
        )
        revision = ItemPage.objects.get(pk=item.pk).latest_revision_id
        data = fields(office, body=paste.source, revision=revision)
        kept = officer.post(f"/items/{item.pk}/autosave/", data)
        if kept.status_code not in (200, 400, 409, 413):
            wrong.append((paste.title, "autosave", kept.status_code))
        answer = send(officer, f"/items/{item.pk}/edit/", {**data, "save": "1"})
        now = ItemPage.objects.get(pk=item.pk)
        saved = now.latest_revision_id != revision
        wrong.append(judged(paste, answer, now.body if saved else None))
    assert not [w for w in wrong if w]


def _blank(office: Office) -> builders.item_actions.Draft:
    return builders.item_actions.Draft(
        title="占位", form="news", body="<p>占位</p>", signatory=office.signatory
    )


def bringing_signs() -> list[Paste]:
    """Return the pastes that begin with a sign (no letter or figure) which none before them has:
    every sign comes once."""
    known: set[str] = set()
    found = []
    for paste in PASTES:
        signs = {char for char in paste.source[:SHORT] if not char.isalnum()}
        if signs - known:
            found.append(paste)
            known |= signs
    return found


@pytest.mark.django_db
def test_pastes_in_every_short_field_and_in_the_search(office: Office) -> None:
    """PostgreSQL has something of its own to say to signs only."""
    officer, wrong = browser(office.officer), []
    for paste in PASTES if connection.vendor == "sqlite" else bringing_signs():
        short = paste.source[:SHORT]
        names = ("title", "contact", "keywords", "note", "commission")
        answer = officer.post(
            "/items/new/", {**fields(office), **dict.fromkeys(names, short[:60]), "save": "1"}
        )
        found = officer.get("/items/", {"q": short, "state": short, "page": short})
        if answer.status_code >= FAULT or found.status_code != 200:
            wrong.append((paste.title, answer.status_code, found.status_code))
    assert not wrong


@pytest.mark.slow_matrix
@pytest.mark.django_db
def test_pastes_in_the_issue_editor(office: Office) -> None:
    desk, wrong = browser(office.editor), []
    issue = office.issue()
    for paste in SOME:
        before = IssuePage.objects.get(pk=issue.pk).latest_revision_id
        answer = desk.post(
            reverse("wagtailadmin_pages:edit", args=[issue.pk]),
            edit(issue, **{"entries-0-body": paste.source}),
        )
        now = IssuePage.objects.get(pk=issue.pk)
        saved = now.latest_revision_id != before
        body = now.get_latest_revision_as_object().entries.get().body if saved else None
        if answer.status_code >= FAULT:
            wrong.append((paste.title, answer.status_code))
        elif body is not None and "<" in text._STORED_TAG.sub("", body):
            wrong.append((paste.title, body[:80]))
    assert not wrong
