"""Notices for tests, through the real action."""

from __future__ import annotations

import itertools
from typing import Any

from infoflow.notices.actions import announce
from infoflow.notices.models import Notice
from infoflow.units.models import User

from .conftest import ORDINARY

_numbers = itertools.count(1)


def notice(*people: User, **more: Any) -> Notice:
    """Announce something to people."""
    n = next(_numbers)
    values: dict[str, Any] = {
        "key": f"test:{n}",
        "kind": ORDINARY,
        "number": f"约稿〔2026〕{n}号",
        "text": f"您单位收到约稿{n}，请签收。",
        "url": "/items/",
    } | more
    made = announce(people=[person.pk for person in people], **values)
    assert made is not None
    return made
