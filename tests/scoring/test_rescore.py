"""重算: the difference is shown with its reasons, and only what was shown is written."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cms.bulletins.models import Bulletin
from cms.review.actions import Refused
from scoring.ledger.actions import Changed, rebuild, rescore
from scoring.ledger.models import Entry, Rescoring
from scoring.schemes.actions import publish_scheme
from scoring.schemes.models import Scheme
from tests.builders import Office, fresh, superior_bulletin, unit
from tests.scoring.test_ledger import YEAR, adopted, scheme_of, total

pytestmark = pytest.mark.django_db

FIRST, SECOND = date(2026, 3, 5), date(2026, 9, 7)


@pytest.fixture
def bulletin(db: None) -> Bulletin:
    return superior_bulletin()


@pytest.fixture
def shortened(office: Office, bulletin: Bulletin) -> Office:
    """Two booked adoptions, one of them after a last day that was set past every action."""
    scheme = publish_scheme(scheme_id=scheme_of(bulletin).pk)
    adopted(bulletin, office.unit, day=FIRST)
    adopted(bulletin, office.unit, day=SECOND)
    Scheme.objects.filter(pk=scheme.pk).update(valid_until=date(2026, 6, 30))
    return office


def test_difference_says_unit_before_after_and_why(shortened: Office) -> None:
    found = rebuild(*YEAR, dry_run=True)
    assert found.by_unit == {shortened.unit.pk: (800, 400)}
    [reason] = found.reasons[shortened.unit.pk]
    assert reason == (SECOND, -400, "重算：原条款不再适用，冲回4分。")
    assert found.digest == rebuild(*YEAR, dry_run=True).digest
    assert found.digest != rebuild(*YEAR, units=[unit().pk], dry_run=True).digest


def test_before_is_what_the_ledger_has_over_several_years(
    office: Office, bulletin: Bulletin
) -> None:
    """Years without a change count as well."""
    scheme = publish_scheme(
        scheme_id=scheme_of(bulletin, valid_from=date(2025, 1, 1), valid_until=None).pk
    )
    adopted(bulletin, office.unit, number=3, day=date(2025, 4, 4))
    adopted(bulletin, office.unit, day=SECOND)
    Scheme.objects.filter(pk=scheme.pk).update(valid_until=date(2026, 6, 30))
    found = rebuild(date(2025, 1, 1), YEAR[1], dry_run=True)
    assert found.by_unit == {office.unit.pk: (1600, 1200)}
    assert rebuild(date(2025, 1, 1), YEAR[1]).by_unit == found.by_unit


def test_only_the_confirmed_difference_is_written(shortened: Office, bulletin: Bulletin) -> None:
    start, end = YEAR
    seen = rebuild(start, end, dry_run=True)
    scorer = fresh(shortened.scorer)
    other = unit("乙镇")
    scheme = Scheme.objects.get()
    Entry.objects.create(
        unit=other,
        date=FIRST,
        earned=FIRST,
        hundredths=100,
        about="p2026-03-31",
        scheme=scheme,
        block_id="gone",
        block_type="base",
        sentence="基础分1分。",
        key="stray",
    )
    with pytest.raises(Changed) as changed:
        rescore(start=start, end=end, seen_digest=seen.digest, person=scorer)
    assert total(shortened.unit) == 800
    assert set(changed.value.difference.by_unit) == {shortened.unit.pk, other.pk}
    again = changed.value.difference.digest
    with pytest.raises(Refused, match="只有计分员"):
        rescore(start=start, end=end, seen_digest=again, person=shortened.editor)
    done = rescore(start=start, end=end, seen_digest=again, person=scorer)
    assert (done.taken_back, done.added) == (2, 0)
    assert (total(shortened.unit), total(other)) == (400, 0)
    row = Rescoring.objects.get()
    assert (row.person, row.taken_back, row.digest) == (scorer, 2, again)
    assert rescore(start=start, end=end, seen_digest=rebuild(*YEAR).digest, person=scorer).empty
    assert Rescoring.objects.count() == 1


def test_scorer_rescores_through_the_page(
    shortened: Office, bulletin: Bulletin, client: Client
) -> None:
    client.force_login(shortened.scorer)
    days = {"start": "2026-01-01", "end": "2026-12-31"}
    page = client.get(reverse("rescore"), days)
    text = page.content.decode()
    assert shortened.unit.name in text
    assert "重算：原条款不再适用，冲回4分。" in text
    assert "−4" in text
    assert Entry.objects.count() == 2
    digest = page.context["difference"].digest
    Scheme.objects.update(valid_until=date(2026, 2, 1))
    stale = client.post(reverse("rescore"), {**days, "digest": digest})
    assert stale.status_code == 409
    assert "数据有变化" in stale.content.decode()
    assert Entry.objects.count() == 2
    shown = stale.context["difference"].digest
    assert client.post(reverse("rescore"), {**days, "digest": shown}).status_code == 302
    assert total(shortened.unit) == 0
    after = client.get(reverse("rescore"), days).content.decode()
    assert "没有变化" in after
    assert "新增0笔，冲销2笔" in after


@pytest.mark.screens
@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2026-03-01", "2026-01-01", "结束日期早于开始日期"),
        ("很久", "2026-01-01", "开始日期不对"),
        ("2020-01-01", "2026-01-01", "一次最多两个年度"),
        ("1900-01-01", "1900-02-01", "早于1949年"),
    ],
)
def test_page_refuses_bad_periods(
    office: Office, client: Client, start: str, end: str, told: str
) -> None:
    client.force_login(office.scorer)
    page = client.get(reverse("rescore"), {"start": start, "end": end})
    assert told in page.content.decode()
    assert "确认入账" not in page.content.decode()


def test_command_tells_why_and_keeps_to_a_unit(shortened: Office) -> None:
    def run(*options: str) -> str:
        out = io.StringIO()
        call_command("rescore", "--from", "2026-01-01", "--to", "2026-12-31", *options, stdout=out)
        return out.getvalue()

    other = unit("乙镇")
    assert "没有变化" in run("--dry-run", "--unit", other.code)
    told = run("--dry-run", "--why", "--unit", shortened.unit.code)
    assert f"{shortened.unit.name}:8分 → 4分" in told
    assert "2026-09-07 -4分 重算：原条款不再适用，冲回4分。" in told
    assert "重算：" not in run("--dry-run")
    with pytest.raises(CommandError, match="没有代码为“X9”的单位"):
        run("--unit", "X9")
