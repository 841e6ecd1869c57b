"""No action takes a text past the door: every action module is gone through."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Types of an argument that can hold what a person typed.
TEXTUAL = ("str", "Draft", "Mapping", "Any", "FactRow", "bytes", "dict")
# Arguments that hold a code, a key, a digest or a path: nothing that a person typed.
CODES = {
    "verdict",
    "seen_digest",
    "digest",
    "to_step",
    "resume",
    "form_key",
    "key",
    "kind",
    "rounding",
}
EXEMPT = {
    "infoflow": "below the door; its texts come only through forms, which the middleware scans",
    "cms/search": "told of texts that their own room's action has let in",
    "cms/attachments/actions.py:keep": "takes what `look` has let in, and names of kept files",
    "cms/similar": "told of texts that their own room's action has let in",
    "scoring/adoptions/actions.py:record_facts": "looks at every row itself: rows may be a stream",
    "scoring/adoptions/actions_bulk.py": "looks at every row itself, as record_facts does",
    "scoring/ledger": "books facts; takes no text but the digest of a difference",
    "scoring/demo": "built-in tables",
}


def actions() -> Iterator[tuple[str, ast.FunctionDef]]:
    """Yield every public function of a module of actions: (path:name, definition)."""
    for path in sorted(ROOT.glob("*/*/actions*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.split("/")[0] not in ("infoflow", "cms", "scoring"):
            continue
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            atomic = any("atomic" in ast.unparse(mark) for mark in node.decorator_list)
            if atomic or path.name.startswith("actions"):
                yield f"{place}:{node.name}", node


def text_arguments(function: ast.FunctionDef) -> list[str]:
    """Return the arguments that can hold what a person typed."""
    arguments = [*function.args.args, *function.args.kwonlyargs]
    return [
        argument.arg
        for argument in arguments
        if argument.annotation is not None
        and argument.arg not in CODES
        and any(
            isinstance(part, ast.Name) and part.id in TEXTUAL
            for part in ast.walk(argument.annotation)
        )
    ]


def is_guarded(function: ast.FunctionDef) -> bool:
    """Whether `door.guarded` stands above everything else, `transaction.atomic` included, or
    a function without a transaction of its own asks the door itself."""
    first = function.decorator_list[0] if function.decorator_list else None
    if first is not None:
        return ast.unparse(first).startswith("door.guarded(")
    return any(ast.unparse(line).startswith("door.check(") for line in function.body)


def unguarded() -> list[str]:
    return [
        f"{place}({', '.join(text_arguments(function))})"
        for place, function in actions()
        if text_arguments(function)
        and not is_guarded(function)
        and not any(place.startswith(exempt) for exempt in EXEMPT)
    ]


def test_every_action_that_takes_a_text_looks_at_it_first() -> None:
    assert unguarded() == [], "put @door.guarded(Entrance.…) above transaction.atomic"


def test_the_search_sees_the_actions_that_we_know() -> None:
    guarded = {place for place, function in actions() if is_guarded(function)}
    assert {
        "cms/items/actions.py:create_item",
        "cms/items/actions.py:save_item",
        "cms/review/actions.py:decide",
        "scoring/adoptions/actions.py:withdraw_fact",
    } <= guarded


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("def act(*, person: User, reason: str): ...", ["reason"]),
        ("def act(*, rows: Iterable[Mapping[str, Any]]): ...", ["rows"]),
        ("def act(*, verdict: str, page_id: int): ...", []),
    ],
)
def test_what_counts_as_a_text(source: str, wanted: list[str]) -> None:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert text_arguments(function) == wanted
    assert not is_guarded(function)


def test_no_exemption_outlives_what_it_exempts() -> None:
    places = [place for place, _function in actions()]
    for exempt in EXEMPT:
        found = any(place.startswith(exempt) for place in places)
        assert found or exempt == "scoring/demo", exempt
