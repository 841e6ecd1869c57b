"""Each reminder exactly once, or clearly late: never, once, twice, days late, two at once, killed.

On SQLite and on PostgreSQL. Killed in the middle: test_killed.py.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from infoflow.notices import job_dues, sweep
from infoflow.notices.models import Notice, Recipient
from infoflow.worktime import due_kinds
from infoflow.worktime.actions_dues import settle_due
from infoflow.worktime.models import Due, DuePoint
from tests.builders import person

from . import trial
from .trial import due, minutes_ago, told

Together = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def trial_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_kinds, "_kinds", {})
    monkeypatch.setattr(sweep, "_jobs", {"dues": sweep._jobs["dues"]})
    trial.register()


def run(times: int = 1) -> None:
    for _time in range(times):
        call_command("sweep", stdout=sys.stderr)


@pytest.mark.django_db
def test_never_run_tells_nothing_and_every_run_after_tells_once() -> None:
    due("a", minutes_ago(0.5))
    assert told("a") == []
    run()
    assert told("a") == ["到期"]
    run(3)
    assert told("a") == ["到期"]
    points = list(DuePoint.objects.order_by("moment").values_list("offset", "skipped"))
    assert points == [(-1440, True), (-120, True), (0, False)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (20.5, "到期（晚了20分钟提醒）"),  # all was down over the deadline
        (60.5, "逾期1小时"),
        (3 * 1440 + 61, "逾期1小时（晚了3天提醒）"),
        (-119.5, "到期前2小时"),
        (-1439, "到期前1天"),
        (-1441, None),
    ],
)
def test_late_is_said_and_told_once(ago: float, said: str | None) -> None:
    due("a", minutes_ago(ago))
    run(2)
    assert told("a") == ([said] if said else [])


@pytest.mark.django_db
def test_what_was_met_is_not_told() -> None:
    due("a", minutes_ago(1))
    settle_due(key="a")
    run()
    assert told("a") == []


@pytest.mark.django_db
def test_a_broken_one_stops_no_other_and_is_tried_again() -> None:
    for key in ("a", "broken", "z"):
        due(key, minutes_ago(1))
    run()
    assert (told("a"), told("z")) == (["到期"], ["到期"])
    row = Due.objects.get(key="broken")
    assert row.failures == 1
    assert row.next_at is not None
    assert timedelta() < row.next_at - timezone.now() <= timedelta(minutes=1)
    assert not row.told.exists()
    for waited, failures in ((2, 2), (5, 3)):
        sweep.sweep(timezone.now() + timedelta(minutes=waited))
        row.refresh_from_db()
        assert row.failures == failures
    Due.objects.filter(pk=row.pk).update(key="mended")
    sweep.sweep(timezone.now() + timedelta(minutes=30))
    assert told("mended") == ["到期（晚了31分钟提醒）"]


@pytest.mark.django_db
def test_a_kind_that_nobody_owns_waits() -> None:
    row = due("a", minutes_ago(1))
    Due.objects.filter(pk=row.pk).update(kind="gone")
    run()
    row.refresh_from_db()
    assert row.failures == 1


@pytest.mark.django_db
def test_dry_run_counts_and_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    due("a", minutes_ago(20.5))
    due("b", minutes_ago(0.5), points=[0])
    call_command("sweep", "--dry-run")
    assert "试提醒2条，其中晚到1条，略过更早的提醒点2个" in capsys.readouterr().out
    assert not Notice.objects.exists()
    assert not DuePoint.objects.exists()


@pytest.mark.django_db
def test_a_dry_run_counts_what_a_run_then_tells() -> None:
    for number, ago in enumerate((0.5, 3, 20.5, 61, 5_000, -119.5, -1_439.7, -1_441, -9_000)):
        due(f"d{number}", minutes_ago(ago))
        due(f"e{number}", minutes_ago(ago).replace(microsecond=0), points=[0, -30])
    now = timezone.now()
    (foreseen,) = sweep.sweep(now, dry=True)
    (told_now,) = sweep.sweep(now)
    assert foreseen.outcome.done == told_now.outcome.done == Notice.objects.count() == 12
    late = Notice.objects.filter(text__contains="晚了").count()
    skipped = DuePoint.objects.filter(skipped=True).count()
    assert f"晚到{late}条，略过更早的提醒点{skipped}个" in foreseen.outcome.lines[0]


@pytest.mark.django_db
def test_many_rows_share_their_statements(django_assert_max_num_queries: Any) -> None:
    """As many for sixty as for two, and the notices' text is the same."""
    person(name=trial.ASKED)
    for count in (2, 60):
        for number in range(count):
            due(f"d{count}-{number}", minutes_ago(1), points=[0])
        with django_assert_max_num_queries(40):
            run()
        assert Recipient.objects.filter(notice__key__startswith=f"d{count}-").count() == count


@pytest.mark.django_db
def test_a_point_that_was_told_before_holds_up_no_other() -> None:
    """Under --now a deadline may be told and then moved there and back."""
    before = due("a", minutes_ago(1), points=[0])
    due("z", minutes_ago(1), points=[0])
    DuePoint.objects.create(due=before, offset=0, moment=before.at, at=timezone.now())
    run()
    assert (told("a"), told("z")) == ([], ["到期"])
    before.refresh_from_db()
    assert (before.next_at, before.failures) == (None, 0)


def test_two_at_once(race_db: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_dues, "BATCH", 10)
    keys = [f"d{number}" for number in range(70)]
    for key in keys:
        due(key, minutes_ago(20.5))
    outcomes = race_db(*[lambda: sweep.sweep(timezone.now())] * 3)
    assert not [o for o in outcomes if isinstance(o, Exception)], outcomes
    assert not [one.failure for ran in outcomes for one in ran if one.failure]
    assert [told(key) for key in keys] == [["到期（晚了20分钟提醒）"]] * 70
    assert sum(one.outcome.done for ran in outcomes for one in ran) == 70


def test_without_the_claim_two_at_once_tell_twice(race_db: Together) -> None:
    due("a", minutes_ago(1), points=[0])
    both_looked = threading.Barrier(2)

    def naive(name: str) -> None:
        (row,) = Due.objects.waking(timezone.now())
        both_looked.wait(timeout=30)
        Notice.objects.create(key=f"{row.key}|{name}", kind=trial.KIND, text="到期", url="/")
        Due.objects.filter(pk=row.pk).update(next_at=None)

    race_db(lambda: naive("one"), lambda: naive("two"))
    assert told("a") == ["到期", "到期"]


@pytest.mark.django_db
def test_the_command_says_which_job_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*args: Any) -> sweep.Outcome:
        raise ConnectionError

    monkeypatch.setattr(sweep, "_jobs", {**sweep._jobs})
    sweep.register_job("gone", gone, label="发送")
    due("a", minutes_ago(1))
    with pytest.raises(CommandError, match="没有办完：发送"):
        run()
    assert told("a") == ["到期"]
