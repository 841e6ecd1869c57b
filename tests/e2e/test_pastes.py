"""Everything of the corpus, as it is stored and shown, in a real browser: nothing runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from playwright.sync_api import ConsoleMessage, Page, Request, expect

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
    Paste,
)

from .conftest import NOWHERE, Desks, SignIn

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

END = "到此为止"
TITLE_MOST = 255


class Watch:
    """What a page did that it must not do."""

    def __init__(self, desks: Desks, page: Page) -> None:
        self.home = desks.home
        self.seen: list[str] = []
        desks.hear(page, "dialog", self._dialog)
        desks.hear(page, "request", self._request)
        desks.hear(page, "console", self._console)
        desks.hear(page, "pageerror", lambda error: self.seen.append(f"error {error}"))

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


def packed() -> Iterator[list[Paste]]:
    """All pastes whose beginnings differ, as many as go into one title at a time."""
    pack: list[Paste] = []
    for paste in {paste.source[:80]: paste for paste in PASTES}.values():
        if len(said(*pack, paste)) > TITLE_MOST:
            yield pack
            pack = []
        pack.append(paste)
    yield pack


def said(*pastes: Paste) -> str:
    """The beginnings of some pastes in one line; the last word says that all before it shows."""
    return text.one_line("".join(paste.source[:80] or paste.title for paste in pastes)) + END


def test_no_paste_runs_anywhere(town: Office, sign_in: SignIn, desks: Desks) -> None:
    """As title and contact, a few to an item; as text, all in one. None hides the others."""
    bodies = {body for paste in PASTES if (body := stored_of(paste.source))}
    bodies = {body for body in bodies if text.length(body) <= text.BODY_MAX}
    assert len(bodies) > 20
    items = [
        actions.create_item(
            unit=town.unit,
            person=town.officer,
            draft=actions.Draft(
                title=said(*pack),
                form="news",
                body=f"<p>{END}</p>".join([*sorted(bodies), ""]) if n == 0 else "",
                contact=said(*pack),
                signatory=town.signatory,
            ),
        )
        for n, pack in enumerate(packed())
    ]
    page = sign_in(town.officer, NOWHERE)
    watch = Watch(desks, page)
    for item in items:
        page.goto(f"/items/{item.pk}/")
        _move_about(page)
        expect(page.locator("h1")).to_have_text(item.title)
        if item.body:
            assert page.inner_text("article").count(END) == len(bodies) + 1
        page.goto(f"/items/{item.pk}/edit/")
        _move_about(page)
        expect(page.locator("input[name=title]")).to_have_value(item.title)
        assert page.input_value("input[name=contact]") == item.contact
        if item.body:
            assert page.input_value("textarea[name=body]").count(END) == len(bodies)
    page.goto("/items/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert watch.seen == []
    # The watch sees what there is to see.
    page.evaluate("document.body.innerHTML = '<img src=https://evil.example/ onerror=alert(1)>'")
    page.wait_for_timeout(200)
    assert watch.seen


def test_not_even_what_was_stored_by_another_way(
    town: Office, sign_in: SignIn, desks: Desks
) -> None:
    """A row that something else wrote: raw markup in the body, shown to officer and editor."""
    raw = "".join(paste.source for paste in ATTACKS if len(paste.source) < 2_000)
    item = town.draft()
    ItemPage.objects.filter(pk=item.pk).update(body=raw)
    page = sign_in(town.officer, NOWHERE)
    watch = Watch(desks, page)
    page.goto(f"/items/{item.pk}/")
    _move_about(page)
    page.goto(f"/items/{item.pk}/edit/")
    _move_about(page)
    item = ItemPage.objects.get(pk=item.pk)
    item.save_revision(user=town.officer, clean=False)
    actions.submit_item(item_id=item.pk, person=town.officer)
    decide(item, town.signatory)
    office = sign_in(town.editor, NOWHERE)
    seen = Watch(desks, office)
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
    town: Office, sign_in: SignIn, desks: Desks
) -> None:
    page = sign_in(town.officer, NOWHERE)
    watch = Watch(desks, page)
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
