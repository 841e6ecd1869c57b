"""Who meets what at the desk: strangers 404, others what their role allows."""

from __future__ import annotations

import pytest
from django.test import Client

from cms.items.models import ItemPage
from cms.review.models import Decision
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office, person
from tests.desk.pages import browser, fields, page

pytestmark = pytest.mark.screens

ADDRESSES = [
    "/items/{pk}/",
    "/items/{pk}/edit/",
    "/items/{pk}/submit/",
    "/items/{pk}/withdraw/",
    "/items/{pk}/sign/",
]


def strangers(office: Office) -> dict[str, User]:
    other = builders.Office()
    return {
        "officer of another unit": other.officer,
        "signatory of another unit": other.signatory,
        "leader": person(Role.LEADER),
        "duty officer": person(Role.DUTY),
        "scorer": office.scorer,
        "system administrator": person(Role.SYSTEM_ADMIN),
        "auditor": person(Role.AUDITOR),
        "person without post": person(),
    }


def test_a_strangers_item_does_not_exist(office: Office) -> None:
    items = [office.draft(), office.submitted(), office.pooled()]
    before = Decision.objects.count()
    for turn, (name, user) in enumerate(strangers(office).items()):
        client = browser(user)
        for item in items:
            assert client.get(f"/items/{item.pk}/").status_code == 404, (name, item.title)
        # Every address with one of the items, each time another.
        for n, address in enumerate(ADDRESSES, turn):
            url = address.format(pk=items[n % len(items)].pk)
            assert client.get(url).status_code == 404, (name, url)
            answer = client.post(url, fields(office, submit="1"))
            assert answer.status_code == 404, (name, url)
    assert Decision.objects.count() == before


@pytest.mark.parametrize("who", ["editor", "reviewer", "issuer"])
def test_the_office_meets_an_item_only_after_its_unit_signed(office: Office, who: str) -> None:
    client = browser(getattr(office, who))
    assert client.get(f"/items/{office.submitted().pk}/").status_code == 404
    signed = office.signed()
    shown = client.get(f"/items/{signed.pk}/")
    assert shown.status_code == 200
    assert "<form" not in page(shown).split("<main", 1)[1]
    assert client.post(f"/items/{signed.pk}/edit/", fields(office)).status_code == 403
    assert client.post(f"/items/{signed.pk}/withdraw/").status_code == 409
    assert client.post(f"/items/{signed.pk}/submit/").status_code == 409


def test_a_former_officer_sees_nothing(office: Office) -> None:
    from datetime import timedelta

    from django.utils import timezone

    item = office.draft()
    post = office.officer.officer_posts.get()
    post.until = timezone.localdate() - timedelta(days=1)
    post.save()
    client = browser(office.officer)
    assert client.get(f"/items/{item.pk}/").status_code == 404
    assert client.get("/items/new/").status_code == 403


@pytest.mark.parametrize("address", ["submit", "withdraw", "sign"])
def test_addresses_that_act_do_nothing_on_get(office: Office, address: str) -> None:
    item = office.draft()
    answer = browser(office.officer).get(f"/items/{item.pk}/{address}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/items/{item.pk}/")
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    "address", ["/", "/items/", "/items/new/", "/items/signing/", "/items/1/", "/items/1/edit/"]
)
def test_nobody_gets_in_without_login(db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("number", ["999999", "9" * 30])
def test_numbers_that_do_not_exist(office: Office, number: str) -> None:
    assert browser(office.officer).get(f"/items/{number}/").status_code == 404


def test_signatories_do_not_write(office: Office) -> None:
    signatory = browser(office.signatory)
    item = office.draft()
    assert signatory.get("/items/new/").status_code == 403
    assert signatory.post("/items/new/", fields(office, save="1")).status_code == 403
    assert signatory.get(f"/items/{item.pk}/").status_code == 200
    assert signatory.get(f"/items/{item.pk}/edit/").status_code == 403
    assert signatory.post(f"/items/{item.pk}/submit/").status_code == 409
    assert ItemPage.objects.count() == 1
    assert not Decision.objects.exists()
