"""Sending requests as a person and judging the answers."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from django.contrib.messages import constants, get_messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponseBase
from django.test import Client

from infoflow.units.models import User

from .looks import Looks, looked_at

LOGIN = ("/login/", "/office/login/")
OFFICE = "/office/"
REFUSING = frozenset({403, 404, 405, 409})


class Outcome(StrEnum):
    """What an answer means for the matrix."""

    OK = "ok"
    LOGIN = "login"
    NO = "no"
    FAULT = "fault"


@dataclass(frozen=True)
class Answer:
    """One answer with the text of everything that left the house in it."""

    method: str
    path: str
    status: int
    location: str
    outcome: Outcome
    text: str
    written: tuple[str, ...]  # the statements that changed a table, those of sessions left out

    def __str__(self) -> str:
        return f"{self.method} {self.path} → {self.status} {self.location}".rstrip()


# Addresses of this house in a page: in attributes, and in the data that scripts read.
LINK = re.compile(r"""(?:["']|&quot;)(/[^"'&<>\s]*(?:&amp;[^"'&<>\s]*)*)(?:["']|&quot;)""")
# Links to the same page with another query: the next page of a list, another order.
QUERY_LINK = re.compile(r'href="(\?[^"]*)"')


def body_of(response: HttpResponseBase) -> bytes:
    """Return the body, also of a streamed answer."""
    if response.streaming:
        return b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return response.content  # type: ignore[attr-defined, no-any-return]


def text_of(response: HttpResponseBase) -> str:
    """Return all that an answer tells: body, headers, what is inside a workbook, and the
    messages that the next page will show."""
    body = body_of(response)
    parts = [f"{name}: {unquote(value)}" for name, value in response.items()]
    parts += [str(message) for message in get_messages(request_of(response))]
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as parcel:
            for name in parcel.namelist():
                parts += [name, parcel.read(name).decode("utf-8", "replace")]
    else:
        parts.append(body.decode("utf-8", "replace"))
    return "\n".join(parts)


def links_of(answer: Answer) -> list[str]:
    """Return the addresses of this house that an answer leads to, without the fragment."""
    found = [answer.location]
    if "Content-Type: text/html" in answer.text:
        found += [unescape(link) for link in LINK.findall(answer.text)]
        found += [unescape(link) for link in QUERY_LINK.findall(answer.text)]
    joined = (urlsplit(urljoin(answer.path, link)) for link in found if link)
    return [
        f"{part.path}?{part.query}" if part.query else part.path
        for part in joined
        if not part.netloc and part.scheme in ("", "http") and part.path.startswith("/")
    ]


def outcome_of(response: HttpResponseBase) -> Outcome:
    """Judge an answer. A redirect to the office's first page with an error is a refusal."""
    status = response.status_code
    location = response.get("Location", "") if status in (301, 302, 303, 307, 308) else ""
    if status >= 500:
        return Outcome.FAULT
    if status in REFUSING:
        return Outcome.NO
    target = urlsplit(location).path
    if target in LOGIN:
        return Outcome.LOGIN
    if target == OFFICE and _says_no(response):
        return Outcome.NO
    return Outcome.OK


def request_of(response: HttpResponseBase) -> HttpRequest:
    """Return the request that the test client kept with its answer."""
    return response.wsgi_request  # type: ignore[attr-defined, no-any-return]


def _says_no(response: HttpResponseBase) -> bool:
    queue = get_messages(request_of(response))
    return any(message.level >= constants.ERROR for message in queue)


class Visitor:
    """A person's browser. Every request starts from the same fresh session."""

    def __init__(self, user: User | None) -> None:
        self.seen: dict[str, tuple[Answer, Looks]] = {}
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
        self._cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def see(self, path: str) -> tuple[Answer, Looks]:
        """Return a page, and what it looks at in its query. It is asked for once: whoever comes
        later meets the same world with the same session."""
        if path not in self.seen:
            with looked_at() as looks:
                answer = self.ask("GET", path)
            self.seen[path] = answer, looks
        return self.seen[path]

    def ask(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> Answer:
        """Send one request; whatever it wrote is taken back."""
        with undone(), writes() as written:
            send = self.client.get if method == "GET" else self.client.post
            response = send(path, data or None)
            text = text_of(response)
        self.client.cookies.clear()
        for name, value in self._cookies.items():
            self.client.cookies[name] = value
        return Answer(
            method=method,
            path=path,
            status=response.status_code,
            location=response.get("Location", ""),
            outcome=outcome_of(response),
            text=text,
            written=tuple(written),
        )


@contextmanager
def undone() -> Iterator[None]:
    """Take back everything written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# Tables in which coming and going leaves its trace.
SESSION_TABLES = ("django_session", "axes_")


@contextmanager
def writes() -> Iterator[list[str]]:
    """Collect the statements that change a table, those of sessions left out."""
    found: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        verb = sql.lstrip().split(" ", 1)[0].upper()
        changes = verb in ("INSERT", "UPDATE", "DELETE", "REPLACE")
        if changes and not any(table in sql for table in SESSION_TABLES):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found
