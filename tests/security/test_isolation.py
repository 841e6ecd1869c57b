"""What belongs to unit B is never told to whom it does not concern, by whatever way.

The matrix asks every address with unit B's objects; here every role adds query strings that
name them, sends forms filled with them, and follows the links that it finds. Unit B's marks
must appear nowhere in an answer but where `MAY_SEE` says: body, headers, redirects, inside
workbooks, and in the messages that wait for the next page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from cms.attachments.models import Attachment
from infoflow.units.roles import Role
from scoring.ledger.models import Entry

from .answers import Answer, Outcome, Visitor, links_of
from .foreign import foreign_form, queries
from .looks import looked_at
from .mark import OWN_MARK, Mark
from .marks import EVERYTHING, MAY_SEE, leaks, marks_in, may_see
from .matrix import METHODS, read_table
from .routes import NOWHERE, Address, met_by
from .world import SUPERUSER, VISITORS, World, label, task_of

pytestmark = [pytest.mark.slow_matrix, pytest.mark.django_db]

OTHERS = [name for name in MAY_SEE if name != SUPERUSER]
UNIT_PEOPLE = (Role.OFFICER, Role.SIGNATORY)
# Ends the session, or is no page of ours.
NOT_FOLLOWED = re.compile(r"^/(logout|office/logout|static)/")
PAGES_MAX = 100
# A calendar leads to its next month for ever, a list to each of its orders.
QUERIES_MAX = 5


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
        # Without a query the matrix asks: what looks at none then gives that answer to all.
        asked_before = [("", visitors[name].see(address.path)[1])] if tried else []
        for query in tried:
            if not all(looks.tell_apart(query, other) for other, looks in asked_before):
                continue
            with looked_at() as looks:
                answer = visitors[name].ask("GET", f"{address.path}?{query}")
            asked_before.append((query, looks))
            if answer.outcome is Outcome.FAULT or leaks(name, answer):
                told.append(f"{answer} 露出 {leaks(name, answer)}")
    assert not told, f"{name}：\n" + "\n".join(told)


@pytest.mark.parametrize("name", OTHERS, ids=label)
def test_no_link_leads_to_a_secret(name: str, visitors: dict[str, Visitor]) -> None:
    told = []
    seen = 0
    for answer in crawl(
        visitors[name], ["/", "/office/", "/items/", "/ranking/", "/points/", "/board/", "/urgent/"]
    ):
        seen += 1
        if answer.outcome is Outcome.FAULT:
            told.append(f"{answer} 出错")
        if found := leaks(name, answer):
            told.append(f"{answer} 露出 {found}")
    assert not told, f"{name}：\n" + "\n".join(told)
    assert seen > 4, "the crawler has not followed a single link"


def crawl(visitor: Visitor, starts: Iterable[str]) -> Iterator[Answer]:
    """Ask a page, then what it leads to, breadth first; one page with a few queries only."""
    waiting = list(starts)
    known = set(waiting)
    variants = Counter(link.partition("?")[0] for link in waiting)
    done = 0
    while waiting and done < PAGES_MAX:
        answer, _looks = visitor.see(waiting.pop(0))
        done += 1
        yield answer
        for link in links_of(answer):
            bare = link.partition("?")[0]
            if link in known or NOT_FOLLOWED.match(link) or variants[bare] >= QUERIES_MAX:
                continue
            known.add(link)
            variants[bare] += 1
            waiting.append(link)


def test_search_finds_what_is_there(world: World, visitors: dict[str, Visitor]) -> None:
    """Who may see a mark does see it, so the search above is not blind."""
    officer, root, reviewer = (
        Visitor(world.office.officer),
        visitors[SUPERUSER],
        visitors[Role.REVIEWER],
    )
    signed, pooled = world.texts.signed, world.texts.pooled
    file = Attachment.objects.get(page_id=signed.pk)
    asked = [
        (officer, f"/items/{world.texts.returned.pk}/"),
        (officer, f"/items/{world.joint.pk}/"),
        (officer, f"/items/{world.agreed.signed.pk}/"),
        (officer, f"/items/{world.closed.pk}/"),
        (officer, f"/handover/{world.handover.pk}/"),
        (officer, f"/urgent/{world.urgent.pk}/"),
        (officer, f"/commissions/{world.asked.pk}/"),
        (root, f"/items/{signed.pk}/"),
        (reviewer, f"/items/{signed.pk}/attachments/{file.pk}/"),
        (reviewer, f"/office/decide/{task_of(world.texts.screened).pk}/"),
        (reviewer, f"/office/texts/{pooled.pk}/sheet/"),
        (root, f"/ranking/units/{world.unit.pk}/"),
        (root, f"/issues/{world.issue.pk}/"),
        (root, "/office/issues/"),
        (root, "/office/accounts/"),
        (root, "/office/objections/"),
        (root, "/duty/log/"),
        (root, "/office/snippets/schemes/scheme/"),
    ]
    found: set[Mark] = set()
    for visitor, path in asked:
        found |= marks_in(visitor.ask("GET", path).text)
    assert EVERYTHING - found == set()
    assert Entry.objects.filter(unit=world.unit).exists()


def test_what_is_typed_is_its_writers_alone(world: World, visitors: dict[str, Visitor]) -> None:
    """Not even the own unit's signatory, nor a superuser, sees what is not saved."""
    own, other = world.own_texts.draft.pk, world.texts.draft.pk
    assert Mark.OWN_TYPED in visitors[Role.OFFICER].ask("GET", f"/items/{own}/edit/").text
    assert Mark.TYPED in Visitor(world.office.officer).ask("GET", f"/items/{other}/edit/").text
    for name in (Role.SIGNATORY, SUPERUSER):
        for path in ("/", "/items/", f"/items/{own}/", f"/items/{own}/edit/"):
            assert not {Mark.OWN_TYPED, Mark.TYPED} & marks_in(visitors[name].ask("GET", path).text)


