"""Closing through the pages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.bulletins.models import Bulletin
from infoflow.units.roles import Role
from scoring.closings.models import Closing
from scoring.schemes.models import Scheme
from scoring.settling.queries import offered, preview
from tests.builders import Office, person
from tests.scoring.test_ledger import adopted

from .conftest import IN, QUARTER, close

pytestmark = [pytest.mark.screens, pytest.mark.django_db]


def test_scorer_closes_through_the_page(
    scorer: Client, grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    adopted(bulletin, grouped.unit, day=IN)
    days = {"start": "2026-01-01", "end": "2026-03-31"}
    page = scorer.get(reverse("close_period"), days)
    text = page.content.decode()
    assert "乡镇组" in text
    assert "乙镇" in text  # sent nothing
    digest = page.context["seen"].digest
    adopted(bulletin, grouped.unit, day=IN)
    stale = scorer.post(reverse("close_period"), {**days, "digest": digest})
    assert stale.status_code == 409
    assert "数据有变化" in stale.content.decode()
    assert not Closing.objects.exists()
    done = scorer.post(
        reverse("close_period"), {**days, "digest": stale.context["seen"].digest, "note": "一季度"}
    )
    assert done.status_code == 302
    closing = Closing.objects.get()
    assert (closing.closed_by, closing.note) == (grouped.scorer, "一季度")
    listed = scorer.get(reverse("closings")).content.decode()
    assert closing.digest in listed
    assert "核对相符" not in listed
    verified = scorer.get(reverse("closings"), {"verify": closing.pk}).content.decode()
    assert "核对相符" in verified
    for nonsense in ("x", "0", "９", "1" * 30):
        assert (
            "核对相符" not in scorer.get(reverse("closings"), {"verify": nonsense}).content.decode()
        )
    again = scorer.get(reverse("close_period"), days).content.decode()
    assert "已经结账" in again
    assert "serious" not in again


def test_the_first_page_says_what_waits_to_be_closed(
    scorer: Client, grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    today = timezone.localdate()
    period = offered(today)
    home = reverse("wagtailadmin_home")
    assert "待结账" not in scorer.get(home).content.decode()  # nothing is booked in it
    adopted(bulletin, grouped.unit, day=period.end)
    text = scorer.get(home).content.decode()
    assert f"{period.label}已经结束，还没有结账" in text
    assert f"{reverse('close_period')}?{period.query}".replace("&", "&amp;") in text
    other = Client()
    other.force_login(person(Role.EDITOR))
    assert "待结账" not in other.get(home).content.decode()
    close(grouped, (period.start, period.end))
    adopted(bulletin, grouped.unit, day=today)
    assert "待结账" not in scorer.get(home).content.decode()  # the next has not ended


def test_marked_note_is_refused_at_the_door(scorer: Client) -> None:
    seen = preview(*QUARTER)
    answer = scorer.post(
        reverse("close_period"),
        {"start": "2026-01-01", "end": "2026-03-31", "digest": seen.digest, "note": "机密★10年"},
    )
    assert answer.status_code == 422
    assert not Closing.objects.exists()


def test_details_mark_what_came_late(
    grouped: Office, bulletin: Bulletin, scheme: Scheme, client: Client
) -> None:
    close(grouped)
    adopted(bulletin, grouped.unit, day=IN)
    client.force_login(grouped.officer)
    today = timezone.localdate()
    page = client.get(
        reverse("ranking_details", args=[grouped.unit.pk]), {"start": str(today), "end": str(today)}
    )
    assert page.content.decode().count("补计 2026-03-05") == 2


def test_others_meet_no_closing_page(grouped: Office, client: Client) -> None:
    client.force_login(person())
    for name in ("closings", "close_period", "rescore"):
        assert client.get(reverse(name)).status_code == 404
    client.force_login(grouped.editor)
    for name in ("closings", "close_period", "rescore"):
        assert client.get(reverse(name)).status_code in (302, 403)
