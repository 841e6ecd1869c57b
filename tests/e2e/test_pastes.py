"""Everything of the corpus, as it is stored and shown, in a real browser: nothing runs."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from playwright.sync_api import ConsoleMessage, Page, Request
from pytest_django.live_server_helper import LiveServer

from cms.items import actions, text
from cms.items.models import ItemPage
from tests.builders import Office, decide
from tests.corpus.pastes import (
    ATTACKS,
    EXCEL,
    EXCEL_MERGED,
    HEADINGS,
    PASTES,
    TABLES,
    WORD,
    WPS,
)

from .conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Watch:
    """What a page did that it must not do."""

    def __init__(self, page: Page, home: str) -> None:
        self.home = home
        self.seen: list[str] = []
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"error {error}"))

    def _dialog(self, dialog: Any) -> None:
        self.seen.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:")):
            self.seen.append(f"request {request.url[:80]}")

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or message.type == "error":
            self.seen.append(f"console {message.text[:200]}")


def stored_of(source: str) -> str:
    try:
        return text.to_html(source)
    except ValidationError:
        return ""


def test_no_paste_runs_anywhere(town: Office, sign_in: SignIn, live_server: LiveServer) -> None:
    items = []
    for paste in PASTES:
        body = stored_of(paste.source)
        if not body or text.length(body) > text.BODY_MAX:
            continue
        item = actions.create_item(
            unit=town.unit,
            person=town.officer,
            draft=actions.Draft(
                title=text.one_line(paste.source[:80]) or paste.title,
                form="news",
                body=body,
                contact=text.one_line(paste.source[:50]),
                signatory=town.signatory,
            ),
        )
        items.append(item)
    assert len(items) > 30
    page = sign_in(town.officer)
    watch = Watch(page, live_server.url)
    for item in items:
        page.goto(f"/items/{item.pk}/")
        _move_about(page)
        page.goto(f"/items/{item.pk}/edit/")
        _move_about(page)
    page.goto("/items/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert watch.seen == []
    # The watch sees what there is to see.
    page.evaluate("document.body.innerHTML = '<img src=https://evil.example/ onerror=alert(1)>'")
    page.wait_for_timeout(200)
    assert watch.seen


def test_not_even_what_was_stored_by_another_way(
    town: Office, sign_in: SignIn, live_server: LiveServer
) -> None:
    """A row that something else wrote: raw markup in the body, shown to officer and editor."""
    raw = "".join(paste.source for paste in ATTACKS if len(paste.source) < 2_000)
    item = town.draft()
    ItemPage.objects.filter(pk=item.pk).update(body=raw)
    page = sign_in(town.officer)
    watch = Watch(page, live_server.url)
    page.goto(f"/items/{item.pk}/")
    _move_about(page)
    page.goto(f"/items/{item.pk}/edit/")
    _move_about(page)
    item = ItemPage.objects.get(pk=item.pk)
    item.save_revision(user=town.officer, clean=False)
    actions.submit_item(item_id=item.pk, person=town.officer)
    decide(item, town.signatory)
    office = sign_in(town.editor)
    seen = Watch(office, live_server.url)
    task = ItemPage.objects.get(pk=item.pk).current_workflow_task_state
    office.goto(f"/office/decide/{task.pk}/")
    _move_about(office)
    assert "字" in office.inner_text("body")
    assert watch.seen == []
    assert [s for s in seen.seen if not s.startswith("console")] == []


def _move_about(page: Page) -> None:
    """Give handlers that wait for the mouse or for time what they wait for."""
    page.mouse.move(300, 300)
    page.mouse.click(300, 10)
    page.wait_for_timeout(20)


PASTE = """(html) => {
  const field = document.getElementById('id_body');
  field.focus();
  const data = new DataTransfer();
  data.setData('text/html', html);
  data.setData('text/plain', 'plain');
  const event = new ClipboardEvent('paste', {clipboardData: data, cancelable: true, bubbles: true});
  return [field.dispatchEvent(event), field.value];
}"""


def test_pasting_keeps_headings_lists_and_tables(
    town: Office, sign_in: SignIn, live_server: LiveServer
) -> None:
    page = sign_in(town.officer)
    watch = Watch(page, live_server.url)
    for paste in (WORD, WPS, EXCEL, EXCEL_MERGED, HEADINGS):
        page.goto("/items/new/")
        untouched, value = page.evaluate(PASTE, paste.source)
        assert not untouched
        assert text.to_html(value) == text.to_html(paste.source), paste.title
    page.goto("/items/new/")
    # Without structure, or with too much of it, the browser pastes as it always did.
    for source in ("<p>只有<b>文字</b></p>", "<div>" * 5_000, TABLES.source):
        untouched, value = page.evaluate(PASTE, source)
        assert untouched
        assert value == ""
    attack = "<h1>题</h1><img src=x onerror=alert(1)><script>alert(2)</script>"
    assert page.evaluate(PASTE, attack)[1] == "# 题"
    assert watch.seen == []
