from __future__ import annotations

import pytest
from django.test import Client

from tests.builders import Office


@pytest.fixture
def page(client: Client, office: Office) -> Client:
    """The scorer's browser."""
    client.force_login(office.scorer)
    return client
