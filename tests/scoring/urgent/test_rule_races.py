"""Two editors change the rule table at once: rows never overlap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from infoflow.units.roles import Role
from scoring.urgent.actions_rules import replace_row, save_row
from scoring.urgent.models import UrgentRule
from tests.builders import person

Together = Callable[..., list[Any]]


def rule(since: date, minutes: int = 20) -> UrgentRule:
    return UrgentRule(
        jurisdiction="本县", document="办法", step="first", channel="phone",
        limit_amount=minutes, limit_kind="minutes", start="learned", valid_from=since,
    )  # fmt: skip


def test_looking_first_and_writing_then_overlaps(race_db: Together) -> None:
    both_looked = threading.Barrier(2)

    def naive(since: date) -> None:
        row = rule(since)
        row.full_clean()
        both_looked.wait(timeout=30)
        row.save()

    race_db(lambda: naive(date(2026, 1, 1)), lambda: naive(date(2026, 2, 1)))
    assert UrgentRule.objects.count() == 2


def test_rows_added_at_once_do_not_overlap(race_db: Together) -> None:
    editor = person(Role.EDITOR)
    days = [date(2026, month, 1) for month in (1, 2, 3, 4)]
    outcomes = race_db(
        *[lambda since=since: save_row(row=rule(since), person=editor) for since in days]
    )
    assert sum(isinstance(outcome, ValidationError) for outcome in outcomes) == 3
    assert UrgentRule.objects.count() == 1


def test_a_rule_replaced_by_two_at_once_has_one_successor(race_db: Together) -> None:
    editor = person(Role.EDITOR)
    old = save_row(row=rule(date(2026, 1, 1)), person=editor)

    def replace(since: date) -> None:
        row = rule(since, 5)
        row.replaces = old.pk
        replace_row(old=old, row=row, person=editor)

    outcomes = race_db(lambda: replace(date(2027, 2, 1)), lambda: replace(date(2027, 3, 1)))
    assert sum(isinstance(outcome, ValidationError) for outcome in outcomes) == 1
    spans = sorted((row.valid_from, row.valid_to or date.max) for row in UrgentRule.objects.all())
    assert len(spans) == 2
    assert spans[0][1] < spans[1][0]
