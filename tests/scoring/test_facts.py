"""Facts: booked by the road, recorded and withdrawn by hand, never changed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.bulletins.models import Level
from cms.review.actions import Refused
from cms.review.models import AppendOnlyError
from cms.review.rules import Step, Verdict
from infoflow.units.models import Unit
from infoflow.units.roles import SEPARATE_ROLES, Role
from scoring.adoptions.actions import record_fact, record_facts, withdraw_fact
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import FactKind, FactRow, Source
from tests.builders import (
    Office,
    decide,
    fresh,
    person,
    refusal_under_office,
    superior_bulletin,
    unit,
)

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate


@pytest.fixture
def scorer_page(client: Client, office: Office) -> Client:
    client.force_login(office.scorer)
    return client


def form_data(**fields: object) -> dict[str, object]:
    return {
        "form_id": str(uuid.uuid4()),
        "date": TODAY().isoformat(),
        "bulletin": superior_bulletin().pk,
        "form": "single",
        "title": "某镇推进产业园建设",
        "units": [],
    } | fields


def adopted(person_recording, units: list[Unit], **fields: Any) -> Fact:
    values: dict[str, Any] = {
        "kind": FactKind.ADOPTION,
        "date": TODAY(),
        "title": "某镇推进产业园建设",
        "bulletin": superior_bulletin(),
        "form": "single",
        "key": f"test:{uuid.uuid4()}",
    } | fields
    return record_fact(units=units, person=person_recording, **values)


def row(at: Unit, key: str, **fields: Any) -> FactRow:
    values: dict[str, Any] = {
        "kind": FactKind.SUBMISSION,
        "date": TODAY(),
        "title": f"稿件{key}",
        "units": (at.pk,),
        "key": key,
        "source": Source.TABLE,
    } | fields
    return FactRow(**values)


def counted(at: Unit, kind: str) -> int:
    return (
        FactLine.objects.filter(unit=at, kind=kind).aggregate(total=Sum("quantity"))["total"] or 0
    )


# --- the road -----------------------------------------------------------------------------


def test_signature_books_the_submission_once(office: Office) -> None:
    item = office.submitted()
    assert not Fact.objects.exists()
    decide(item, office.signatory)
    made = Fact.objects.get()
    assert (made.kind, made.item_id, made.source) == ("submission", item.pk, "road")
    assert made.date == timezone.localdate(
        item.decisions.get(step=Step.SIGN, verdict=Verdict.PASS).at
    )
    assert [(line.unit, line.quantity) for line in made.lines.all()] == [(office.unit, 1)]


def test_item_that_comes_back_is_submitted_once(office: Office) -> None:
    item = office.signed()
    decide(item, office.editor, Verdict.RETURN, "请补充数据。")
    from cms.items.actions import submit_item

    submit_item(item_id=item.pk, person=fresh(office.officer))
    decide(item, office.signatory)
    assert counted(office.unit, FactKind.SUBMISSION) == 1


def test_issue_books_each_item_once_with_form_and_number(office: Office) -> None:
    single, first, second = (office.pooled(title) for title in ("一", "二", "三"))
    issue = office.issue(first, second, merged=True)
    from cms.bulletins.actions import compose, submit_issue

    compose(person=office.editor, item_ids=[single.pk], issue_id=issue.pk)
    submit_issue(issue_id=issue.pk, person=office.editor)
    decide(issue, office.reviewer)
    assert not Fact.objects.filter(kind=FactKind.ADOPTION).exists()
    decide(issue, office.issuer)
    issue.refresh_from_db()
    facts = Fact.objects.filter(kind=FactKind.ADOPTION)
    assert {fact.item_id: fact.form for fact in facts} == {
        first.pk: "merged",
        second.pk: "merged",
        single.pk: "single",
    }
    assert {(fact.date, fact.issue_label) for fact in facts} == {
        (issue.number.signed_on, str(issue.number))
    }
    assert {line.bulletin for fact in facts for line in fact.lines.all()} == {issue.bulletin}


def test_publishing_again_books_nothing_new(office: Office) -> None:
    issue = office.issued()
    before = Fact.objects.count()
    issue.live_revision.publish(user=office.issuer, skip_permission_checks=True)
    assert Fact.objects.count() == before


def test_booking_a_submission_costs_few_queries(office: Office) -> None:
    """Part of the life cycle's cost: at most four, and a savepoint."""
    item = office.submitted()
    with CaptureQueriesContext(connection) as queries:
        decide(item, office.signatory)
    own_tables = re.compile(r'"(adoptions|schemes|ledger)_')
    ours = [query["sql"] for query in queries if own_tables.search(query["sql"])]
    assert 1 <= len(ours) <= 4, ours


# --- recorded by hand ---------------------------------------------------------------------


