from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from scoring.schemes.actions import create_scheme, publish_scheme
from tests.builders import Office, superior_bulletin, unit
from tests.ground import grounded

from .tables import PAPER


@pytest.fixture
def page(client: Client, office: Office) -> Client:
    """The scorer's browser."""
    client.force_login(office.scorer)
    return client


@grounded
def county() -> None:
    """Two units, a superior's paper, and a scheme that gives 4 points for each adoption."""
    unit("水务局")
    unit("财政局")
    superior_bulletin(PAPER)
    rows = [{"kind": "adoption", "target": "all", "form": "", "points": "4"}]
    scheme = create_scheme(name="办法", valid_from=date(2026, 1, 1), rows=rows)
    publish_scheme(scheme_id=scheme.pk)
