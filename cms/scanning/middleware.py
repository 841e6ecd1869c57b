"""The door of every request: what bears a 密级标志 is turned away before any view runs."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.utils.translation import gettext as _

from . import door
from .rules import Entrance, part_label

STATUS = 422
_TAG = re.compile(r"<[^<>]*>")
# Never scanned: they are stored as hashes only, or not at all.
_UNSCANNED = re.compile(r"password|csrfmiddlewaretoken", re.IGNORECASE)
# Which way an address is, by the beginning of its name; the longest fits.
ENTRANCES = {
    "item_": Entrance.ITEM,
    "item_autosave": Entrance.AUTOSAVE,
    "item_import": Entrance.WORD,
    "item_attachment": Entrance.ATTACHMENT,
    "item_sign": Entrance.SIGN,
    "item_joint": Entrance.SIGN,
    "review_": Entrance.DECIDE,
    "review_sheet": Entrance.SHEET,
    "bulletin": Entrance.COMPOSE,
    "wagtailadmin_pages:": Entrance.ISSUE,
    "fact": Entrance.FACT,
    "import": Entrance.TABLE,
    "urgent": Entrance.URGENT,
    "scheme": Entrance.SCHEME,
    "wagtailsnippets_schemes": Entrance.SCHEME,
    **dict.fromkeys(("stop-words:", "typo-words:", "word-lists:", "scanning_"), Entrance.WORDS),
    **dict.fromkeys(
        ("units:", "unit-groups:", "memberships:", "officers:", "signatories:", "accounts:"),
        Entrance.UNITS,
    ),
}


class DoorMiddleware:
    """Scan what a request brings, and answer every refusal that a view or an action raised.

    The second line: actions look at the text as they will store it (HTML cleaned, Word read),
    this looks at what was sent, whichever page takes it, search words and names included.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        for part, text in brought(request):
            found = door.marked_part({part: text})
            if found is not None:
                error = door.refused(
                    text=text,
                    part=part,
                    rule=found[1],
                    person=request.user,
                    entrance=_entrance(request, part),
                )
                return answer(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, door.MarkedSecret):
            return None
        door.keep_record(error)
        return answer(request, error)


def brought(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield every text that a request brings with the name under which it comes."""
    for name in request.GET:
        for value in request.GET.getlist(name):
            yield from _both(name, value)
    if request.method == "POST":
        for name in request.POST:
            if _UNSCANNED.search(name):
                continue
            for value in request.POST.getlist(name):
                yield from _both(name, value)
        for name in request.FILES:
            for file in request.FILES.getlist(name):
                yield "file", str(file.name or "")
    if request.content_type == "application/json":
        yield from _of_json(request)


def _both(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield a value as it was sent and, if it is HTML, as it reads."""
    yield name, value
    if "<" in value or "&" in value:
        yield name, html.unescape(_TAG.sub("", value))


def _of_json(request: HttpRequest) -> Iterator[tuple[str, str]]:
    try:
        data = json.loads(request.body)
    except (RawPostDataException, RequestDataTooBig, ValueError, RecursionError):
        # The view finds the same and answers as it thinks fit; it has not read it either.
        return
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, str):
            yield from _both(name, value)
        elif isinstance(value, dict):
            waiting += [(str(key), inner) for key, inner in value.items()]
            yield from ((name, str(key)) for key in value)
        elif isinstance(value, list):
            waiting += [(name, inner) for inner in value]


def _entrance(request: HttpRequest, part: str) -> str:
    if part == "file":
        return Entrance.FILE_NAME
    match = request.resolver_match
    name = match.view_name if match else ""
    if request.method == "GET":
        return Entrance.SEARCH
    fitting = [start for start in ENTRANCES if name.startswith(start)]
    return ENTRANCES[max(fitting, key=len)] if fitting else name or Entrance.PAGE


def answer(request: HttpRequest, error: door.MarkedSecret) -> HttpResponse:
    """Return the page that refuses: which part, which rule, what to do. Never the text."""
    told = _("没有保存：“%(part)s”带有密级标志") % {"part": part_label(error.part)}
    advice = _(
        "本系统在非涉密网络上运行，不得处理国家秘密。系统没有保存您这次提交的任何文字，"
        "只记录了时间、人员和所触发的规则。"
    )
    if _wants_json(request):
        return JsonResponse(
            {
                "ok": False,
                "error": "marked",
                "part": error.part,
                "rule": error.rule_label,
                "message": f"{told}（{error.rule_label}）。{advice}",
            },
            status=STATUS,
        )
    office = request.path.startswith("/office/")
    return render(
        request,
        "scanning/refused_office.html" if office else "scanning/refused_desk.html",
        {"told": told, "advice": advice, "rule": error.rule_label},
        status=STATUS,
    )


def _wants_json(request: HttpRequest) -> bool:
    asked = request.headers.get("X-Requested-With", "")
    accepted = request.headers.get("Accept", "")
    return (
        asked in ("fetch", "XMLHttpRequest")
        or request.content_type == "application/json"
        or ("application/json" in accepted and "text/html" not in accepted)
    )
