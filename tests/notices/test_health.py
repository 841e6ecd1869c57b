"""The health page: what is told to whom, and when it is red."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.review import gate
from infoflow.notices import health, sweep
from infoflow.notices.models import SweepRun
from infoflow.units.roles import Role
from infoflow.worktime.models import CalendarYear
from tests.builders import person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_kept", None)
    monkeypatch.setattr(health, "KEPT_SECONDS", -1.0)


def ran(age: timedelta = timedelta(seconds=12), **fields: Any) -> None:
    for job in sweep.jobs():
        SweepRun.objects.update_or_create(
            job=job.name, defaults={"good_at": timezone.now() - age, **fields}
        )


def asked(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/health/", {"format": "json"})
    return answer.status_code, {name: p["state"] for name, p in answer.json()["parts"].items()}


def test_all_is_well(client: Client) -> None:
    ran()
    status, parts = asked(client)
    assert status == 200
    assert list(parts) == ["database", "migrations", "sweep", "calendar", "gate", "tallies"]
    assert {state for name, state in parts.items() if name != "calendar"} == {"good"}
    page = client.get("/health/").content.decode()
    assert "系统正常" in page
    assert "秒前" in page


def never() -> None:
    SweepRun.objects.all().delete()


def stopped() -> None:
    ran(health.SWEEP_MAX + timedelta(seconds=1))


def job_fails() -> None:
    SweepRun.objects.filter(job="zero-warnings").update(
        failed_at=timezone.now(), failure="KeyError"
    )


def job_forgotten() -> None:
    SweepRun.objects.filter(job="optimize").update(good_at=timezone.now() - timedelta(days=3))


def migration_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'worktime' AND name = '0003_dues'"
        )


@pytest.mark.parametrize(
    ("broken", "part", "advice"),
    [
        (never, "sweep", "提醒和发送已经停下"),
        (stopped, "sweep", "提醒和发送已经停下"),
        (job_fails, "sweep", "有任务出错或长时间没有运行：挂零预警"),
        (job_forgotten, "sweep", "有任务出错或长时间没有运行：数据库统计信息"),
        (migration_missing, "migrations", "数据库还缺1项升级"),
        (gate.remove, "gate", "发布闸门缺失"),
    ],
)
def test_red_for_everybody_and_explained_to_administrators(
    client: Client, broken: Callable[[], None], part: str, advice: str
) -> None:
    ran()
    broken()
    status, parts = asked(client)
    assert status == 503
    assert [name for name, state in parts.items() if state == "bad"] == [part]
    page = client.get("/health/")
    assert page.status_code == 503
    assert advice not in page.content.decode()
    assert "KeyError" not in page.content.decode()
    client.force_login(person(Role.SYSTEM_ADMIN))
    assert advice in client.get(reverse("office_health")).content.decode()


def test_a_missing_year_is_a_warning(client: Client) -> None:
    ran()
    CalendarYear.objects.all().delete()
    status, parts = asked(client)
    assert (status, parts["calendar"]) == (200, "warn")


def test_without_a_database_it_still_answers(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> health.Finding:
        from django.db import OperationalError

        raise OperationalError("host db.example, password wrong")

    monkeypatch.setattr(health, "_database", gone)
    status, parts = asked(client)
    assert (status, parts) == (503, {"database": "bad"})
    assert "db.example" not in client.get("/health/").content.decode()


def test_it_is_cheap_however_often_it_is_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    ran()
    monkeypatch.setattr(health, "KEPT_SECONDS", 60.0)
    with django_assert_max_num_queries(10):
        client.get("/health/")
    with django_assert_max_num_queries(0):
        client.get("/health/")
