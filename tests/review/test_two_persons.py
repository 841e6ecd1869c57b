"""No person takes two steps of one text: hidden on the page and refused on POST."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cms.bulletins import actions as bulletin_actions
from cms.bulletins.models import IssuePage
from cms.items import actions as item_actions
from cms.items import attach
from cms.review import queries, rules
from cms.review.actions import Refused, why_not
from cms.review.models import Decision
from cms.review.rules import Part, Step, Verdict
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests.builders import Office, decide, fresh, person, task_of, unit

pytestmark = pytest.mark.django_db


def also(user: User, *roles: Role) -> User:
    """Give a person further roles, past every rule that would keep them apart."""
    user.groups.add(*Group.objects.filter(name__in=[str(role) for role in roles]))
    return fresh(user)


@pytest.mark.screens
@given(
    acts=st.sets(st.tuples(st.integers(1, 4), st.sampled_from(list(Part)))),
    who=st.integers(1, 4),
    wanted=st.sampled_from(list(Part)),
)
def test_other_part_against_the_obvious(
    acts: set[tuple[int, Part]], who: int, wanted: Part
) -> None:
    others = {part for actor, part in acts if actor == who} - {wanted}
    assert (rules.other_part(who, wanted, acts) is not None) == bool(others)


def test_author_cannot_screen(office: Office, client: Client) -> None:
    item = office.signed()
    author = also(office.officer, Role.EDITOR)
    task = task_of(item)
    assert not queries.queue_for(author, Step.SCREEN).filter(pk=task).exists()
    client.force_login(author)
    page = client.get(reverse("review_decide", args=[task])).content.decode()
    assert "同一人不得办理" in page
    assert 'name="verdict"' not in page
    client.post(
        reverse("review_decide", args=[task]),
        {"verdict": "pass", "seen_digest": item.digest()},
    )
    assert not Decision.objects.filter(page_id=item.pk, step=Step.SCREEN).exists()


@pytest.mark.screens
def test_author_of_any_revision_cannot_clear(office: Office) -> None:
    """Not only the last writer: a colleague who wrote an earlier version is out as well."""
    from cms.items import actions

    colleague = person(Role.OFFICER, at=office.unit)
    item = actions.create_item(
        unit=office.unit,
        person=colleague,
        draft=actions.Draft(title="初稿", form="news", body="<p>初稿</p>"),
    )
    actions.save_item(
        item_id=item.pk,
        person=office.officer,
        draft=actions.Draft(
            title="定稿", form="news", body="<p>定稿</p>", signatory=office.signatory
        ),
    )
    actions.submit_item(item_id=item.pk, person=office.officer)
    decide(item, office.signatory)
    decide(item, office.editor)
    reviewer = also(colleague, Role.REVIEWER)
    with pytest.raises(Refused, match="撰稿"):
        decide(item, reviewer)
    decide(item, office.reviewer)


@pytest.mark.screens
def test_each_step_by_the_same_superuser_is_refused(office: Office) -> None:
    item = office.signed()
    root = User.objects.create_superuser("root", password="x" * 12, name="超级管理员")
    decide(item, root)
    with pytest.raises(Refused, match="编辑"):
        decide(item, root)
    decide(item, office.reviewer)


@pytest.mark.screens
def test_superuser_cannot_sign_for_a_unit(office: Office) -> None:
    item = office.submitted()
    root = User.objects.create_superuser("root", password="x" * 12, name="超级管理员")
    with pytest.raises(Refused, match="本单位的审签人"):
        decide(item, root)


@pytest.mark.screens
def test_signatory_of_another_unit_cannot_sign(office: Office) -> None:
    item = office.submitted()
    with pytest.raises(Refused, match="本单位的审签人"):
        decide(item, Office(unit()).signatory)


@pytest.mark.screens
def test_author_who_is_signatory_too_cannot_sign(office: Office) -> None:
    from datetime import date

    from infoflow.units.actions import appoint_signatory

    item = office.submitted()
    appoint_signatory(unit=office.unit, user=office.officer, since=date(2020, 1, 1))
    with pytest.raises(Refused, match="撰稿"):
        decide(item, office.officer)


@pytest.mark.screens
def test_signatory_cannot_screen_nor_clear(office: Office) -> None:
    item = office.signed()
    both = also(office.signatory, Role.EDITOR, Role.REVIEWER)
    with pytest.raises(Refused, match="单位审签"):
        decide(item, both)
    decide(item, office.editor)
    with pytest.raises(Refused, match="单位审签"):
        decide(item, both)


@pytest.mark.screens
def test_issue_needs_three_people(office: Office) -> None:
    """Composer, reviewer and issuer of one issue are three people."""
    everything = also(office.editor, Role.REVIEWER, Role.ISSUER)
    issue = office.issue()
    bulletin_actions.submit_issue(issue_id=issue.pk, person=everything)
    with pytest.raises(Refused, match="编辑"):
        decide(issue, everything)
    reviewer = also(office.reviewer, Role.ISSUER)
    decide(issue, reviewer)
    with pytest.raises(Refused, match="保密审查"):
        decide(issue, reviewer)
    decide(issue, office.issuer)
    assert IssuePage.objects.get(pk=issue.pk).live


@pytest.mark.screens
def test_writer_of_an_item_cannot_clear_the_issue_that_carries_it(office: Office) -> None:
    item = office.pooled()
    issue = office.issue(item)
    bulletin_actions.submit_issue(issue_id=issue.pk, person=office.editor)
    with pytest.raises(Refused, match="撰稿"):
        decide(issue, also(office.officer, Role.REVIEWER))
    decide(issue, office.reviewer)
    with pytest.raises(Refused, match="单位审签"):
        decide(issue, also(office.signatory, Role.ISSUER))


@pytest.mark.screens
def test_writer_of_an_item_cannot_compose_it(office: Office) -> None:
    item = office.pooled()
    composer, office.editor = office.editor, also(office.officer, Role.EDITOR)
    with pytest.raises(Refused, match="撰稿"):
        office.issue(item)
    assert not IssuePage.objects.exists()
    author, office.editor = office.editor, composer
    issue = office.issue(item)
    with pytest.raises(Refused, match="撰稿"):
        bulletin_actions.submit_issue(issue_id=issue.pk, person=author)
    assert not issue.permissions_for_user(author).can_edit()


@pytest.mark.screens
def test_who_signed_a_text_does_not_write_in_it_when_it_comes_back(
    office: Office, client: Client
) -> None:
    """A signatory who is an officer too may write, but never in what they have signed."""
    both = person(Role.OFFICER, Role.SIGNATORY, at=office.unit)
    item = office.submitted()
    decide(item, both)
    decide(item, office.editor, Verdict.RETURN, "请修改")
    changed = replace(item_actions.Draft.of(item), title="审签人改的标题")
    with pytest.raises(Refused, match="单位审签"):
        item_actions.save_item(item_id=item.pk, person=fresh(both), draft=changed)
    with pytest.raises(Refused, match="单位审签"):
        attach.add(item_id=item.pk, person=fresh(both), uploads=[("说明.txt", b"abc")])
    client.force_login(both)
    page = client.get(reverse("item_detail", args=[item.pk])).content.decode()
    assert "不能再修改或提交本稿" in page
    assert reverse("item_edit", args=[item.pk]) not in page
    assert client.get(reverse("item_edit", args=[item.pk])).status_code == 302
    item_actions.save_item(item_id=item.pk, person=fresh(office.officer), draft=changed)


@pytest.mark.screens
def test_role_alone_decides_who_may_try(office: Office) -> None:
    item = office.signed()
    for who in (office.officer, office.reviewer, office.issuer, office.scorer):
        refusal = why_not(page=item, step=Step.SCREEN, person=fresh(who))
        assert refusal is not None
        assert "编辑" in refusal
    assert why_not(page=item, step=Step.SCREEN, person=fresh(office.editor)) is None


def test_approving_through_another_pages_address_decides_on_the_tasks_page(
    office: Office, client: Client
) -> None:
    """Stock Wagtail takes the page from the address; ours from the task."""
    own = office.signed("可以初审的稿件")
    author = also(office.officer, Role.EDITOR)
    author.is_superuser = True  # the door of the admin keeps everybody else from this address
    author.save()
    foreign = Office().signed("别的单位的稿件")
    client.force_login(author)
    url = reverse("wagtailadmin_pages:workflow_action", args=[foreign.pk, "approve", task_of(own)])
    response = client.post(url, {"comment": ""})
    assert response.status_code < 500
    assert not Decision.objects.filter(page_id=own.pk, step=Step.SCREEN).exists()
    assert not Decision.objects.filter(page_id=foreign.pk, step=Step.SCREEN).exists()


@pytest.mark.screens
def test_reason_is_demanded_where_the_unit_must_understand(office: Office, client: Client) -> None:
    item = office.signed()
    client.force_login(office.editor)
    url = reverse("review_decide", args=[task_of(item)])
    response = client.post(url, {"verdict": "return", "seen_digest": item.digest()})
    assert response.status_code == 200
    assert "请填写理由" in response.content.decode()
    response = client.post(
        url, {"verdict": "return", "reason": "请补充数据", "seen_digest": item.digest()}
    )
    assert response.status_code == 302
    decision = Decision.objects.get(page_id=item.pk, step=Step.SCREEN)
    assert (decision.verdict, decision.reason) == (Verdict.RETURN, "请补充数据")


@pytest.mark.screens
def test_decision_on_another_text_than_was_on_the_screen_is_refused(
    office: Office, client: Client
) -> None:
    item = office.signed()
    client.force_login(office.editor)
    url = reverse("review_decide", args=[task_of(item)])
    client.post(url, {"verdict": "pass", "seen_digest": "0" * 64})
    assert not Decision.objects.filter(page_id=item.pk, step=Step.SCREEN).exists()
