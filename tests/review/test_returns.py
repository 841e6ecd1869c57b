"""Returning to a chosen step, both ways back, closing and reopening."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cms.bulletins import actions as bulletin_actions
from cms.items.actions import Draft, save_item, submit_item
from cms.items.models import ItemPage
from cms.items.queries import standing, text_for
from cms.items.rules import ItemState
from cms.review import actions, configure, queries
from cms.review.actions import Refused
from cms.review.gate import NotCleared
from cms.review.models import Clearance, Decision, OpenTask
from cms.review.rules import Resume, Step, Verdict
from infoflow.units.roles import Role
from tests.builders import Office, decide, fresh, person

pytestmark = pytest.mark.django_db


def waits_at(page: ItemPage) -> str | None:
    return OpenTask.objects.filter(page_id=page.pk).values_list("step", flat=True).first()


def give_back(page: ItemPage, who, to: str = "", resume: str = "", **more) -> Decision:
    return decide(page, who, Verdict.RETURN, "请修改", to_step=to, resume=resume, **more)


def rewritten(office: Office, item: ItemPage, body: str = "<p>改过的正文</p>") -> None:
    """The officer changes the text and sends it again."""
    draft = Draft(title=item.title, form="news", body=body, signatory=office.signatory)
    save_item(item_id=item.pk, person=fresh(office.officer), draft=draft)
    submit_item(item_id=item.pk, person=fresh(office.officer))


def second_level(on: bool = True) -> None:
    configure.set_second_level(on=on, person=person(Role.SYSTEM_ADMIN))


@pytest.mark.screens
def test_reviewer_returns_to_the_editor_and_gets_it_straight_back(office: Office) -> None:
    item = office.screened()
    decision = give_back(item, office.reviewer, Step.SCREEN, Resume.BACK, cause="含个人信息")
    assert (decision.to_step, decision.resume, decision.told) == (
        "screen",
        "back",
        "含个人信息；请修改",
    )
    assert waits_at(item) == Step.SCREEN
    assert OpenTask.objects.get(page_id=item.pk).returned
    decide(item, office.editor)
    assert waits_at(item) == Step.CLEAR
    decide(item, office.reviewer)
    assert ItemPage.objects.get(pk=item.pk).is_readable()


@pytest.mark.screens
def test_return_to_the_signatory_with_every_step_again(office: Office) -> None:
    item = office.screened()
    give_back(item, office.reviewer, Step.SIGN, Resume.ALL)
    decide(item, office.signatory)
    assert waits_at(item) == Step.SCREEN


@pytest.mark.screens
def test_an_unchanged_text_goes_straight_back(office: Office) -> None:
    item = office.screened()
    give_back(item, office.reviewer, resume=Resume.BACK)
    submit_item(item_id=item.pk, person=fresh(office.officer))
    assert waits_at(item) == Step.CLEAR


@pytest.mark.screens
def test_a_rewritten_text_is_signed_by_its_unit_before_it_goes_straight_back(
    office: Office,
) -> None:
    """Nothing leaves a unit without its signatory; the office reads on what was signed."""
    item = office.screened()
    give_back(item, office.reviewer, resume=Resume.BACK)
    rewritten(office, item)
    assert waits_at(item) == Step.SIGN
    stored = ItemPage.objects.get(pk=item.pk)
    assert "改过" not in text_for(stored, fresh(office.editor)).body
    decide(item, office.signatory)
    assert waits_at(item) == Step.CLEAR
    for who in (office.editor, office.reviewer):
        assert "改过" in text_for(stored, fresh(who)).body


@pytest.mark.screens
def test_rewritten_text_never_passes_by_the_first_confidentiality_level(office: Office) -> None:
    second_level()
    item = office.screened()
    decide(item, office.reviewer)
    second = person(Role.REVIEWER)
    give_back(item, second, resume=Resume.BACK)
    rewritten(office, item)
    decide(item, office.signatory)
    assert waits_at(item) == Step.CLEAR
    decide(item, office.reviewer)
    assert waits_at(item) == Step.RECHECK
    assert not Clearance.objects.filter(page_id=item.pk).exists()
    decide(item, second)
    assert Clearance.objects.get(page_id=item.pk).person == second
    assert ItemPage.objects.get(pk=item.pk).is_readable()


@pytest.mark.screens
def test_issuer_returns_an_unchanged_issue_to_the_editor_and_gets_it_straight_back(
    office: Office,
) -> None:
    issue = office.issue()
    bulletin_actions.submit_issue(issue_id=issue.pk, person=office.editor)
    decide(issue, office.reviewer)
    give_back(issue, office.issuer, resume=Resume.BACK)
    bulletin_actions.submit_issue(issue_id=issue.pk, person=fresh(office.editor))
    assert waits_at(issue) == Step.ISSUE
    decide(issue, office.issuer)
    assert type(issue).objects.get(pk=issue.pk).live


@pytest.mark.screens
@pytest.mark.parametrize(
    ("to", "resume", "message"),
    [
        (Step.RECHECK, "", "不能退回到这个环节"),
        (Step.CLEAR, "", "不能退回到这个环节"),
        ("nonsense", "", "不能退回到这个环节"),
        (Step.SIGN, "sideways", "从哪一环节继续"),
    ],
)
def test_returns_that_make_no_sense(office: Office, to: str, resume: str, message: str) -> None:
    item = office.screened()
    with pytest.raises(Refused, match=message):
        give_back(item, office.reviewer, to, resume)
    assert waits_at(item) == Step.CLEAR


def test_switching_the_second_level_leaves_every_text_a_way_on(office: Office) -> None:
    second = person(Role.REVIEWER)
    first_level, waiting, sent_back = (office.screened(t) for t in "甲乙丙")
    second_level()
    decide(waiting, office.reviewer)
    decide(sent_back, office.reviewer)
    give_back(sent_back, second, Step.SCREEN, Resume.BACK)
    second_level(on=False)
    # What waits at the second level is decided there.
    assert Step.RECHECK in queries.steps_of(fresh(second))
    decide(waiting, second)
    assert ItemPage.objects.get(pk=waiting.pk).is_readable()
    # What the second level sent back goes through the first one, which clears now.
    decide(sent_back, office.editor)
    assert waits_at(sent_back) == Step.CLEAR
    decide(sent_back, office.reviewer)
    assert ItemPage.objects.get(pk=sent_back.pk).is_readable()
    # What was at the first level is cleared there.
    decide(first_level, office.reviewer)
    assert ItemPage.objects.get(pk=first_level.pk).is_readable()
    assert Step.RECHECK not in queries.steps_of(fresh(second))


@pytest.mark.screens
def test_the_first_reviewer_cannot_be_the_second(office: Office) -> None:
    second_level()
    item = office.screened()
    decide(item, office.reviewer)
    with pytest.raises(Refused, match="保密审查"):
        decide(item, office.reviewer)
    decide(item, person(Role.REVIEWER))


@pytest.mark.screens
def test_only_a_system_administrator_switches_the_second_level(office: Office) -> None:
    with pytest.raises(Refused, match="系统管理员"):
        configure.set_second_level(on=True, person=office.reviewer)


@pytest.mark.screens
def test_a_closed_item_is_reopened_by_an_editor_with_a_reason(office: Office) -> None:
    item = office.signed()
    decide(item, office.editor, Verdict.CLOSE, "同类已采用")
    for who, reason, message in (
        (office.reviewer, "有新情况", "编辑"),
        (office.signatory, "有新情况", "编辑"),
        (office.editor, " ", "理由"),
    ):
        with pytest.raises(Refused, match=message):
            actions.reopen(page_id=item.pk, person=fresh(who), reason=reason)
    other = person(Role.EDITOR)
    decision = actions.reopen(page_id=item.pk, person=other, reason="上级来要")
    with pytest.raises(Refused, match="没有办结"):
        actions.reopen(page_id=item.pk, person=other, reason="上级来要")
    assert (decision.step, decision.verdict) == (Step.SCREEN, Verdict.REOPEN)
    where = standing(ItemPage.objects.get(pk=item.pk))
    assert (where.state, where.reason) == (ItemState.REOPENED, "上级来要")
    assert not ItemPage.objects.editable_by(office.officer).filter(pk=item.pk).exists()
    decide(item, office.editor)
    decide(item, office.reviewer)
    assert ItemPage.objects.get(pk=item.pk).is_readable()


@pytest.mark.screens
def test_a_refused_item_is_reopened_by_a_reviewer_and_returned_to_its_writer(
    office: Office,
) -> None:
    item = office.screened()
    decide(item, office.reviewer, Verdict.REFUSE, "涉及内部事项")
    with pytest.raises(Refused, match="保密审查员"):
        actions.reopen(page_id=item.pk, person=fresh(office.editor), reason="可以改")
    actions.reopen(page_id=item.pk, person=fresh(office.reviewer), reason="删去后可报")
    give_back(item, office.editor)
    assert ItemPage.objects.editable_by(fresh(office.officer)).filter(pk=item.pk).exists()
    rewritten(office, item)
    assert waits_at(item) == Step.SIGN


@pytest.mark.screens
def test_a_refused_issue_is_reopened_at_its_first_step(office: Office) -> None:
    issue = office.issue()
    bulletin_actions.submit_issue(issue_id=issue.pk, person=office.editor)
    decide(issue, office.reviewer, Verdict.REFUSE, "第一条不宜刊发")
    actions.reopen(page_id=issue.pk, person=fresh(office.reviewer), reason="换一条")
    assert waits_at(issue) == Step.CLEAR
    give_back(issue, office.reviewer)
    bulletin_actions.submit_issue(issue_id=issue.pk, person=fresh(office.editor))
    assert waits_at(issue) == Step.CLEAR


@pytest.mark.screens
def test_a_text_changed_behind_can_only_be_returned(office: Office) -> None:
    item = office.screened()
    revision = item.get_latest_revision()
    content = {**revision.content, "body": "<p>换掉的正文</p>"}
    type(revision).objects.filter(pk=revision.pk).update(content=content)
    with pytest.raises((Refused, NotCleared), match="改动"):
        decide(item, office.reviewer)
    give_back(item, office.reviewer)
    rewritten(office, item)
    assert waits_at(item) == Step.SIGN


@pytest.mark.screens
def test_who_had_passed_it_is_told_when_it_comes_back(office: Office, client: Client) -> None:
    item = office.screened("会被退回的稿件")
    other = office.screened("不会被退回的稿件")
    decide(other, office.reviewer)
    give_back(item, office.reviewer)
    for who in (office.signatory, office.editor):
        assert [row.decision.page_id for row in queries.sent_back_after(fresh(who))] == [item.pk]
    for who in (office.reviewer, office.officer, person(Role.EDITOR)):
        assert queries.sent_back_after(fresh(who)) == []
    client.force_login(office.signatory)
    page = client.get(reverse("home")).content.decode()
    assert "您审签后又被退回的" in page
    assert "会被退回的稿件" in page
    client.force_login(office.editor)
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "您通过后又被退回的" in page
    assert "请修改" in page
    rewritten(office, item)
    decide(item, office.signatory)
    assert queries.sent_back_after(fresh(office.signatory)) == []
    decide(item, office.editor)
    assert queries.sent_back_after(fresh(office.editor)) == []


def test_a_new_round_that_is_returned_tells_only_its_own_signatory(office: Office) -> None:
    item = office.signed()
    give_back(item, office.editor)
    rewritten(office, item)
    deputy = person(Role.SIGNATORY, at=office.unit)
    decide(item, deputy)
    give_back(item, office.editor)
    returns = Decision.objects.filter(page_id=item.pk, verdict=Verdict.RETURN).order_by("pk")
    first, second = returns.values_list("pk", flat=True)
    assert [row.decision.pk for row in queries.sent_back_after(fresh(deputy))] == [second]
    assert [row.decision.pk for row in queries.sent_back_after(fresh(office.signatory))] == [first]


def test_bulk_returns_and_closes_but_never_passes(office: Office) -> None:
    items = [office.signed(f"第{n}篇") for n in range(3)]
    tasks = list(OpenTask.objects.order_by("pk").values_list("task_state_id", flat=True))
    with pytest.raises(Refused, match="逐件"):
        actions.bulk_decide(
            task_state_ids=tasks, person=fresh(office.editor), verdict="pass", reason="好"
        )
    with pytest.raises(Refused, match="理由"):
        actions.bulk_decide(
            task_state_ids=tasks, person=fresh(office.editor), verdict="close", reason=" "
        )
    decide(items[0], office.editor)
    result = actions.bulk_decide(
        task_state_ids=[*tasks, *tasks],
        person=fresh(office.editor),
        verdict="close",
        reason="",
        cause="时效已过",
    )
    assert [d.page_id for d in result.done] == [item.pk for item in items[1:]]
    assert [pk for pk, _why in result.refused] == [tasks[0]]
    assert waits_at(items[0]) == Step.CLEAR
