"""What the tests of notices share: two kinds that no room has registered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infoflow.notices import courier, deliveries, kinds
from infoflow.notices.rules import Result

ORDINARY, URGENT = "test-ordinary", "test-urgent"


@pytest.fixture(autouse=True)
def test_kinds() -> Iterator[None]:
    """Register the kinds for the time of a test."""
    kinds.register_kind(ORDINARY, "约稿")
    kinds.register_kind(URGENT, "紧急信息", urgent=True)
    yield
    for code in (ORDINARY, URGENT):
        kinds._kinds.pop(code)


class NearCourier:
    """Brings messages in this process: the same code without the start of another one."""

    def __enter__(self) -> NearCourier:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def bring(self, job: dict[str, Any]) -> Result:
        return Result(courier.deliver(job))


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the job do without processes of its own."""
    monkeypatch.setattr(deliveries, "Courier", NearCourier)