def test_a_joint_unit_sees_the_joint_text_and_nothing_else(
    world: World, addresses: list[Address]
) -> None:
    open_to_it = frozenset({Mark.JOINT, Mark.AGREED, Mark.UNIT, Mark.PERSON})
    for person in (world.partner.officer, world.partner.signatory):
        visitor = Visitor(person)
        told = [
            f"{answer} 露出 {marks_in(answer.text) - open_to_it}"
            for answer in crawl(visitor, ["/", "/items/", f"/items/{world.joint.pk}/"])
            if marks_in(answer.text) - open_to_it or answer.outcome is Outcome.FAULT
        ]
        assert not told, "\n".join(told)
        assert Mark.JOINT in visitor.ask("GET", f"/items/{world.joint.pk}/").text
        for act in ("edit", "submit", "withdraw", "delete", "copy", "attachments", "check"):
            answer = visitor.ask("POST", f"/items/{world.joint.pk}/{act}/", foreign_form(world))
            assert not answer.written, (act, answer.written)
            assert answer.outcome is not Outcome.FAULT, answer


def test_what_a_joint_unit_sees_before_and_after_it_agreed(world: World) -> None:
    """From the moment it was sent, and the text that was sent; never a draft, before or after."""
    agreed = world.agreed
    told = []
    for person in (world.partner.officer, world.partner.signatory):
        visitor = Visitor(person)
        for item, seen in (
            (agreed.draft, False),
            (agreed.signed, True),
            (agreed.rewritten, True),
            (agreed.let_go, False),
        ):
            mark = Mark.AGREED if seen else Mark.JOINT
            for path in ("", "edit/", "check/", "sheet/", "attachments/"):
                answer = visitor.ask("GET", f"/items/{item.pk}/{path}")
                if answer.outcome is Outcome.FAULT or Mark.DRAFT in marks_in(answer.text):
                    told.append(str(answer))
                if path == "" and (mark in marks_in(answer.text)) != seen:
                    told.append(f"{answer} 应{'' if seen else '不'}可见")
            for file in Attachment.objects.filter(page_id=item.pk):
                answer = visitor.ask("GET", f"/items/{item.pk}/attachments/{file.pk}/")
                if (mark in marks_in(answer.text)) != seen:
                    told.append(f"{answer} 附件应{'' if seen else '不'}可见")
        listed = visitor.ask("GET", "/items/joint/").text
        for item, shown in ((agreed.draft, False), (agreed.signed, True), (agreed.let_go, False)):
            assert (f"/items/{item.pk}/" in listed) == shown
        # It has spoken: nothing of it can be answered any more.
        answer = visitor.ask("POST", f"/items/{agreed.signed.pk}/joint/", foreign_form(world))
        assert not answer.written
    assert not told, "\n".join(told)


# Nothing is there, or it is no business of the role.
REFUSED = (
    "/no-such-page/",
    f"/items/{NOWHERE}/",
    "/office/no-such-page/",
    "/duty/",
    "/office/pool/",
)


@pytest.mark.usefixtures("whole_refusals")
def test_pages_that_refuse_tell_nothing(visitors: dict[str, Visitor]) -> None:
    """Elsewhere refusals are short ones; here they have their frame and their sentences."""
    refused = [
        (name, answer)
        for name, visitor in visitors.items()
        for path in REFUSED
        for method in METHODS
        if (answer := visitor.ask(method, path)).outcome is Outcome.NO
    ]
    assert not [(name, str(answer)) for name, answer in refused if leaks(name, answer)]
    pages = {(answer.status, name) for name, answer in refused if "</html>" in answer.text}
    assert pages >= {(404, name) for name in VISITORS}
    assert pages >= {(403, name) for name in UNIT_PEOPLE}


