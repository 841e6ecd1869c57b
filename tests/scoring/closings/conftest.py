"""A grouped office with a scheme, and closing its first quarter."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from cms.bulletins.models import Bulletin
from scoring.closings.models import Closing
from scoring.schemes.actions import publish_scheme
from scoring.schemes.models import Scheme
from scoring.settling.actions import close_period
from tests.builders import Office, fresh, in_group, superior_bulletin, unit
from tests.scoring.test_ledger import scheme_of

QUARTER = (date(2026, 1, 1), date(2026, 3, 31))
IN, AFTER = date(2026, 3, 5), date(2026, 5, 6)


@pytest.fixture
def bulletin(db: None) -> Bulletin:
    return superior_bulletin()


@pytest.fixture
def scheme(bulletin: Bulletin) -> Scheme:
    return publish_scheme(scheme_id=scheme_of(bulletin).pk)


@pytest.fixture
def grouped(office: Office) -> Office:
    in_group(office.unit, "乡镇组", 2026)
    in_group(unit("乙镇"), "乡镇组", 2026)
    return office


def close(office: Office, span: tuple[date, date] = QUARTER, **more: Any) -> Closing:
    return close_period(start=span[0], end=span[1], person=fresh(office.scorer), **more)


def printed(span: tuple[date, date] = QUARTER) -> str:
    out = io.StringIO()
    days = (str(day) for day in span)
    call_command("ranking", "--from", next(days), "--to", next(days), "--json", "-", stdout=out)
    return out.getvalue()


@pytest.fixture
def scorer(grouped: Office, client: Client) -> Client:
    client.force_login(grouped.scorer)
    return client
