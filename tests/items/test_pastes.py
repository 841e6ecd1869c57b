"""What is pasted becomes plain lines, whatever it is.

How long each of them takes is measured by `bin/bench hostile`.
"""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError

from cms.items import text
from tests.corpus.pastes import ATTACKS, PASTES, USUAL, Paste

ALLOWED = re.compile(r"</?(?:h2|h3|p|table|tbody|tr|td)>")


@pytest.mark.parametrize("paste", [p for p in PASTES if p.lines], ids=lambda p: p.title)
def test_what_becomes_of_it(paste: Paste) -> None:
    stored = text.to_html(paste.source)
    assert paste.lines is not None
    assert text.to_text(stored).split("\n") == list(paste.lines)
    assert text.to_html(stored) == stored
    assert text.to_html(text.to_text(stored)) == stored


@pytest.mark.parametrize(
    "paste", [p for p in PASTES if not p.says or "不能超过5" in p.says], ids=lambda p: p.title
)
def test_nothing_active(paste: Paste) -> None:
    stored = ""
    if "不能超过5" in paste.says:
        with pytest.raises(ValidationError, match=paste.says):
            text.to_html(paste.source)
    else:
        stored = text.to_html(paste.source)
    assert text.length(stored) <= text.BODY_MAX
    assert text.carries_markup(paste.source) or not text.removed_parts(paste.source)
    assert "<" not in ALLOWED.sub("", stored)


def test_enough_of_each() -> None:
    assert len(USUAL) >= 12
    assert len(ATTACKS) >= 35
    assert len({paste.title for paste in PASTES}) == len(PASTES)
