"""What belongs to unit B is never told to whom it does not concern, by whatever way.

The matrix asks every address with unit B's objects; here every role adds query strings that
name them, sends forms filled with them, and follows the links that it finds. Unit B's marks
must appear nowhere in an answer but where `MAY_SEE` says: body, headers, redirects, inside
workbooks, and in the messages that wait for the next page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from infoflow.units.roles import Role
from scoring.ledger.models import Entry

from .answers import Answer, Outcome, Visitor, links_of, writes
from .marks import EVERYTHING, MAY_SEE, leaks, marks_in
from .matrix import read_table
from .routes import NOWHERE, Address, met_by
from .world import OWN_MARK, SUPERUSER, Mark, World, label, task_of

pytestmark = [pytest.mark.slow_matrix, pytest.mark.django_db]

OTHERS = [name for name in MAY_SEE if name != SUPERUSER]
UNIT_PEOPLE = (Role.OFFICER, Role.SIGNATORY)
# Ends the session, or is no page of ours.
NOT_FOLLOWED = re.compile(r"^/(logout|office/logout|static)/")
PAGES_MAX = 100


def queries(world: World) -> list[str]:
    """Return query strings that could make a page tell of unit B. They hold no mark themselves."""
    draft, folder = world.texts.draft.pk, world.folder().pk
    people = f"user={world.office.officer.pk}&owner={world.office.officer.pk}"
    return [
        f"q={quote('关于')}",
        f"q={quote('乙')}",
        f"id={draft}&id={world.texts.signed.pk}&child_of={folder}&parent={folder}"
        f"&page_type=items.ItemPage&allow_higher_levels=1&unit={world.unit.pk}&{people}"
        f"&item={draft}&fact={world.fact.pk}&p=1&page=1&next=/items/{draft}/&removed=1",
        "export=xlsx",
    ]


@pytest.mark.parametrize("name", OTHERS, ids=label)
def test_no_query_makes_an_address_tell(
    name: str, world: World, visitors: dict[str, Visitor], addresses: list[Address]
) -> None:
    table = read_table()
    asked = queries(world)
    everything = "&".join(asked)
    told = []
    for address in met_by(name, addresses):
        row = table.get((address.route.pattern, address.object))
        if row is not None and name not in row.allowed["GET"]:
            # The door of the office looks at no query; pages of the desk may.
            tried = [] if address.path.startswith("/office/") else [everything]
        else:
            tried = asked
        for query in tried:
            answer = visitors[name].ask("GET", f"{address.path}?{query}")
            if answer.outcome is Outcome.FAULT or leaks(name, answer):
                told.append(f"{answer} 露出 {leaks(name, answer)}")
    assert not told, f"{name}：\n" + "\n".join(told)


@pytest.mark.parametrize("name", OTHERS, ids=label)
def test_no_link_leads_to_a_secret(name: str, visitors: dict[str, Visitor]) -> None:
    told = []
    seen = 0
    for answer in crawl(visitors[name], ["/", "/office/", "/items/", "/ranking/"]):
        seen += 1
        if answer.outcome is Outcome.FAULT:
            told.append(f"{answer} 出错")
        if found := leaks(name, answer):
            told.append(f"{answer} 露出 {found}")
    assert not told, f"{name}：\n" + "\n".join(told)
    assert seen > 4, "the crawler has not followed a single link"


def crawl(visitor: Visitor, starts: Iterable[str]) -> Iterator[Answer]:
    """Ask a page, then what it leads to, breadth first."""
    waiting = list(starts)
    known = set(waiting)
    done = 0
    while waiting and done < PAGES_MAX:
        answer = visitor.ask("GET", waiting.pop(0))
        done += 1
        yield answer
        for link in links_of(answer):
            if link not in known and not NOT_FOLLOWED.match(link):
                known.add(link)
                waiting.append(link)


def test_search_finds_what_is_there(world: World, visitors: dict[str, Visitor]) -> None:
    """Who may see a mark does see it, so the search above is not blind."""
    officer, root = Visitor(world.office.officer), visitors[SUPERUSER]
    found: set[Mark] = set()
    found |= marks_in(officer.ask("GET", f"/items/{world.texts.returned.pk}/").text)
    for path in (
        f"/items/{world.texts.signed.pk}/",
        f"/ranking/units/{world.unit.pk}/",
        f"/issues/{world.issue.pk}/",
        "/office/issues/",
        "/office/accounts/",
        "/office/snippets/schemes/scheme/",
    ):
        found |= marks_in(root.ask("GET", path).text)
    assert found == EVERYTHING
    assert Entry.objects.filter(unit=world.unit).exists()


def test_search_reads_messages(world: World, visitors: dict[str, Visitor]) -> None:
    """A message that only the next page will show is part of the answer."""
    path = f"/office/accounts/state/{world.office.officer.pk}/"
    answer = visitors[Role.SYSTEM_ADMIN].ask("POST", path)
    assert answer.status == 302
    assert "账号已停用" in answer.text


def test_search_looks_into_workbooks(visitors: dict[str, Visitor]) -> None:
    answer = visitors[Role.LEADER].ask("GET", "/ranking/export/")
    assert "xl/worksheets/sheet1.xml" in answer.text
    assert Mark.UNIT in answer.text


@pytest.mark.parametrize("name", UNIT_PEOPLE, ids=label)
def test_own_unit_is_open(name: str, world: World, visitors: dict[str, Visitor]) -> None:
    """Refusing everything would pass the tests above."""
    answer = visitors[name].ask("GET", f"/items/{world.own_texts.draft.pk}/")
    assert answer.outcome is Outcome.OK
    assert OWN_MARK in answer.text


def foreign_form(world: World) -> dict[str, Any]:
    """Fields of every form there is, filled with unit B's objects."""
    draft = world.texts.submitted
    return {
        "id": draft.pk,
        "pk": draft.pk,
        "page": draft.pk,
        "item": draft.pk,
        "items": [draft.pk, world.texts.pooled.pk],
        "target": f"issue:{world.issue_draft.pk}",
        "unit": world.unit.pk,
        "units": [world.unit.pk],
        "user": world.office.officer.pk,
        "signatory": world.office.signatory.pk,
        "owner": world.office.officer.pk,
        "form_key": "0b0d7c8e-0000-4000-8000-000000000001",
        "form_id": "0b0d7c8e-0000-4000-8000-000000000001",
        "task": task_of(draft).pk,
        "digest": draft.digest(),
        "seen_digest": draft.digest(),
        "revision": draft.latest_revision_id,
        "verdict": "pass",
        "reason": "同意",
        "comment": "同意",
        "pass": "",
        "sign": "",
        "submit": "",
        "action-publish": "",
        "action-send": "",
        "title": "改动标题",
        "form": "news",
        "body": "一行改动的正文。",
        "contact": "某人",
        "next": f"/items/{draft.pk}/",
    }


