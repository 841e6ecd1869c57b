"""The sweep: jobs that fail, rest and want more; the command; the heartbeat."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from infoflow.notices import sweep
from infoflow.notices.models import SweepRun
from infoflow.notices.sweep import Outcome, register_job

pytestmark = pytest.mark.django_db


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No jobs but those of the test."""
    monkeypatch.setattr(sweep, "_jobs", {})


def run(*args: str) -> str:
    out = StringIO()
    call_command("sweep", *args, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("alone")
def test_a_failing_job_stops_no_other_and_leaves_no_text() -> None:
    seen: list[str] = []

    def broken(now: datetime, dry: bool) -> Outcome:
        raise ValueError("某县一篇稿件的标题")

    def good(now: datetime, dry: bool) -> Outcome:
        seen.append("good")
        return Outcome(done=3)

    register_job("broken", broken, label="坏的", order=1)
    register_job("good", good, label="好的", order=2)
    with pytest.raises(CommandError, match="没有办完：坏的。"):
        run()
    assert seen == ["good"]
    rows = {row.job: row for row in SweepRun.objects.all()}
    assert (rows["broken"].failure, rows["broken"].good_at) == ("ValueError", None)
    assert (rows["good"].done, rows["good"].failure) == (3, "")
    assert "标题" not in str(list(SweepRun.objects.values_list()))


@pytest.mark.usefixtures("alone")
def test_jobs_that_want_more_take_turns() -> None:
    turns: list[str] = []

    def job(name: str) -> sweep.Run:
        def call(now: datetime, dry: bool) -> Outcome:
            turns.append(name)
            return Outcome(done=1, more=turns.count(name) < 3)

        return call

    register_job("b", job("b"), order=2)
    register_job("a", job("a"), order=1)
    assert run() == "a：3条\nb：3条\n"
    assert turns == ["a", "b"] * 3


@pytest.mark.usefixtures("alone")
def test_a_job_with_a_rest_waits_for_it_and_a_failed_one_does_not() -> None:
    calls: list[str] = []

    def job(now: datetime, dry: bool) -> Outcome:
        calls.append("called")
        if len(calls) == 1:
            raise ValueError
        return Outcome()

    register_job("daily", job, every=timedelta(days=1))
    with pytest.raises(CommandError):
        run()
    run()
    run()
    assert len(calls) == 2
    SweepRun.objects.update(good_at=timezone.now() - timedelta(days=1, seconds=1))
    run()
    assert len(calls) == 3


@pytest.mark.usefixtures("alone")
def test_a_dry_run_writes_no_heartbeat() -> None:
    asked: list[bool] = []

    def job(now: datetime, dry: bool) -> Outcome:
        asked.append(dry)
        return Outcome(done=2, lines=("约稿 2条",))

    register_job("a", job, label="提醒")
    assert run("--dry-run") == "提醒：2条\n  约稿 2条\n"
    assert asked == [True]
    assert not SweepRun.objects.exists()


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (timedelta(minutes=11), "晚10分钟以上，提醒会提前发出"),
        (-timedelta(days=1, minutes=1), "早一天以上，请检查日期"),
        (timedelta(minutes=9), ""),
        (-timedelta(hours=23), ""),
    ],
)
def test_a_moment_far_from_the_clock_is_refused(ahead: timedelta, said: str) -> None:
    moments: list[datetime] = []

    def job(now: datetime, dry: bool) -> Outcome:
        moments.append(now)
        return Outcome()

    register_job("a", job)
    moment = (timezone.now() + ahead).isoformat()
    if said:
        with pytest.raises(CommandError, match=said):
            run("--now", moment)
        assert not moments
        run("--now", moment, "--dry-run")
        run("--now", moment, "--force")
        assert len(moments) == 2
    else:
        run("--now", moment)
        assert moments == [datetime.fromisoformat(moment)]


@pytest.mark.parametrize("text", ["昨天", "2026-02-30T08:00"])
def test_no_moment_is_one_sentence(text: str) -> None:
    with pytest.raises(CommandError, match="请按 2026-07-03T08:00 填写"):
        run("--now", text)


def test_all_registered_jobs_run_on_an_empty_database_twice() -> None:
    run()
    run()
    assert {"dues", "calendar", "optimize", "zero-warnings"} <= set(
        SweepRun.objects.filter(failure="").values_list("job", flat=True)
    )
