"""The item that carries an event: "a percentage of that item" finds it, before and after an end."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from scoring.adoptions.actions import record_fact
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactKind, Mark
from scoring.ledger.actions import rebuild
from scoring.ledger.models import Entry
from scoring.urgent import actions_office
from scoring.urgent.models import Piece
from tests.builders import Office, fresh, superior_bulletin, unit
from tests.scoring.test_credit import CLAUSES, YEAR, in_force
from tests.scoring.urgent import make

pytestmark = pytest.mark.django_db


def at_page(client: Any, who: Any, event: Any, item: object) -> Any:
    client.force_login(who)
    return client.post(reverse("urgent_piece", args=[event.pk]), {"item": item}, follow=True)


def adopted(office: Office, item: Any) -> None:
    record_fact(
        kind=FactKind.ADOPTION,
        date=timezone.localdate(),
        title=item.title,
        bulletin=superior_bulletin(),
        form="single",
        units=[office.unit],
        key=f"t:{uuid.uuid4()}",
        note="",
        item=item,
        details={},
        person=office.scorer,
    )


def points(office: Office) -> float:
    return sum(Entry.objects.filter(unit=office.unit).values_list("hundredths", flat=True)) / 100


def late_event(office: Office) -> Any:
    make.rules()
    event = make.first(office, happened_at=make.ago(150), learned_at=make.ago(149)).event
    actions_office.decide_grade(
        event_id=event.pk, grade="serious", why="死亡3人", person=fresh(office.editor)
    )
    return event


def test_a_late_report_takes_its_share_of_the_item_that_carries_it(
    client: Any, office: Office
) -> None:
    event, item = late_event(office), office.signed("山体滑坡已妥善处置")
    in_force(CLAUSES[1], CLAUSES[6])
    adopted(office, item)
    assert points(office) == 11
    page = at_page(client, office.editor, event, item.pk).content.decode()
    assert "对应稿件已登记" in page
    assert f"第{item.pk}号稿件" in page
    actions_office.end(event_id=event.pk, why="处置完毕", person=fresh(make.duty_officer()))
    assert points(office) == 8.8
    # Taken back after the end: the verdict stays, about no item; nothing is deducted from one.
    at_page(client, office.editor, event, "")
    assert points(office) == 11
    assert Fact.objects.standing().get(kind=FactKind.URGENT).mark == Mark.LATE
    at_page(client, office.editor, event, item.pk)
    at_page(client, office.editor, event, item.pk)
    assert points(office) == 8.8
    assert Piece.objects.count() == 3
    assert rebuild(*YEAR).empty


@pytest.mark.screens
def test_only_an_editor_and_only_what_the_unit_has_signed(client: Any, office: Office) -> None:
    event, draft = late_event(office), office.draft("还没有审签的题目")
    other = Office(unit("北坡乡")).signed("别的单位的题目")
    for pk in (draft.pk, other.pk, 2**31 - 1):
        page = at_page(client, office.editor, event, pk).content.decode()
        assert "只能选本事件单位已经审签报出的稿件" in page
        assert draft.title not in page
        assert other.title not in page
    for who in (office.officer, make.duty_officer()):
        assert at_page(client, who, event, draft.pk).status_code == 403
    item = office.signed("审签了的题目")
    at_page(client, office.editor, event, item.pk)
    for who, knows in ((office.officer, True), (make.duty_officer(), False)):
        client.force_login(who)
        page = client.get(reverse("urgent_event", args=[event.pk])).content.decode()
        assert f"第{item.pk}号稿件" in page
        assert (item.title in page) is knows