@pytest.mark.parametrize("name", [*UNIT_PEOPLE, Role.DUTY, Role.LEADER], ids=label)
def test_no_form_changes_or_tells(
    name: str, world: World, visitors: dict[str, Visitor], addresses: list[Address]
) -> None:
    form = foreign_form(world)
    faults = []
    for address in addresses:
        # The door of the office looks at no form; the matrix sees it shut.
        if address.object.startswith("本单位") or address.path.startswith("/office/"):
            continue
        with writes() as written:
            answer = visitors[name].ask("POST", address.path, form)
        if written or answer.outcome is Outcome.FAULT or leaks(name, answer):
            faults.append(f"{answer} 写入 {written} 露出 {leaks(name, answer)}")
    assert not faults, f"{name}：\n" + "\n".join(faults)


def test_writes_are_noticed(world: World, visitors: dict[str, Visitor]) -> None:
    """The same form on the officer's own item does write: the watch above is not blind."""
    form = foreign_form(world) | {"signatory": world.own.signatory.pk, "revision": ""}
    with writes() as written:
        answer = visitors[Role.OFFICER].ask(
            "POST", f"/items/{world.own_texts.draft.pk}/edit/", form
        )
    assert answer.outcome is Outcome.OK
    assert any("wagtailcore_page" in sql for sql in written)


# What differs from one answer to the next without telling anything.
VARYING = re.compile(r"csrfmiddlewaretoken[^>]*>|(Content-Security-Policy|Expires): [^\n]*")


@pytest.mark.parametrize("name", UNIT_PEOPLE, ids=label)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_foreign_object_looks_like_none(
    name: str, method: str, world: World, visitors: dict[str, Visitor]
) -> None:
    """A stranger cannot even learn that an object exists."""
    for pattern in ("/items/{}/", "/items/{}/edit/", "/items/{}/submit/", "/items/{}/withdraw/"):
        nothing = shape(visitors[name].ask(method, pattern.format(NOWHERE)))
        for item in vars(world.texts).values():
            assert shape(visitors[name].ask(method, pattern.format(item.pk))) == nothing
    if method == "GET":
        nothing = shape(visitors[name].ask(method, f"/ranking/units/{NOWHERE}/"))
        assert shape(visitors[name].ask(method, f"/ranking/units/{world.unit.pk}/")) == nothing


def shape(answer: Answer) -> tuple[int, str, str]:
    """Return an answer without what changes by itself and without the address asked for."""
    text = VARYING.sub("", answer.text)
    return answer.status, answer.location, text.replace(answer.path, "")
