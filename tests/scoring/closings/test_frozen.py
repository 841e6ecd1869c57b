"""What a closing froze: its snapshot, who sees it, and what verification finds."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from cms.bulletins.models import Bulletin
from cms.review import gate
from scoring.closings.models import Closing
from scoring.ledger.models import Entry
from scoring.rankings import snapshots
from scoring.rankings.queries import counted_ranking, ranking
from scoring.rankings.snapshots import (
    closed_ranking,
    digest_of,
    ranking_of,
    snapshot_in,
    snapshot_of,
    text_of,
)
from scoring.rankings.tables import as_json
from scoring.schemes.models import Scheme
from scoring.settling.queries import flaws_of
from tests.builders import Office, fresh, in_group, unit
from tests.scoring.rankings.test_frozen_rows import older_text_of
from tests.scoring.test_ledger import adopted

from .conftest import IN, QUARTER, close

pytestmark = pytest.mark.django_db


def test_verification_finds_rows_and_snapshots_that_were_changed(
    grouped: Office, bulletin: Bulletin, scheme: Scheme, scorer: Client
) -> None:
    [made] = adopted(bulletin, grouped.unit, day=IN)
    closing = close(grouped)
    out = io.StringIO()
    call_command("verify_closings", stdout=out)
    assert "共核对1次结账，全部相符" in out.getvalue()
    assert closing.digest in out.getvalue()
    entry = Entry.objects.get()
    gate.remove()
    try:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_entry SET hundredths = 900 WHERE id = %s", [entry.pk])
        told = [flaw.what for flaw in flaws_of(closing)]
        assert told == [f"{grouped.unit.name}：得分结账时为4分，现在合计9分。"]
        shown = scorer.get(reverse("closings"), {"verify": closing.pk}).content.decode()
        assert told[0] in shown
        assert "请立即报告系统管理员" in shown
        with pytest.raises(CommandError, match="1次结账核对不符"):
            call_command("verify_closings", stdout=io.StringIO())
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE adoptions_factline SET quantity = 3 WHERE fact_id = %s", [made.pk]
            )
        changed = closing.snapshot.replace(grouped.unit.name, "别的单位")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE closings_closing SET snapshot = %s", [changed])
        told = [flaw.what for flaw in flaws_of(Closing.objects.get())]
        assert told[0].startswith("快照与摘要不符")
        assert f"{grouped.unit.name}：采用结账时为1，现在合计3。" in told
    finally:
        gate.install()
    # A snapshot that was changed is never shown.
    snapshots._kept.clear()
    assert closed_ranking(*QUARTER) is None


def test_snapshot_holds_all_that_a_ranking_says(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    adopted(bulletin, grouped.unit, unit("未分组单位"), day=IN)
    found = counted_ranking(*QUARTER)
    text = text_of(snapshot_of(found))
    stored = ranking_of(snapshot_in(text))
    assert stored == found
    assert text_of(snapshot_of(stored)) == text
    assert as_json(stored) == as_json(found)


def test_a_period_closed_in_the_older_form_is_read_and_verified(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    adopted(bulletin, grouped.unit, unit("未分组单位"), day=IN)
    found = counted_ranking(*QUARTER)
    start, end = QUARTER
    text = older_text_of(found)
    closing = Closing.objects.create(
        start=start, end=end, snapshot=text, digest=digest_of(text), closed_by=grouped.scorer
    )
    assert closed_ranking(*QUARTER) == found
    assert list(flaws_of(closing)) == []


def test_first_read_costs_two_queries_and_rows_none(
    grouped: Office, bulletin: Bulletin, scheme: Scheme, django_assert_num_queries: Any
) -> None:
    adopted(bulletin, grouped.unit, unit("未分组单位"), day=IN)
    close(grouped)
    snapshots._kept.clear()
    with django_assert_num_queries(2):
        found = ranking(*QUARTER)
        assert sum(len(table.rows) for table in found.groups) == 3
        assert [row.rank for table in found.groups for row in table.rows] == [1, 2, 1]
    with django_assert_num_queries(1):
        assert ranking(*QUARTER) == found


def test_units_people_see_their_part_of_a_closed_ranking(
    grouped: Office, bulletin: Bulletin, scheme: Scheme
) -> None:
    """The same part, whether counted or frozen, for every person and group."""
    alone, stranger = Office(unit("独户")), Office(unit("外组"))
    in_group(stranger.unit, "县直组", 2026)
    group = in_group(unit("县直乙"), "县直组", 2026)
    adopted(bulletin, grouped.unit, alone.unit, stranger.unit, unit("另一独户"), day=IN)
    people = [grouped.officer, alone.officer, stranger.signatory, grouped.scorer]
    asked = [(None, fresh(p)) for p in people] + [(group, None), (group, fresh(people[0]))]
    counted = [counted_ranking(*QUARTER, group=g, user=p) for g, p in asked]
    close(grouped)
    assert [ranking(*QUARTER, group=g, user=p) for g, p in asked] == counted
