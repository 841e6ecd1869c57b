"""What the tests of notices share: two kinds that no room has registered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infoflow.notices import kinds

ORDINARY, URGENT = "test-ordinary", "test-urgent"


@pytest.fixture(autouse=True)
def test_kinds() -> Iterator[None]:
    """Register the kinds for the time of a test."""
    kinds.register_kind(ORDINARY, "约稿")
    kinds.register_kind(URGENT, "紧急信息", urgent=True)
    yield
    for code in (ORDINARY, URGENT):
        kinds._kinds.pop(code)
