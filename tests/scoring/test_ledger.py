"""The ledger: every point with its reason, rebuilt without doubling or losing."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cms.bulletins.models import Bulletin
from cms.review.models import AppendOnlyError
from infoflow.units.models import Unit
from scoring.adoptions.actions import record_fact, record_facts, withdraw_fact
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind, FactRow, Source
from scoring.ledger.actions import rebuild
from scoring.ledger.models import Entry
from scoring.ledger.rules import Standing, plan
from scoring.schemes.actions import create_scheme, end_scheme, new_version, publish_scheme
from scoring.schemes.engine import EntryDraft
from scoring.schemes.models import Scheme
from tests.builders import Office, superior_bulletin, unit

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def bulletin(db: None) -> Bulletin:
    return superior_bulletin()


def scheme_of(bulletin: Bulletin, points: str = "4", submission: str = "", **fields: Any) -> Scheme:
    rows = [{"kind": "adoption", "target": f"bulletin:{bulletin.pk}", "points": points}]
    if submission:
        rows.append({"kind": "submission", "target": "all", "points": submission})
    values: dict[str, Any] = {
        "name": "办法",
        "valid_from": YEAR[0],
        "valid_until": YEAR[1],
    } | fields
    return create_scheme(rows=rows, **values)


def adopted(bulletin: Bulletin, *units: Unit, number: int = 1, day: date = date(2026, 3, 5)):
    known = Fact.objects.count()
    return record_facts(
        FactRow(
            kind=FactKind.ADOPTION,
            date=day,
            title=f"信息{n}",
            units=tuple(u.pk for u in units),
            key=f"t:{known}:{n}",
            source=Source.TABLE,
            bulletin=bulletin.pk,
            form="single",
        )
        for n in range(number)
    )


def total(at: Unit) -> int:
    return Entry.objects.filter(unit=at).aggregate(sum=Sum("hundredths"))["sum"] or 0


@pytest.mark.django_db
def test_fact_is_booked_at_once_with_its_reason(office: Office, bulletin: Bulletin) -> None:
    scheme = publish_scheme(scheme_id=scheme_of(bulletin).pk)
    made = record_fact(
        kind=FactKind.ADOPTION,
        date=date(2026, 3, 5),
        title="某信息",
        bulletin=bulletin,
        form="merged",
        units=[office.unit, unit()],
        key="one",
        person=office.scorer,
    )
    entry = Entry.objects.get(unit=office.unit)
    assert (entry.hundredths, entry.date, entry.fact, entry.scheme) == (
        400,
        date(2026, 3, 5),
        made,
        scheme,
    )
    assert entry.sentence == (
        "《晋政信息·普刊》采用1条，每条4分，计4分（2个单位联合署名，各计满分）。"
    )
    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_issuing_gives_the_unit_its_points(office: Office) -> None:
    item = office.pooled()
    issue = office.issue(item)
    today = timezone.localdate()
    publish_scheme(
        scheme_id=scheme_of(
            issue.bulletin,
            "3",
            submission="1",
            valid_from=date(today.year, 1, 1),
            valid_until=date(today.year, 12, 31),
        ).pk
    )
    assert total(office.unit) == 100  # the submission, booked when the scheme came into force
    from cms.bulletins.actions import submit_issue
    from tests.builders import decide

    submit_issue(issue_id=issue.pk, person=office.editor)
    decide(issue, office.reviewer)
    decide(issue, office.issuer)
    assert total(office.unit) == 400


@pytest.mark.django_db
def test_without_scheme_nothing_is_booked_until_one_is_published(
    office: Office, bulletin: Bulletin
) -> None:
    adopted(bulletin, office.unit, number=3)
    adopted(bulletin, office.unit, day=date(2025, 12, 31))
    assert not Entry.objects.exists()
    draft = scheme_of(bulletin)
    assert not Entry.objects.exists()
    publish_scheme(scheme_id=draft.pk)
    assert total(office.unit) == 1200
    assert rebuild(*YEAR).empty


@pytest.mark.django_db
def test_withdrawal_takes_points_back_with_its_reason(office: Office, bulletin: Bulletin) -> None:
    publish_scheme(scheme_id=scheme_of(bulletin).pk)
    first, _second = adopted(bulletin, office.unit, number=2)
    withdraw_fact(fact_id=first.pk, person=office.scorer, reason="上级更正")
    back = Entry.objects.get(reverses__fact=first)
    assert (back.hundredths, back.date) == (-400, first.date)
    assert back.sentence == "登记已撤销，扣回4分。理由：上级更正"
    assert total(office.unit) == 400
    assert rebuild(*YEAR).empty


@pytest.mark.django_db
def test_new_version_replaces_the_old_ones_points(office: Office, bulletin: Bulletin) -> None:
    old = publish_scheme(scheme_id=scheme_of(bulletin, "4").pk)
    adopted(bulletin, office.unit, day=date(2026, 3, 5))
    adopted(bulletin, office.unit, day=date(2026, 9, 5))
    newer = new_version(scheme_id=old.pk)
    newer.valid_from = date(2026, 7, 1)
    newer.blocks[0].value["rows"][0]["points"] = "6.5"
    newer.save_revision()
    end_scheme(scheme_id=old.pk, last_day=date(2026, 6, 30))
    assert total(office.unit) == 400
    publish_scheme(scheme_id=newer.pk)
    assert total(office.unit) == 400 + 650
    assert rebuild(*YEAR).empty
    reversal = Entry.objects.exclude(reverses=None).get()
    assert reversal.sentence == "重算：原条款不再适用，冲回4分。"


@pytest.mark.django_db
def test_unpublishing_and_publishing_again_ends_where_it_began(
    office: Office, bulletin: Bulletin
) -> None:
    scheme = publish_scheme(scheme_id=scheme_of(bulletin).pk)
    adopted(bulletin, office.unit, number=5)
    scheme.unpublish()
    assert total(office.unit) == 0
    assert not Entry.objects.standing().exists()
    publish_scheme(scheme_id=scheme.pk)
    assert total(office.unit) == 2000
    assert Entry.objects.standing().count() == 5
    assert Entry.objects.count() == 15


@pytest.mark.django_db
def test_rebuild_finds_what_is_missing_and_says_so(office: Office, bulletin: Bulletin) -> None:
    """A row that reached the table past every action is found, booked once and reported."""
    scheme = publish_scheme(scheme_id=scheme_of(bulletin).pk)
    made = adopted(bulletin, office.unit)[0]
    entry = Entry.objects.get()
    Entry.objects.create(
        unit=office.unit,
        date=made.date,
        earned=made.date,
        hundredths=700,
        about=f"f{made.pk}",
        fact=made,
        scheme=scheme,
        block_id="gone",
        block_type="points_table",
        sentence="《某刊》采用1条，每条7分，计7分。",
        key="stray",
    )
    seen = rebuild(*YEAR, dry_run=True)
    assert (seen.added, seen.taken_back, seen.by_unit) == (0, 1, {office.unit.pk: (1100, 400)})
    assert Entry.objects.count() == 2
    assert rebuild(*YEAR) == seen
    assert rebuild(*YEAR).empty
    assert list(Entry.objects.standing()) == [entry]


@pytest.mark.django_db
def test_zero_points_are_an_entry_with_a_reason(office: Office, bulletin: Bulletin) -> None:
    publish_scheme(scheme_id=scheme_of(bulletin, submission="0").pk)
    record_facts(
        [
            FactRow(
                kind=FactKind.SUBMISSION,
                date=date(2026, 3, 5),
                title="稿件",
                units=(office.unit.pk,),
                key="s",
                source=Source.TABLE,
            )
        ]
    )
    entry = Entry.objects.get()
    assert (entry.hundredths, entry.sentence) == (0, "报送1条，每条0分，计0分。")


@pytest.mark.django_db
def test_entries_only_grow(office: Office, bulletin: Bulletin) -> None:
    publish_scheme(scheme_id=scheme_of(bulletin).pk)
    adopted(bulletin, office.unit)
    entry = Entry.objects.get()
    for act in (entry.save, entry.delete, Entry.objects.all().delete):
        with pytest.raises(AppendOnlyError):
            act()
    for sql in ("UPDATE ledger_entry SET hundredths = 99900", "DELETE FROM ledger_entry"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert total(office.unit) == 400


@pytest.mark.screens
@pytest.mark.django_db
def test_booking_costs_the_same_for_2_and_40_facts(office: Office, bulletin: Bulletin) -> None:
    """One batch of rows goes in at once; larger ones follow batch by batch."""
    publish_scheme(scheme_id=scheme_of(bulletin).pk)
    with CaptureQueriesContext(connection) as few:
        adopted(bulletin, office.unit, number=2)
    with CaptureQueriesContext(connection) as many:
        adopted(bulletin, office.unit, number=40)
    assert len(many) == len(few)
    assert Entry.objects.count() == 42


# --- the command --------------------------------------------------------------------------


@pytest.mark.django_db
def test_rescore_prints_the_difference(office: Office, bulletin: Bulletin) -> None:
    scheme = publish_scheme(scheme_id=scheme_of(bulletin).pk)
    adopted(bulletin, office.unit)
    Scheme.objects.filter(pk=scheme.pk).update(valid_until=date(2026, 2, 1))

    def run(*options: str) -> str:
        out = io.StringIO()
        call_command("rescore", "--from", "2026-01-01", "--to", "2026-12-31", *options, stdout=out)
        return out.getvalue()

    dry = run("--dry-run")
    assert "将新增0笔，冲销1笔" in dry
    assert f"{office.unit.name}:4分 → 0分" in dry
    assert total(office.unit) == 400
    assert "已新增0笔，冲销1笔" in run()
    assert total(office.unit) == 0
    assert "没有变化" in run()


@pytest.mark.screens
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "message"),
    [
        ("2026-02-30", "2026-03-01", "日期“2026-02-30”不对"),
        ("1899-01-01", "2026-03-01", "早于1949年"),
        ("2026-03-02", "2026-03-01", "截止日期早于起始日期"),
    ],
)
def test_rescore_refuses_bad_periods(start: str, end: str, message: str) -> None:
    with pytest.raises(CommandError, match=message) as refusal:
        call_command("rescore", "--from", start, "--to", end)
    assert refusal.value.returncode == 2


# --- the plan, as a property --------------------------------------------------------------

PLACES = st.tuples(
    st.integers(1, 2), st.sampled_from("ab"), st.sampled_from(["f1", "f2", "p1"]), st.integers(1, 3)
)


@given(st.dictionaries(PLACES, st.integers(0, 900)), st.dictionaries(PLACES, st.integers(0, 900)))
def test_plan_makes_standing_entries_the_desired_ones(wanted, found) -> None:
    day = date(2026, 3, 5)
    desired = {
        place: EntryDraft(place[3], place[2], day, points, place[1], "t", "句。")
        for place, points in wanted.items()
    }
    standing = {
        place: Standing(n, place, day, day, points, "t")
        for n, (place, points) in enumerate(found.items())
    }
    what = plan(desired, standing, {})
    left = {place: entry.hundredths for place, entry in standing.items()}
    for entry, sentence in what.back:
        assert sentence
        del left[entry.place]
    for place, draft in what.new:
        assert place not in left
        left[place] = draft.hundredths
    assert left == wanted
    unchanged = {place for place in wanted if found.get(place) == wanted[place]}
    assert not unchanged & {entry.place for entry, _sentence in what.back}