def test_scorer_records_an_adoption_on_the_page(scorer_page: Client, office: Office) -> None:
    other = unit("水务局")
    response = scorer_page.post(
        reverse("fact_adopted"),
        form_data(
            units=[other.name, office.unit.name, ""], issue_label="2026年第12期", note="电话核实"
        ),
    )
    assert response.status_code == 302, response.context["form"].errors
    made = Fact.objects.get()
    assert (made.kind, made.form, made.issue_label) == ("adoption", "single", "2026年第12期")
    assert [(line.unit, line.position) for line in made.lines.all()] == [
        (other, 1),
        (office.unit, 2),
    ]
    assert made.recorded_by == office.scorer
    assert made.marked_without_item


def test_item_gives_title_and_unit(scorer_page: Client, office: Office) -> None:
    item = office.pooled("杏花村产业园建设的做法")
    offered = scorer_page.get(reverse("fact_forwarded")).content.decode()
    label = f"{item.pk} 杏花村产业园建设的做法（{office.unit.name}）"
    assert label in offered
    response = scorer_page.post(
        reverse("fact_forwarded"), form_data(item=label, title="", units=[])
    )
    assert response.status_code == 302, response.context["form"].errors
    made = Fact.objects.get(kind=FactKind.FORWARDING)
    assert (made.title, made.item_id) == ("杏花村产业园建设的做法", item.pk)
    assert made.lines.get().unit == office.unit
    assert not made.marked_without_item


def test_same_form_twice_records_once(scorer_page: Client, office: Office) -> None:
    data = form_data(units=[office.unit.name])
    for _time in range(2):
        assert scorer_page.post(reverse("fact_adopted"), data).status_code == 302
    assert Fact.objects.count() == 1


def test_same_form_with_other_content_is_refused(scorer_page: Client, office: Office) -> None:
    data = form_data(units=[office.unit.name])
    scorer_page.post(reverse("fact_adopted"), data)
    response = scorer_page.post(reverse("fact_adopted"), data | {"title": "另一条"})
    assert response.status_code == 200
    assert "请重新打开登记页面" in response.content.decode()
    assert Fact.objects.count() == 1


@pytest.mark.screens
@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("date", "1899-12-31", "日期不能早于1949年10月1日"),
        ("date", (TODAY() + timedelta(days=2)).isoformat(), "日期不能晚于今天"),
        ("date", "去年", "日期请按"),
        ("date", "", "请填写日期"),
        ("bulletin", "", "请选择刊物"),
        ("bulletin", "999999", "重新选择"),
        ("title", "长" * 201, "标题不能超过200字"),
        ("title", "", "请填写标题"),
        ("units", [], "请至少选择一个单位"),
        ("units", ["没有的单位"], "没有叫“没有的单位”的单位"),
        ("item", "没有的稿件", "备用稿库中没有这篇稿件"),
        ("note", "长" * 201, "说明不能超过200字"),
        ("form", "", "请选择采用形式"),
    ],
)
def test_bad_input_is_named_at_the_field(
    scorer_page: Client, office: Office, field: str, value: object, message: str
) -> None:
    data = form_data(units=[office.unit.name]) | {field: value}
    response = scorer_page.post(reverse("fact_adopted"), data)
    assert response.status_code == 200
    assert message in "".join(response.context["form"].errors[field])
    assert not Fact.objects.exists()


def test_same_unit_twice_and_closed_unit_are_named(scorer_page: Client, office: Office) -> None:
    closed = unit("旧乡政府")
    closed.active_until = date(2020, 12, 31)
    closed.save()
    for units, message in (
        ([office.unit.name] * 2, "同一单位只能选一次"),
        (["旧乡政府"], "旧乡政府在"),
    ):
        response = scorer_page.post(reverse("fact_adopted"), form_data(units=units))
        assert message in "".join(response.context["form"].errors["units"])
    response = scorer_page.post(
        reverse("fact_adopted"), form_data(units=["旧乡政府"], date="2020-06-01")
    )
    assert response.status_code == 302


@pytest.mark.screens
@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.SCORER, Role.EDITOR)])
def test_others_neither_see_nor_record(client: Client, office: Office, role: Role) -> None:
    stranger = person(role, at=office.unit)
    made = adopted(office.scorer, [office.unit])
    client.force_login(stranger)
    for url in (reverse("facts"), reverse("fact_adopted"), reverse("fact", args=[made.pk])):
        refused = refusal_under_office(role)
        if role in SEPARATE_ROLES and url == reverse("fact", args=[made.pk]):
            refused = 404  # to the three administrators no fact exists
        assert client.get(url).status_code == refused
        data = form_data(units=[office.unit.name], reason="理由")
        assert client.post(url, data).status_code == refused
    with pytest.raises(Refused):
        adopted(fresh(stranger), [office.unit])
    with pytest.raises(Refused):
        withdraw_fact(fact_id=made.pk, person=fresh(stranger), reason="理由")
    assert Fact.objects.count() == 1


# --- bulk ---------------------------------------------------------------------------------


