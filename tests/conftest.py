"""Fixtures common to all tests."""

from __future__ import annotations

import pytest

from tests import builders


@pytest.fixture
def office(db: None) -> builders.Office:
    """One unit with its people and the office's people."""
    return builders.Office()
