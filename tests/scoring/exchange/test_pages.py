"""The office's pages: importing, exporting, trying a draft out."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from infoflow.units.roles import Role
from scoring.ledger.models import Entry
from scoring.schemes.actions import create_scheme, publish_scheme
from scoring.schemes.exchange import dump_scheme
from scoring.schemes.models import Scheme
from scoring.schemes.presets import preset_data
from scoring.settling.actions import close_period
from tests.builders import Office, person, superior_bulletin, unit
from tests.scoring.rankings.conftest import fact

pytestmark = [pytest.mark.screens, pytest.mark.django_db]
IMPORT = "scheme_import"


@pytest.fixture
def page(client: Client, office: Office) -> Client:
    client.force_login(office.scorer)
    return client


def upload(data: Any, raw: bytes | None = None) -> SimpleUploadedFile:
    content = raw if raw is not None else json.dumps(data).encode()
    return SimpleUploadedFile("办法.json", content, content_type="application/json")


def test_scorer_takes_a_preset_as_draft(page: Client) -> None:
    assert "汾阳2009" in page.get(reverse(IMPORT)).content.decode()
    response = page.post(reverse(IMPORT), {"preset": "fenyang", "create_bulletins": "on"})
    scheme = Scheme.objects.get()
    assert response["Location"] == reverse("wagtailsnippets_schemes_scheme:edit", args=[scheme.pk])
    assert not scheme.live


def test_scorer_takes_an_exported_file(page: Client) -> None:
    page.post(reverse(IMPORT), {"preset": "fenyang", "create_bulletins": "on"})
    first = Scheme.objects.get()
    given = page.get(reverse("scheme_file", args=[first.pk]))
    assert json.loads(given.content) == dump_scheme(first)
    assert "filename" in given["Content-Disposition"]
    page.post(reverse(IMPORT), {"file": upload(None, given.content)})
    assert sorted(Scheme.objects.values_list("version", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "两者选一"),
        ({"preset": "fenyang"}, "缺少刊物"),
        ({"file": upload({"format": "x"})}, "不是计分办法文件"),
        ({"file": upload(None, b"\xff\xfe\x00")}, "不是 UTF-8"),
        ({"file": upload(None, b"{\n\n!}")}, "第3行"),
        ({"file": upload(None, b"[" * 100_000)}, "嵌套太深"),
        ({"file": upload(None, b"1" * 1_000_001)}, "超过1MB"),
        (
            {
                "file": upload(preset_data("fenyang") | {"period": "week"}),
                "create_bulletins": "on",
            },
            "<code>period</code>",
        ),
    ],
)
def test_what_is_wrong_is_said(page: Client, fields: dict[str, Any], message: str) -> None:
    for value in fields.values():
        if hasattr(value, "seek"):
            value.seek(0)
    response = page.post(reverse(IMPORT), fields)
    assert response.status_code == 200
    assert message in response.content.decode()
    assert not Scheme.objects.exists()


def test_marked_secret_is_refused_at_the_door(page: Client) -> None:
    data = preset_data("fenyang") | {"document": "机密★1年 某文件", "bulletins": []}
    response = page.post(reverse(IMPORT), {"file": upload(data), "create_bulletins": "on"})
    assert response.status_code == 422
    assert not Scheme.objects.exists()


def test_others_do_not_import(client: Client, office: Office) -> None:
    client.force_login(office.editor)
    response = client.post(reverse(IMPORT), {"preset": "fenyang", "create_bulletins": "on"})
    assert response.status_code in (302, 403)
    assert not Scheme.objects.exists()


def test_draft_file_is_for_scorers(client: Client, office: Office) -> None:
    bulletin = superior_bulletin()
    draft = create_scheme(
        name="草稿",
        valid_from=date(2026, 1, 1),
        rows=[{"kind": "adoption", "target": f"bulletin:{bulletin.pk}", "points": "4"}],
    )
    client.force_login(office.editor)
    assert client.get(reverse("scheme_file", args=[draft.pk])).status_code == 404
    publish_scheme(scheme_id=draft.pk)
    assert client.get(reverse("scheme_file", args=[draft.pk])).status_code == 200


def two_schemes(office: Office) -> tuple[Scheme, Any]:
    """One in force with 4 points, a draft with 1 for the bulletin and 10 for submissions."""
    bulletin = superior_bulletin()
    other = unit()
    rows = [{"kind": "adoption", "target": f"bulletin:{bulletin.pk}", "points": "4"}]
    publish_scheme(scheme_id=create_scheme(name="现行", valid_from=date(2026, 1, 1), rows=rows).pk)
    fact(office.unit, bulletin=bulletin, number=3)
    fact(other, kind="submission", number=2)
    rows = [
        {"kind": "adoption", "target": "all", "points": "1"},
        {"kind": "submission", "target": "all", "points": "10"},
    ]
    return create_scheme(name="修订", valid_from=date(2027, 1, 1), rows=rows), other


def test_trial_shows_both_rankings_and_writes_nothing(page: Client, office: Office) -> None:
    draft, other = two_schemes(office)
    before = Entry.objects.count()
    period = {"start": "2026-01-01", "end": "2026-03-31"}
    response = page.get(reverse("scheme_preview", args=[draft.pk]), period)
    (group,) = response.context["groups"]
    told = {
        row.unit: (row.points_before, row.rank_before, row.points_after, row.rank_after)
        for row in group.rows
        if row.unit in (office.unit.name, other.name)
    }
    assert told == {office.unit.name: ("12", 1, "3", 2), other.name: ("0", 2, "20", 1)}
    assert "上升1位" in response.content.decode()
    assert "下降1位" in response.content.decode()
    assert Entry.objects.count() == before


def test_trial_of_a_closed_period_says_what_was_booked_late(page: Client, office: Office) -> None:
    """The same clauses give another sum, because late facts count in the open period."""
    draft, _other = two_schemes(office)
    close_period(start=date(2026, 1, 1), end=date(2026, 3, 31), person=office.scorer)
    fact(office.unit, bulletin=superior_bulletin(), number=2)
    address = reverse("scheme_preview", args=[draft.pk])
    response = page.get(address, {"start": "2026-01-01", "end": "2026-03-31"})
    [group] = response.context["groups"]
    words = {row.unit: row.late_words for row in group.rows if row.late_words}
    assert words == {office.unit.name: "另有8分补计在以后"}
    told = "这部分差别不是办法不同造成的"
    assert told in response.content.decode()
    today = timezone.localdate().isoformat()
    later = page.get(address, {"start": today, "end": today})
    [group] = later.context["groups"]
    words = {row.unit: row.late_words for row in group.rows if row.late_words}
    assert words == {office.unit.name: "含补计以前8分"}
    quiet = page.get(address, {"start": "2026-04-01", "end": "2026-04-30"})
    assert told not in quiet.content.decode()


def test_trial_is_for_scorers(client: Client, office: Office) -> None:
    draft, _other = two_schemes(office)
    client.force_login(person(Role.LEADER))
    assert client.get(reverse("scheme_preview", args=[draft.pk])).status_code == 404
    client.force_login(office.editor)
    assert client.get(reverse("scheme_preview", args=[draft.pk])).status_code in (302, 403)


def test_trial_costs_the_same_for_few_and_many_units(page: Client, office: Office) -> None:
    draft, _other = two_schemes(office)
    address = reverse("scheme_preview", args=[draft.pk])
    period = {"start": "2026-01-01", "end": "2026-03-31"}
    page.get(address, period)
    with CaptureQueriesContext(connection) as few:
        page.get(address, period)
    for _n in range(30):
        fact(unit(), kind="submission")
    with CaptureQueriesContext(connection) as many:
        page.get(address, period)
    assert len(many) == len(few)
