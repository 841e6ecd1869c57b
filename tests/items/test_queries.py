"""Where an item is: derived for whole lists, the same as a filter and as a state."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.items import actions, queries
from cms.items.models import ItemPage
from cms.items.rules import ItemState
from cms.review import actions as review
from cms.review import configure
from cms.review.rules import Verdict
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office, decide, fresh


def one_of_each(office: Office) -> dict[ItemState, ItemPage]:
    """An item in every state there is."""
    returned = office.submitted("退回的")
    decide(returned, office.signatory, Verdict.RETURN, "请补充数据")
    withdrawn = office.submitted("撤回的")
    actions.withdraw_item(item_id=withdrawn.pk, person=fresh(office.officer))
    closed = office.signed("不采用的")
    decide(closed, office.editor, Verdict.CLOSE, "同类已采用")
    refused = office.screened("不通过的")
    decide(refused, office.reviewer, Verdict.REFUSE, "不宜公开")
    adopted = office.pooled("采用的")
    office.issued(adopted)
    reopened = office.signed("恢复办理的")
    decide(reopened, office.editor, Verdict.CLOSE, "同类已采用")
    review.reopen(page_id=reopened.pk, person=fresh(office.editor), reason="上级来要")
    pooled = office.pooled("入库的")
    root = builders.person(Role.SYSTEM_ADMIN)
    configure.set_second_level(on=True, person=root)
    rechecking = office.screened("待复审的")
    decide(rechecking, office.reviewer)
    configure.set_second_level(on=False, person=root)
    return {
        ItemState.DRAFT: office.draft("草稿"),
        ItemState.SIGNING: office.submitted("待审签的"),
        ItemState.SCREENING: office.signed("待初审的"),
        ItemState.CLEARING: office.screened("待审查的"),
        ItemState.RETURNED: returned,
        ItemState.WITHDRAWN: withdrawn,
        ItemState.POOL: pooled,
        ItemState.ADOPTED: adopted,
        ItemState.CLOSED: closed,
        ItemState.REFUSED: refused,
        ItemState.RECHECKING: rechecking,
        ItemState.REOPENED: reopened,
    }


def test_every_state_is_recognised_in_a_list_and_by_the_filter(office: Office) -> None:
    made = one_of_each(office)
    assert set(made) == set(ItemState)
    items = list(ItemPage.objects.filter(pk__in=[item.pk for item in made.values()]))
    where = queries.standings(items)
    assert {state: where[item.pk].state for state, item in made.items()} == {
        state: state for state in made
    }
    everything = queries.own_items(fresh(office.officer))
    for state, item in made.items():
        assert [i.pk for i in queries.in_state(everything, state)] == [item.pk], state


@pytest.mark.screens
def test_a_returned_item_says_why_and_who(office: Office) -> None:
    item = office.signed()
    decide(item, office.editor, Verdict.RETURN, "数据与上月不一致")
    where = queries.standing(ItemPage.objects.get(pk=item.pk))
    assert where.reason == "数据与上月不一致"
    assert office.editor.name in where.reason_by
    assert where.editable


@pytest.mark.screens
def test_sent_again_after_a_return_it_waits_and_the_old_reason_is_gone(office: Office) -> None:
    item = office.submitted()
    decide(item, office.signatory, Verdict.RETURN, "请补充")
    actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    where = queries.standing(ItemPage.objects.get(pk=item.pk))
    assert where.state == ItemState.SIGNING
    assert where.reason == ""
    assert where.since is not None


@pytest.mark.screens
def test_standings_cost_the_same_for_two_and_for_many(office: Office) -> None:
    made = list(one_of_each(office).values())
    queries.standings([ItemPage.objects.get(pk=made[0].pk)])  # content types are read once

    def cost(items: list[ItemPage]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            queries.standings(items)
        return len(seen)

    some = list(ItemPage.objects.filter(pk__in=[made[0].pk, made[6].pk]))
    everything = list(ItemPage.objects.filter(pk__in=[item.pk for item in made]))
    assert cost(some) == cost(everything) <= 4


def test_nothing_of_another_unit_is_listed(office: Office) -> None:
    other = builders.Office()
    other.submitted("外单位的")
    assert not queries.own_items(fresh(office.officer)).exists()
    assert not queries.to_sign(fresh(office.signatory)).exists()
    assert queries.to_sign(fresh(other.signatory)).count() == 1


def test_the_office_reads_the_signed_text_and_never_a_later_draft(office: Office) -> None:
    item = office.signed("原标题")
    decide(item, office.editor, Verdict.RETURN, "请改")
    draft = actions.Draft(title="未审签的新标题", form="news", body="<p>未审签的新内容</p>")
    actions.save_item(item_id=item.pk, person=fresh(office.officer), draft=draft)
    stored = ItemPage.objects.get(pk=item.pk)
    assert queries.text_for(stored, fresh(office.editor)).title == "原标题"
    assert queries.text_for(stored, fresh(office.signatory)).title == "未审签的新标题"


@pytest.mark.screens
@pytest.mark.parametrize("who", ["editor", "reviewer", "issuer", "scorer"])
def test_office_people_own_no_items_list(office: Office, who: str) -> None:
    office.pooled()
    assert not queries.own_items(fresh(getattr(office, who))).exists()
