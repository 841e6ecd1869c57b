"""Sixteen people write at once: nothing waits for ever, and the index has what the pages have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management import call_command

from cms.items import actions, text
from cms.items.models import ItemPage
from cms.search.models import SearchText
from cms.similar.models import Band, Signature
from infoflow.units.models import User
from tests import builders

WRITERS = 16
Together = Callable[..., list[Any]]


def _save(item_id: int, office: builders.Office, words: str) -> Callable[[], Any]:
    draft = actions.Draft(
        title=f"{words}情况",
        form="news",
        body=text.to_html(f"今年以来，{words}工作扎实推进，成效明显，群众满意。" * 20),
        signatory=office.signatory,
    )

    def save() -> Any:
        person = User.objects.get(pk=office.officer.pk)
        return actions.save_item(item_id=item_id, person=person, draft=draft)

    return save


def test_sixteen_writers_of_sixteen_items(race_db: Together) -> None:
    office = builders.Office()
    items = [office.draft(f"第{n:02}件工作") for n in range(WRITERS)]
    for turn in "甲乙":
        calls = [_save(item.pk, office, f"{turn}{n:02}") for n, item in enumerate(items)]
        outcomes = race_db(*calls)
        assert [type(outcome) for outcome in outcomes] == [ItemPage] * WRITERS, outcomes
    assert SearchText.objects.filter(own=True).count() == WRITERS
    assert Band.objects.count() == 32 * Signature.objects.count()
    call_command("rebuild_search", check=True)
    call_command("rebuild_similar", check=True)


def test_sixteen_savings_of_one_item(race_db: Together) -> None:
    office = builders.Office()
    item = office.draft()
    calls = [_save(item.pk, office, f"第{n:02}种写法") for n in range(WRITERS)]
    outcomes = race_db(*calls)
    assert [type(outcome) for outcome in outcomes] == [ItemPage] * WRITERS, outcomes
    assert SearchText.objects.get(page_id=item.pk).title == ItemPage.objects.get(pk=item.pk).title
    assert Band.objects.count() == 32
    call_command("rebuild_search", check=True)
    call_command("rebuild_similar", check=True)


def test_new_items_and_signatures_at_once(race_db: Together) -> None:
    offices = [builders.Office() for _n in range(4)]
    waiting = [(office, office.submitted(f"待签{n}")) for n, office in enumerate(offices)]

    def write(office: builders.Office, n: int) -> Callable[[], Any]:
        return lambda: office.draft(f"新稿第{n}件")

    def sign(office: builders.Office, item: ItemPage) -> Callable[[], Any]:
        return lambda: builders.decide(item, office.signatory)

    calls = [write(office, n) for n, office in enumerate(offices * 3)]
    calls += [sign(office, item) for office, item in waiting]
    outcomes = race_db(*calls)
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert SearchText.objects.filter(sent=True, own=True).count() == len(waiting)
    assert SearchText.objects.filter(own=True).count() == WRITERS
    call_command("rebuild_search", check=True)
    call_command("rebuild_similar", check=True)


def test_rebuilding_while_people_write(race_db: Together) -> None:
    office = builders.Office()
    items = [office.draft(f"第{n:02}件工作") for n in range(WRITERS - 1)]
    SearchText.objects.all().delete()
    calls = [_save(item.pk, office, f"第{n:02}种写法") for n, item in enumerate(items)]
    outcomes = race_db(*calls, lambda: call_command("rebuild_search"))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    call_command("rebuild_search", check=True)
    assert set(SearchText.objects.values_list("title", flat=True)) == set(
        ItemPage.objects.values_list("title", flat=True)
    )
