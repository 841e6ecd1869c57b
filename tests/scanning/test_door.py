"""The door: marked texts come in by no way, and their refusal is on record."""

from __future__ import annotations

import json

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from cms.items.models import ItemPage
from cms.scanning import door
from cms.scanning.models import Refusal
from tests.builders import Office

SECRET = "部队番号八一七"
MARKED = f"机密★1年\n{SECRET}调动情况"


def write(client: Client, office: Office, **changed: str):
    data = {"title": "动态", "form": "news", "body": "正文。", "contact": "", **changed}
    return client.post(reverse("item_new"), data)


@pytest.fixture
def desk(office: Office, client: Client) -> Client:
    client.force_login(office.officer)
    return client


@pytest.mark.parametrize("part", ["title", "body", "contact"])
def test_a_marked_draft_is_refused_and_nothing_of_it_is_kept(
    desk: Client, office: Office, part: str
) -> None:
    answer = write(desk, office, **{part: f"秘密★1年 {SECRET}"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert SECRET not in page
    assert "秘密★" not in page
    assert "机要" in page
    assert not ItemPage.objects.exists()
    record = Refusal.objects.get()
    assert (record.person, record.unit) == (office.officer, office.unit)
    assert (record.rule, record.entrance, record.part) == ("mark.star", "item", part)


def test_markup_hides_no_mark(desk: Client, office: Office) -> None:
    assert write(desk, office, body=f"<p>绝<b>密</b>★</p><p>{SECRET}</p>").status_code == 422
    assert write(desk, office, body="<p>&#32477;&#23494;&#9733;1年</p>").status_code == 422
    assert not ItemPage.objects.exists()
    assert Refusal.objects.count() == 2


def test_a_search_word_is_refused(desk: Client) -> None:
    answer = desk.get(reverse("item_list"), {"q": f"秘密★1年{SECRET}"})
    assert answer.status_code == 422
    assert SECRET not in answer.content.decode()
    assert Refusal.objects.get().entrance == "search"


def test_a_fetch_gets_json(desk: Client) -> None:
    answer = desk.post(
        reverse("item_new"),
        {"title": "绝密★", "body": SECRET},
        headers={"X-Requested-With": "fetch"},
    )
    told = json.loads(answer.content)
    assert (answer.status_code, told["error"], told["part"]) == (422, "marked", "title")
    assert SECRET not in answer.content.decode()


def test_json_is_scanned(desk: Client) -> None:
    data = json.dumps({"draft": {"body": ["一", {"text": MARKED}]}})
    answer = desk.post(reverse("item_new"), data, content_type="application/json")
    assert answer.status_code == 422
    assert Refusal.objects.count() == 1


def test_strangers_are_refused_without_a_record(db: None, client: Client) -> None:
    answer = client.get(reverse("login"), {"next": MARKED})
    assert answer.status_code == 422
    assert not Refusal.objects.exists()


def test_a_password_is_not_scanned(db: None, client: Client) -> None:
    answer = client.post(reverse("login"), {"username": "x", "password": "绝密★1"})
    assert answer.status_code == 200


def test_the_digest_tells_same_from_other_and_nothing_else(office: Office) -> None:
    for text in (MARKED, MARKED, MARKED + "。"):
        with pytest.raises(door.MarkedSecret) as told:
            door.check(parts={"body": text}, person=office.officer, entrance="item")
        assert SECRET not in f"{told.value}{vars(told.value)}"
    digests = [record.digest for record in Refusal.objects.all()]
    assert len(set(digests)) == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM scanning_refusal")
        assert SECRET not in str(cursor.fetchall())


def test_a_refusal_can_be_neither_changed_nor_deleted(office: Office) -> None:
    with pytest.raises(door.MarkedSecret):
        door.check(parts={"body": MARKED}, person=office.officer, entrance="item")
    record = Refusal.objects.get()
    with pytest.raises(TypeError):
        record.save()
    with pytest.raises(TypeError):
        record.delete()
    for act in ("UPDATE scanning_refusal SET rule = ''", "DELETE FROM scanning_refusal"):
        with (
            pytest.raises(Exception, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(act)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_outlives_the_transaction_that_it_broke() -> None:
    office = Office()
    with pytest.raises(door.MarkedSecret) as told, transaction.atomic():
        door.check(parts={"body": MARKED}, person=office.officer, entrance="item")
    assert not Refusal.objects.exists()
    door.keep_record(told.value)
    door.keep_record(told.value)
    assert Refusal.objects.count() == 1