def test_bulk_is_idempotent_by_key(office: Office) -> None:
    rows = [row(office.unit, f"k{n}") for n in range(50)]
    assert len(record_facts(rows + rows[:10])) == 50
    assert record_facts(rows) == []
    assert len(record_facts([*rows, row(office.unit, "new")])) == 1
    assert counted(office.unit, FactKind.SUBMISSION) == 51


def test_one_bad_row_stores_nothing(office: Office) -> None:
    bad = row(office.unit, "bad", date=date(1899, 1, 1))
    with pytest.raises(ValidationError, match="1949"):
        record_facts([row(office.unit, "good"), bad])
    assert not Fact.objects.exists()


# --- withdrawing --------------------------------------------------------------------------


def test_withdrawing_on_the_page_adds_the_opposite(scorer_page: Client, office: Office) -> None:
    made = adopted(office.scorer, [office.unit], date=date(2026, 3, 1))
    url = reverse("fact", args=[made.pk])
    assert "撤销这条登记" in scorer_page.get(url).content.decode()
    refused = scorer_page.post(url, {"reason": " "})
    assert "请填写撤销理由" in refused.content.decode()
    assert scorer_page.post(url, {"reason": "上级更正，该条未采用"}).status_code == 302
    opposite = Fact.objects.get(reverses=made)
    assert (opposite.date, opposite.note) == (date(2026, 3, 1), "上级更正，该条未采用")
    assert counted(office.unit, FactKind.ADOPTION) == 0
    assert list(Fact.objects.standing()) == []
    page = scorer_page.get(url).content.decode()
    assert "这条登记已经撤销" in page
    assert "撤销这条登记" not in page
    again = scorer_page.post(url, {"reason": "再来一次"})
    assert "已经撤销过了" in again.content.decode()
    back = scorer_page.post(reverse("fact", args=[opposite.pk]), {"reason": "撤回撤销"})
    assert "不能再撤销" in back.content.decode()
    assert Fact.objects.count() == 2


# --- append-only --------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Fact, FactLine])
def test_rows_only_grow(office: Office, model: type[Fact]) -> None:
    adopted(office.scorer, [office.unit])
    stored = model.objects.get()
    with pytest.raises(AppendOnlyError):
        stored.save()
    with pytest.raises(AppendOnlyError):
        stored.delete()
    with pytest.raises(AppendOnlyError):
        model.objects.update(date=date(2020, 1, 1))
    table = model._meta.db_table
    for sql in (f"UPDATE {table} SET date = '2020-01-01'", f"DELETE FROM {table}"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
    assert model.objects.get().date == TODAY()


# --- list ---------------------------------------------------------------------------------


@contextmanager
def counting() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as queries:
        yield queries


@pytest.mark.screens
def test_list_costs_the_same_with_2_and_200_rows(scorer_page: Client, office: Office) -> None:
    others = [unit() for _n in range(3)]
    bulletins = [superior_bulletin(), superior_bulletin("参阅件", Level.CITY)]

    def fill(start: int, stop: int) -> None:
        for n in range(start, stop):
            made = adopted(
                office.scorer,
                [office.unit, others[n % 3]],
                bulletin=bulletins[n % 2],
                key=f"list:{n}",
            )
            if n % 5 == 1:
                withdraw_fact(fact_id=made.pk, person=office.scorer, reason="重复登记")

    fill(0, 2)
    scorer_page.get(reverse("facts"))
    with counting() as few:
        assert scorer_page.get(reverse("facts")).status_code == 200
    fill(2, 200)
    with counting() as many:
        page = scorer_page.get(reverse("facts"))
    assert len(many) == len(few)
    assert len(page.context["object_list"]) == 50


def test_list_filters(scorer_page: Client, office: Office) -> None:
    other = unit("林业局")
    city = superior_bulletin("市里的刊物", Level.CITY)
    adopted(office.scorer, [office.unit], title="甲条")
    adopted(office.scorer, [other], title="乙条", bulletin=city, date=date(2026, 1, 15))
    record_facts([row(other, "sub", title="丙条")])

    def titles(**query: Any) -> set[str]:
        page = scorer_page.get(reverse("facts"), query)
        return {fact.title for fact in page.context["object_list"]}

    assert titles() == {"甲条", "乙条", "丙条"}
    assert titles(kind="submission") == {"丙条"}
    assert titles(bulletin=city.pk) == {"乙条"}
    assert titles(unit=other.pk) == {"乙条", "丙条"}
    assert titles(date_from="2026-01-01", date_to="2026-01-31") == {"乙条"}
    assert titles(q="甲") == {"甲条"}


def test_unit_sees_only_its_own_facts(office: Office) -> None:
    stranger = person(Role.OFFICER, at=unit())
    mine = adopted(office.scorer, [office.unit])
    assert list(Fact.objects.visible_to(office.officer)) == [mine]
    assert list(Fact.objects.visible_to(stranger)) == []
    assert list(Fact.objects.visible_to(office.scorer)) == [mine]
