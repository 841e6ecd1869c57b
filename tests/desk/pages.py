"""What the tests of the desk share: a browser's session for a person, and the form's fields."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.http import HttpResponseBase
from django.test import Client

from infoflow.units.models import User
from tests.builders import Office


def browser(user: User) -> Client:
    """A session of a person who is logged in."""
    client = Client()
    client.force_login(user)
    return client


def fields(office: Office, **changes: Any) -> dict[str, Any]:
    """What a complete form sends, with changes; a field set to None is left out."""
    data: dict[str, Any] = {
        "title": "关于春耕备耕的情况",
        "form": "news",
        "body": "一、基本情况\n全县春耕备耕进展顺利。",
        "contact": "李明 0358-1234567",
        "signatory": office.signatory.pk,
        "form_key": str(uuid.uuid4()),
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def page(response: HttpResponseBase) -> str:
    """The text of a page."""
    text: str = response.content.decode()  # type: ignore[attr-defined]
    return text


def hidden(response: HttpResponseBase, name: str) -> str:
    """The value of a hidden field on a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page(response))
    assert found is not None, f"no hidden field {name}"
    return found[1]
