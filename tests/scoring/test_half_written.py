"""Drafts that a scorer leaves half written: saved, shown and named, never an error page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from wagtail import blocks

from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.models import Scheme
from tests.builders import Office

pytestmark = [pytest.mark.screens, pytest.mark.django_db]
KINDS = list(SchemeBlocks().child_blocks)
# All that one of these has is optional, or has something chosen from the start.
WHOLE = {"adjustment", "credit", "several", "mean"}
# Refused with a message at the field also as a draft.
REFUSED = {"base", "exclude", "cap", "quality", "rate_gate", "strike", "conversion"}


def as_posted(block: Any, value: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """What a browser sends for a block that has just been added."""
    if isinstance(block, blocks.StructBlock):
        for name, child in block.child_blocks.items():
            yield from as_posted(child, value[name], f"{prefix}-{name}")
    elif isinstance(block, blocks.ListBlock):
        rows = list(value)
        yield f"{prefix}-count", str(len(rows))
        for n, row in enumerate(rows):
            yield f"{prefix}-{n}-order", str(n)
            yield f"{prefix}-{n}-deleted", ""
            yield from as_posted(block.child_block, row, f"{prefix}-{n}-value")
    elif isinstance(block, blocks.BooleanBlock):
        if value:
            yield prefix, "on"
    else:
        yield prefix, value if value is not None else ""


def sent(kind: str) -> dict[str, Any]:
    block = SchemeBlocks().child_blocks[kind]
    head = {
        "name": "半份办法",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "period": "quarter",
        "rounding": "half_up",
        "blocks-count": "1",
        "blocks-0-type": kind,
        "blocks-0-order": "0",
        "blocks-0-deleted": "",
    }
    return head | dict(as_posted(block, block.get_default(), "blocks-0-value"))


@pytest.mark.parametrize("kind", KINDS)
def test_empty_clause_is_saved_or_refused_with_a_message(
    client: Client, office: Office, kind: str
) -> None:
    client.force_login(office.scorer)
    response = client.post(reverse("wagtailsnippets_schemes_scheme:add"), sent(kind))
    scheme = Scheme.objects.first()
    if scheme is None:
        assert kind in REFUSED
        assert response.status_code == 200
        assert "error" in response.content.decode()
        return
    assert kind not in REFUSED
    told = " ".join(str(message) for message in get_messages(response.wsgi_request))
    assert ("第1条" in told and "还没有填完整" in told) == (kind not in WHOLE)
    for name in ("edit", "inspect"):
        address = reverse(f"wagtailsnippets_schemes_scheme:{name}", args=[scheme.pk])
        assert client.get(address).status_code == 200
    assert client.get(reverse("scheme_file", args=[scheme.pk])).status_code == 200
    shown = client.get(reverse("scheme_preview", args=[scheme.pk]))
    assert shown.status_code == 200
    assert ("还没有填完整" in shown.content.decode()) == (kind not in WHOLE)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - WHOLE - REFUSED))
def test_half_written_draft_is_never_in_force(client: Client, office: Office, kind: str) -> None:
    client.force_login(office.scorer)
    address = reverse("wagtailsnippets_schemes_scheme:add")
    response = client.post(address, sent(kind) | {"action-publish": "action-publish"})
    assert response.status_code == 200
    assert not Scheme.objects.filter(live=True).exists()
