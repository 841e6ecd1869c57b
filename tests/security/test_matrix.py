"""Every address × every role × GET and POST, against the reviewed table, and what is told.

A new address makes these tests fail until somebody has said who may use it: the message
carries the row as the code answers today. Check it against the roles' rules before adding it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from infoflow.units.doors import is_stock
from infoflow.units.roles import Role

from .answers import Answer, Outcome, Visitor
from .marks import leaks
from .matrix import METHODS, Row, read_table, write_row
from .routes import Address, met_by
from .world import ANONYMOUS, SUPERUSER, VISITORS, World, label

pytestmark = pytest.mark.django_db

# To somebody without an account an address is the login, nothing, or for another method.
REFUSALS_OF_STRANGERS = (404, 405)
# Between them they open every page that a role may open; PostgreSQL is asked for those too.
ON_BOTH = (Role.OFFICER, Role.SIGNATORY, SUPERUSER)


def observed(address: Address, visitors: dict[str, Visitor]) -> Row:
    """Return the row that describes how the code answers now."""
    allowed = {
        method: frozenset(
            name
            for name, visitor in visitors.items()
            if visitor.ask(method, address.path).outcome is Outcome.OK
        )
        for method in METHODS
    }
    return Row(address.route.pattern, address.object, allowed)


def asked_of(name: str, addresses: list[Address]) -> Iterator[tuple[Address, Row, str]]:
    """Yield each address with its row and method, as far as a visitor is asked for it.

    PostgreSQL is asked for what they are let into: a refusal is the same query with no row. The
    superuser asks it with one object for each route, and not for pages of Wagtail's that no
    role opens, nor for a POST where GET is open: without fields it shows the same form again.
    """
    table = read_table()
    known = set()
    for address in met_by(name, addresses):
        row = table.get((address.route.pattern, address.object))
        if row is None:
            continue
        for method in METHODS:
            key = address.route.pattern, method
            if connection.vendor == "postgresql":
                if name not in row.allowed[method]:
                    continue
                if name == SUPERUSER and (key in known or not _is_news(address, row, method)):
                    continue
            known.add(key)
            yield address, row, method


def _is_news(address: Address, row: Row, method: str) -> bool:
    closed = is_stock(address.route.name) and row.allowed[method] == {SUPERUSER}
    return not closed and (method == "GET" or SUPERUSER not in row.allowed["GET"])


@pytest.mark.slow_matrix
def test_every_address_stands_in_the_table(
    addresses: list[Address], visitors: dict[str, Visitor]
) -> None:
    table = read_table()
    missing = [a for a in addresses if (a.route.pattern, a.object) not in table]
    rows = "\n".join(write_row(observed(address, visitors)) for address in missing)
    assert not missing, (
        "这些地址没有登记。请先核对谁可以用，再把下面的行（现在的实际情况，不一定对）"
        f"改好加入 tests/security/matrix.csv：\n{rows}"
    )


@pytest.mark.slow_matrix
def test_every_row_has_an_address(addresses: list[Address]) -> None:
    known = {(address.route.pattern, address.object) for address in addresses}
    left = [row for row in read_table() if row not in known]
    assert not left, f"这些地址已不存在，请从 tests/security/matrix.csv 删去：{left}"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in ON_BOTH else pytest.mark.slow_matrix)
        for name in VISITORS
    ],
    ids=label,
)
def test_everybody_meets_exactly_what_the_table_says(
    name: str, addresses: list[Address], visitors: dict[str, Visitor]
) -> None:
    wrong = []
    for address, row, method in asked_of(name, addresses):
        allowed = name in row.allowed[method]
        visitor = visitors[name]
        get = method == "GET"
        answer = visitor.see(address.path)[0] if get else visitor.ask(method, address.path)
        if not fits(answer, allowed=allowed, stranger=name == ANONYMOUS):
            wrong.append(f"{answer}  [{address.route.pattern} {address.object}]")
        if answer.written and not allowed:
            wrong.append(f"{answer} 写入 {answer.written}")
        if told := leaks(name, answer):
            wrong.append(f"{answer} 露出 {told}")
    assert not wrong, f"{name}：\n" + "\n".join(wrong)


def fits(answer: Answer, *, allowed: bool, stranger: bool) -> bool:
    """Tell whether an answer is what the table wants. A fault never is."""
    if answer.outcome is Outcome.FAULT:
        return False
    if allowed:
        return answer.outcome is Outcome.OK
    if stranger and answer.outcome is Outcome.NO:
        return answer.status in REFUSALS_OF_STRANGERS
    return answer.outcome in (Outcome.NO, Outcome.LOGIN)


@pytest.mark.slow_matrix
def test_no_form_is_taken_from_elsewhere(addresses: list[Address], world: World) -> None:
    """Without the token of our own page no address takes a POST, not even a superuser's."""
    client = Client(enforce_csrf_checks=True)
    root = world.people[SUPERUSER]
    assert root is not None
    client.force_login(root)
    routes = {address.route.pattern: address.path for address in addresses}
    answers = {path: client.post(path).status_code for path in routes.values()}
    assert not {path: status for path, status in answers.items() if status not in (403, 404, 405)}