# Pages that look for words; a stranger's words find nothing, whether they exist or not.
SEARCHED = ("/items/", "/items/joint/", "/items/signing/", "/search/", "/issues/", "/ranking/")
LOOKED_FOR = tuple(
    mark for mark in Mark if mark not in (Mark.UNIT, Mark.PERSON, Mark.OWN_TYPED, Mark.REFUSED)
)
NONSENSE = "ZQXJKVWPQ"


@pytest.mark.parametrize("name", [*UNIT_PEOPLE, Role.DUTY], ids=label)
def test_no_search_tells_whether_a_word_exists(
    name: str, visitors: dict[str, Visitor], addresses: list[Address]
) -> None:
    """An answer to a secret word differs in nothing from the answer to a word of nobody."""
    known = {address.path for address in addresses}
    told = []
    for path in [path for path in SEARCHED if path in known]:
        nothing = unworded(visitors[name].ask("GET", f"{path}?q={NONSENSE}"), NONSENSE)
        for mark in LOOKED_FOR:
            if mark in may_see(name, path):
                continue
            answer = visitors[name].ask("GET", f"{path}?q={mark}")
            if unworded(answer, mark) != nothing:
                told.append(str(answer))
    assert not told, f"{name}：\n" + "\n".join(told)


def unworded(answer: Answer, word: str) -> tuple[int, str, str]:
    """Return an answer without the word that was asked for and without its length."""
    status, location, text = shape(answer)
    text = re.sub(r"Content-Length: \d+", "", text)
    return status, location.replace(word, ""), text.replace(word, "")


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


# Keeps what a person types into a new form for that person alone; the form's other fields
# are no more than typing. tests/desk/test_autosave.py sees that nobody else reads it.
OWN_TYPING = "/items/autosave/"
# Notes that a person has read what they were told.
OWN_READING = "/notices/read/"


@pytest.mark.parametrize("name", [*UNIT_PEOPLE, Role.DUTY, Role.LEADER], ids=label)
def test_no_form_changes_or_tells(
    name: str, world: World, visitors: dict[str, Visitor], addresses: list[Address]
) -> None:
    form, table = foreign_form(world), read_table()
    faults = []
    for address in addresses:
        # The door of the office looks at no form; the matrix sees it shut.
        own = address.object.startswith(("本单位", "本人"))
        if own or address.path.startswith("/office/"):
            continue
        row = table.get((address.route.pattern, address.object))
        if name == Role.DUTY and row is not None and name in row.allowed["POST"]:
            # What all units report in a hurry is theirs to handle.
            continue
        answer = visitors[name].ask("POST", address.path, form)
        written = list(answer.written)
        if address.path == OWN_TYPING:
            written = [sql for sql in written if '"items_autosave"' not in sql]
        if address.path == OWN_READING:
            written = [sql for sql in written if '"notices_recipient"' not in sql]
        if written or answer.outcome is Outcome.FAULT or leaks(name, answer):
            faults.append(f"{answer} 写入 {written} 露出 {leaks(name, answer)}")
    assert not faults, f"{name}：\n" + "\n".join(faults)


def test_writes_are_noticed(world: World, visitors: dict[str, Visitor]) -> None:
    """The same form on the officer's own item does write: the watch above is not blind."""
    form = foreign_form(world) | {
        "signatory": world.own.signatory.pk,
        "revision": "",
        "joint": "",
    }
    path = f"/items/{world.own_texts.draft.pk}/edit/"
    answer = visitors[Role.OFFICER].ask("POST", path, form)
    assert answer.outcome is Outcome.OK
    assert any("wagtailcore_page" in sql for sql in answer.written)


# What differs from one answer to the next without telling anything.
VARYING = re.compile(r"csrfmiddlewaretoken[^>]*>|(Content-Security-Policy|Expires): [^\n]*")


@pytest.mark.usefixtures("whole_refusals")
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
        for part in ("", "follow/", "paper/"):
            nothing = shape(visitors[name].ask(method, f"/urgent/{NOWHERE}/{part}"))
            assert shape(visitors[name].ask(method, f"/urgent/{world.urgent.pk}/{part}")) == nothing
        nothing = shape(visitors[name].ask(method, f"/ranking/units/{NOWHERE}/"))
        assert shape(visitors[name].ask(method, f"/ranking/units/{world.unit.pk}/")) == nothing


def shape(answer: Answer) -> tuple[int, str, str]:
    """Return an answer without what changes by itself and without the address asked for."""
    text = VARYING.sub("", answer.text)
    return answer.status, answer.location, text.replace(answer.path, "")
