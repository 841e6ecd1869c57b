"""Every preset: complete, the same out and in again, fit to be published, shown on the page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from scoring.schemes.actions import publish_scheme
from scoring.schemes.actions_import import import_scheme
from scoring.schemes.exchange import dump_scheme, missing_bulletins, read_scheme
from scoring.schemes.models import Scheme
from scoring.schemes.presets import preset_data, presets
from scoring.schemes.specs import spec_of
from tests.builders import Office

pytestmark = [pytest.mark.screens, pytest.mark.django_db]
CODES = [preset.code for preset in presets()]


def taken_in(code: str) -> Scheme:
    return import_scheme(data=preset_data(code), create_bulletins=True)


@pytest.mark.parametrize("code", CODES)
def test_each_clause_names_its_text_and_each_bulletin_is_listed(code: str) -> None:
    scheme = taken_in(code)
    assert [block.block_type for block in scheme.blocks if not block.value["source"]] == []
    told = preset_data(code)
    assert {b["name"] for b in dump_scheme(scheme)["bulletins"]} == {
        b["name"] for b in told.get("bulletins", ())
    }
    assert missing_bulletins(told) == []
    assert scheme.document


@pytest.mark.parametrize("code", CODES)
def test_out_and_in_again_is_equal(code: str) -> None:
    scheme = taken_in(code)
    told = dump_scheme(scheme)
    again = read_scheme(json.loads(json.dumps(told, ensure_ascii=False)))
    assert dump_scheme(again) == told
    assert spec_of(again).blocks == spec_of(scheme).blocks
    assert spec_of(again).names == spec_of(scheme).names


def holds(told: Any, stored: Any) -> bool:
    """Tell whether what a file says is stored as it says; what it leaves out has its default."""
    if isinstance(told, dict):
        return all(name in stored and holds(part, stored[name]) for name, part in told.items())
    if isinstance(told, list):
        return len(told) == len(stored) and all(map(holds, told, stored))
    return bool(told == stored)


@pytest.mark.parametrize("code", CODES)
def test_nothing_that_the_file_says_is_lost(code: str) -> None:
    told, stored = preset_data(code), dump_scheme(taken_in(code))
    for part in ("name", "document", "valid_from", "rounding", "period", "clauses"):
        assert holds(told[part], stored[part]), part
    assert stored["note"] == told.get("note", "")


@pytest.mark.parametrize("code", CODES)
def test_can_be_published_as_it_is(code: str) -> None:
    scheme = taken_in(code)
    assert scheme.faults_of_publication() == {}
    assert publish_scheme(scheme_id=scheme.pk).live


def test_page_offers_all_with_document_days_and_note(client: Client, office: Office) -> None:
    client.force_login(office.scorer)
    text = client.get(reverse("scheme_import")).content.decode()
    for preset in presets():
        for told in (preset.name, preset.document, preset.note, preset.valid_from.isoformat()):
            assert told in text


@pytest.mark.parametrize("code", CODES)
def test_scorer_takes_it_from_the_page_and_reads_its_clauses(
    client: Client, office: Office, code: str
) -> None:
    client.force_login(office.scorer)
    client.post(reverse("scheme_import"), {"preset": code, "create_bulletins": "on"})
    scheme = Scheme.objects.get()
    shown = client.get(reverse("wagtailsnippets_schemes_scheme:inspect", args=[scheme.pk]))
    text = shown.content.decode()
    for block in scheme.blocks:
        assert block.value["source"] in text
    assert ("长期" in text) == (scheme.valid_until is None)
    assert client.get(
        reverse("wagtailsnippets_schemes_scheme:edit", args=[scheme.pk])
    ).status_code == (200)
