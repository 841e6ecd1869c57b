"""The unit's pages: list, one commission, its buttons; first page, menu, beside an item."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.items.actions import Draft, save_item, submit_item
from cms.items.models import ItemPage
from infoflow.units.models import User
from infoflow.units.roles import Role
from infoflow.worktime.rules import CHINA
from scoring.commissions import actions_office
from scoring.commissions import actions_unit as unit_acts
from scoring.commissions.content import Ask
from scoring.commissions.models import AskedUnit, Extension, Unable
from scoring.commissions.rules import Reply
from tests.builders import Office, asked, commission, fresh, person, unit

pytestmark = [pytest.mark.django_db, pytest.mark.screens]
DAY = timedelta(days=1)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(client: Client, row: AskedUnit) -> str:
    return client.get(reverse("commission", args=[row.pk])).content.decode()


def act(client: Client, row: AskedUnit, do: str, **values: Any) -> Any:
    return client.post(reverse("commission_act", args=[row.pk]), {"do": do, **values})


def test_from_the_first_page_to_the_linked_draft(office: Office) -> None:
    row = asked(office.editor, office.unit, title="春耕备耕进展", points="进度和问题")
    client = client_of(office.officer)
    home = client.get("/").content.decode()
    assert "春耕备耕进展" in home
    assert "未签收" in home
    assert '约稿 <span class="count">1</span>' in home
    shown = page(client, row)
    assert row.due_sentence in shown
    assert "请先签收" in shown
    assert "申请延期" not in shown, "nothing but signing before it is signed for"
    assert act(client, row, "sign").status_code == 302
    shown = page(client, row)
    assert "已签收" in shown
    assert "开始写稿" in shown
    key = uuid.uuid4()
    first, again = (act(client, row, "start", form_key=key) for _click in range(2))
    item = ItemPage.objects.get()
    assert first.url == again.url == reverse("item_edit", args=[item.pk])
    assert row.commission.number_text in client.get(first.url).content.decode()
    assert "办理中" in page(client, row)
    assert "答复约稿" in client.get(reverse("item_detail", args=[item.pk])).content.decode()


def test_more_time_is_asked_for_confirmed_and_answered_on_the_page(office: Office) -> None:
    row = asked(office.editor, office.unit)
    client = client_of(office.officer)
    act(client, row, "sign")
    form = {"day": "2020-01-01", "at": "17:00", "reason": "数据未齐"}
    past = act(client, row, "extend", **form)
    assert past.status_code == 409
    assert "已经过去" in past.content.decode()
    night = timezone.now().astimezone(CHINA) + 30 * DAY
    form |= {"day": night.date().isoformat(), "at": "03:00"}
    asks = act(client, row, "extend", **form)
    assert asks.status_code == 409
    assert "03:00不在上班时间" in asks.content.decode()
    assert "已核对" in asks.content.decode()
    assert "数据未齐" in asks.content.decode()
    assert act(client, row, "extend", **form, confirmed="on").status_code == 302
    assert "等信息科答复" in page(client, row)
    actions_office.reply_extension(
        extension_id=Extension.objects.get().pk,
        reply=Reply.REFUSED,
        words="上级急要",
        person=fresh(office.editor),
    )
    assert "上级急要" in page(client, row)
    assert "提出延期申请" in page(client, row)


def test_linking_undoing_and_saying_unable(office: Office) -> None:
    row, item = asked(office.editor, office.unit), office.signed("已有的一篇")
    client = client_of(office.signatory)
    act(client, row, "sign")
    assert "已有的一篇" in page(client, row)
    assert act(client, row, "link", item=item.pk).status_code == 302
    shown = page(client, row)
    assert "已报送" in shown
    assert "提出延期申请" not in shown
    answer = row.answers.get()
    assert act(client, row, "unlink", answer=answer.pk, reason="").status_code == 409
    assert act(client, row, "unlink", answer=answer.pk, reason="选错了").status_code == 302
    assert act(client, row, "unable", reason="").status_code == 200
    assert act(client, row, "unable", reason="职能已划出").status_code == 302
    assert Unable.objects.get().reason == "职能已划出"
    assert "选错了" in page(client, row)


def test_a_joint_commission_shows_parts_and_states_and_no_title(office: Office) -> None:
    other = Office(unit("北坡乡"))
    asks = (Ask(office.unit.pk, lead=True), Ask(other.unit.pk, part="数据部分"))
    made = commission(office.editor, asks=asks)
    mine, theirs = made.asked.get(unit=office.unit), made.asked.get(unit=other.unit)
    unit_acts.sign_for(asked_id=theirs.pk, person=fresh(other.officer))
    item = other.signed("只有北坡乡知道的题目")
    unit_acts.link_item(asked_id=theirs.pk, item_id=item.pk, person=fresh(other.officer))
    shown = page(client_of(office.officer), mine)
    for part in ("本单位牵头", "北坡乡", "数据部分", "已报送"):
        assert part in shown
    assert "只有北坡乡知道的题目" not in shown


def test_units_asked_apart_do_not_see_one_another(office: Office) -> None:
    other = Office(unit("北坡乡"))
    made = commission(office.editor, office.unit, other.unit)
    assert "北坡乡" not in page(client_of(office.officer), made.asked.get(unit=office.unit))


def test_strangers_meet_nothing(office: Office) -> None:
    stranger, row = Office(), asked(office.editor, office.unit)
    for who in (stranger.officer, office.editor):
        client = client_of(who)
        assert client.get(reverse("commission", args=[row.pk])).status_code == 404
        assert act(client, row, "sign").status_code == 404
    foreign = stranger.signed("外单位的稿件")
    client = client_of(office.officer)
    act(client, row, "sign")
    answer = act(client, row, "link", item=foreign.pk)
    assert answer.status_code == 409
    assert "外单位的稿件" not in answer.content.decode()
    draft = AskedUnit.objects.filter(asked_at=None)
    assert not draft.exists()


def test_the_list_costs_the_same_with_many(office: Office) -> None:
    client = client_of(office.officer)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("commissions")).status_code == 200
        return len(queries)

    for _n in range(2):
        row = asked(office.editor, office.unit)
        unit_acts.sign_for(asked_id=row.pk, person=fresh(office.officer))
    unit_acts.link_item(asked_id=row.pk, item_id=office.signed().pk, person=fresh(office.officer))
    cost()
    few = cost()
    for _n in range(6):
        asked(office.editor, office.unit)
    assert cost() == few


def test_the_most_urgent_stands_first(office: Office) -> None:
    for title, due in (("后天的", 2 * DAY), ("过了的", -DAY), ("明天的", DAY)):
        asked(office.editor, office.unit, title=title, due=due)
    home = client_of(office.officer).get("/").content.decode()
    places = [home.index(title) for title in ("过了的", "明天的", "后天的")]
    assert places == sorted(places)


def test_an_item_of_another_unit_is_offered_without_its_title() -> None:
    """It may be rewritten there; who was asked to join reads what was submitted, never a draft."""
    office, mine = Office(), unit("协办镇")
    officer = person(Role.OFFICER, at=mine)
    row = asked(office.editor, mine)
    unit_acts.sign_for(asked_id=row.pk, person=fresh(officer))
    item = office.draft("牵头单位的题目")
    joint = replace(Draft.of(item), joint=(mine.pk,))
    save_item(item_id=item.pk, person=fresh(office.officer), draft=joint)
    submit_item(item_id=item.pk, person=fresh(office.officer))
    shown = page(client_of(officer), row)
    assert f"联合报送的稿件（{item.pk}）" in shown
    assert "牵头单位的题目" not in shown
