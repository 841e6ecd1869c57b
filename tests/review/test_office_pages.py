"""The office's pages as the people there use them: queues, claims, bulk, deciding, comparing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.items import actions as item_actions
from cms.items.models import ItemPage
from cms.review import actions, queues
from cms.review.models import CommonReason, Decision, OpenTask
from cms.review.rules import Step, Verdict
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests import builders
from tests.builders import Office, decide, fresh, task_of
from tests.desk.pages import browser, hidden, page
from tests.ground import grounded

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

QUEUE = "/office/queue/screen/"


def address(item: Any) -> str:
    return reverse("review_decide", args=[task_of(item)])


def send(client: Client, path: str, verdict: str, **more: str) -> Any:
    digest = hidden(client.get(path), "seen_digest")
    return client.post(path, {"verdict": verdict, "seen_digest": digest, **more})


def wait(item: ItemPage, **values: Any) -> None:
    """Change a queue row, as time or a duty officer would."""
    OpenTask.objects.filter(page_id=item.pk).update(**values)


def test_urgent_first_then_oldest(office: Office) -> None:
    items = {name: office.signed(name) for name in ("最新", "最早", "急件")}
    now = timezone.now()
    wait(items["最早"], since=now - timedelta(days=3))
    wait(items["急件"], urgent=True)
    shown = page(browser(office.editor).get(QUEUE))
    assert shown.index("急件</a>") < shown.index("最早</a>") < shown.index("最新</a>")


def test_ages_are_told_in_words(office: Office) -> None:
    for name, hours in (("已过", -1), ("将到", 1), ("还早", 24 * 30)):
        wait(office.signed(name), due_at=timezone.now() + timedelta(hours=hours))
    shown = page(browser(office.editor).get(QUEUE))
    assert [shown.count(f'">{word}</span>') for word in queues.Age.labels] == [1, 1, 1]
    late = page(browser(office.editor).get(f"{QUEUE}?age=overdue"))
    assert "已过</a>" in late
    assert "将到</a>" not in late


@grounded
def three(office: Office) -> None:
    """Three texts that wait: claimed and urgent, with findings, returned."""
    items = {name: office.signed(f"标题{name}") for name in "甲乙丙"}
    actions.claim(task_state_id=task_of(items["甲"]), person=fresh(office.editor))
    wait(items["甲"], urgent=True)
    wait(items["乙"], kinds="stop,personal")
    wait(items["丙"], returned=True)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("whose=mine", {"甲"}),
        ("whose=free", {"乙", "丙"}),
        ("kind=personal", {"乙"}),
        ("returned=1", {"丙"}),
        ("urgent=1", {"甲"}),
        ("form=news", {"甲", "乙", "丙"}),
        ("form=brief", set()),
        ("unit=999999999", set()),
        ("unit=99999999999999999999&age=x&group=-1&size=7", {"甲", "乙", "丙"}),
    ],
)
@pytest.mark.usefixtures("three")
def test_filters(office: Office, query: str, left: set[str]) -> None:
    shown = page(browser(office.editor).get(f"{QUEUE}?{query}"))
    assert {name for name in "甲乙丙" if f"标题{name}</a>" in shown} == left


def test_units_and_groups_narrow_a_queue(office: Office) -> None:
    other = Office(builders.unit("县水务局", group="县直部门"))
    office.signed("镇里的")
    other.signed("局里的")
    client = browser(office.editor)
    shown = page(client.get(QUEUE))
    assert "县水务局（1）" in shown
    assert "县直部门（1）" in shown
    group = other.unit.memberships.get().group_id
    for query in (f"unit={other.unit.pk}", f"group={group}"):
        shown = page(client.get(f"{QUEUE}?{query}"))
        assert "局里的</a>" in shown
        assert "镇里的</a>" not in shown


def test_what_others_must_take_is_counted_not_shown(office: Office) -> None:
    both = builders.person(Role.EDITOR, Role.REVIEWER)
    item = office.signed("我初审过的")
    decide(item, both)
    office.screened("别人初审的")
    shown = page(browser(both).get("/office/queue/clear/"))
    assert "别人初审的</a>" in shown
    assert "我初审过的" not in shown
    assert "另有 1 件须由他人办理" in shown


def test_the_next_text_opens_after_a_verdict(office: Office) -> None:
    first, second, third = (office.signed(f"第{n}") for n in range(3))
    client = browser(office.editor)
    answer = send(client, address(first), "pass")
    assert answer["Location"] == address(second)
    answer = send(client, address(third), "pass")
    assert answer["Location"] == address(second), "after the last one the first that is left"
    answer = send(client, address(second), "pass")
    assert answer["Location"] == QUEUE


def test_the_next_text_keeps_the_filter_and_skips_what_others_claimed(office: Office) -> None:
    items = [office.signed(f"第{n}") for n in range(4)]
    for item in (items[0], items[1], items[3]):
        wait(item, urgent=True)
    other = builders.person(Role.EDITOR)
    actions.claim(task_state_id=task_of(items[1]), person=fresh(other))
    client = browser(office.editor)
    answer = send(client, f"{address(items[0])}?urgent=1", "pass")
    assert answer["Location"] == f"{address(items[3])}?urgent=1"


@pytest.mark.parametrize("verdict", ["return", "close"])
def test_a_reason_is_needed_and_the_list_suffices(office: Office, verdict: str) -> None:
    CommonReason.objects.create(step=Step.SCREEN, text="要素缺失待补", order=1)
    item = office.signed()
    client = browser(office.editor)
    answer = send(client, address(item), verdict)
    assert answer.status_code == 200
    assert "请填写理由" in page(answer)
    answer = send(client, address(item), verdict, common="要素缺失待补", sure="close")
    assert answer.status_code == 302
    decision = Decision.objects.filter(page_id=item.pk).latest("pk")
    assert (decision.verdict, decision.cause, decision.reason) == (verdict, "要素缺失待补", "")


def test_a_final_verdict_is_asked_about_first(office: Office) -> None:
    item = office.signed()
    client = browser(office.editor)
    answer = send(client, address(item), "close", reason="与本地无关")
    assert "确定“不采用”吗" in page(answer)
    assert "与本地无关" in page(answer), "what was typed is kept"
    assert OpenTask.objects.filter(page_id=item.pk).exists()
    send(client, address(item), "close", reason="与本地无关", sure="return")
    assert OpenTask.objects.filter(page_id=item.pk).exists(), "sure of something else"
    send(client, address(item), "close", reason="与本地无关", sure="close")
    assert not OpenTask.objects.filter(page_id=item.pk).exists()


def test_return_to_a_chosen_step(office: Office) -> None:
    item = office.screened()
    client = browser(office.reviewer)
    send(client, address(item), "return", reason="请核数据", to_step="screen", resume="back")
    decision = Decision.objects.filter(page_id=item.pk).latest("pk")
    assert (decision.to_step, decision.resume) == ("screen", "back")
    assert OpenTask.objects.get(page_id=item.pk).step == Step.SCREEN


def test_a_decided_task_answers_409_with_who_and_a_way_on(office: Office) -> None:
    other = builders.person(Role.EDITOR, name="钱宁")
    item, following = office.signed("已办"), office.signed("下一件")
    client = browser(office.editor)
    path = address(item)
    digest = hidden(client.get(path), "seen_digest")
    decide(item, other, Verdict.RETURN, reason="请补充")
    answer = client.post(path, {"verdict": "pass", "seen_digest": digest})
    assert answer.status_code == 409
    assert "钱宁已于" in page(answer)
    assert "退改" in page(answer)
    assert address(following) in page(answer)
    assert "钱宁已于" in page(client.get(path)), "the page itself says so as well"


def test_a_stale_form_answers_409(office: Office) -> None:
    item = office.signed()
    client = browser(office.editor)
    answer = client.post(address(item), {"verdict": "pass", "seen_digest": "0" * 64})
    assert answer.status_code == 409
    assert "没有任何内容被改动" in page(answer)
    assert OpenTask.objects.filter(page_id=item.pk, step=Step.SCREEN).exists()


def test_claimed_by_another_can_be_read_and_taken_over(office: Office) -> None:
    other = builders.person(Role.EDITOR, name="钱宁")
    item = office.signed()
    path, claim = address(item), reverse("review_claim", args=[task_of(item)])
    browser(other).post(claim, {"act": "claim"})
    client = browser(office.editor)
    digest = Decision.objects.filter(page_id=item.pk).latest("pk").digest
    shown = page(client.get(path))
    assert "钱宁已于" in shown
    assert 'name="verdict"' not in shown
    answer = client.post(path, {"verdict": "pass", "seen_digest": digest})
    assert answer.status_code == 409
    assert "钱宁" in page(answer)
    assert client.post(claim, {"act": "claim"}).status_code == 409
    client.post(claim, {"act": "take_over", "stay": "1"})
    assert OpenTask.objects.get(page_id=item.pk).claimed_by_id == office.editor.pk
    assert 'name="verdict"' in page(client.get(path))
    client.post(claim, {"act": "release"})
    assert OpenTask.objects.get(page_id=item.pk).claimed_by_id is None


def test_double_click_decides_once(office: Office) -> None:
    item = office.signed()
    client = browser(office.editor)
    path = address(item)
    data = {"verdict": "pass", "seen_digest": hidden(client.get(path), "seen_digest")}
    answers = [client.post(path, data).status_code for _n in range(3)]
    assert answers == [302, 409, 409]
    assert Decision.objects.filter(page_id=item.pk, step=Step.SCREEN).count() == 1


def bulk(client: Client, items: list[ItemPage], act: str, **more: str) -> Any:
    return client.post(
        reverse("review_bulk", args=["screen"]),
        {"tasks": [str(task_of(item)) for item in items], "act": act, **more},
    )


def test_bulk_return_first_lists_the_titles(office: Office) -> None:
    items = [office.signed(f"第{n}篇") for n in range(3)]
    client = browser(office.editor)
    shown = page(bulk(client, items[:2], "return"))
    assert "确认退改以下 2 件" in shown
    assert "第0篇" in shown
    assert "第2篇" not in shown
    assert OpenTask.objects.filter(step=Step.SCREEN).count() == 3
    assert "请填写理由" in page(bulk(client, items[:2], "return", sure="1"))
    shown = page(bulk(client, items[:2], "return", sure="1", reason="请统一补充数据"))
    assert "已退改 2 件" in shown
    assert list(OpenTask.objects.values_list("page_id", flat=True)) == [items[2].pk]


def test_bulk_tells_of_each_what_became_of_it(office: Office) -> None:
    other = builders.person(Role.EDITOR, name="钱宁")
    items = [office.signed(f"第{n}篇") for n in range(2)]
    actions.claim(task_state_id=task_of(items[1]), person=fresh(other))
    shown = page(bulk(browser(office.editor), items, "close", sure="1", reason="重复"))
    assert "已不采用 1 件" in shown
    assert "有 1 件没有办理" in shown
    assert "钱宁" in shown
    assert OpenTask.objects.get().page_id == items[1].pk


@pytest.mark.parametrize("act", ["pass", "refuse", "", "submit"])
def test_nothing_but_return_and_close_in_bulk(office: Office, act: str) -> None:
    item = office.signed()
    answer = bulk(browser(office.editor), [item], act, sure="1", reason="x")
    assert answer.status_code == 302
    assert answer["Location"] == "/office/", "Wagtail's way of saying no"
    assert OpenTask.objects.get(page_id=item.pk).step == Step.SCREEN


def test_bulk_needs_ticks_and_has_a_limit(office: Office) -> None:
    office.signed()
    client = browser(office.editor)
    path = reverse("review_bulk", args=["screen"])
    shown = page(client.post(path, {"act": "return"}, follow=True))
    assert "没有勾选稿件" in shown
    many = [str(n) for n in range(1, 102)]
    shown = page(client.post(path, {"act": "return", "tasks": many}, follow=True))
    assert "一次最多办理100件" in shown


def returned_and_sent_again(office: Office, first: str, second: str) -> ItemPage:
    item = office.signed("同一篇", first)
    decide(item, office.editor, Verdict.RETURN, reason="请核数据")
    item = ItemPage.objects.get(pk=item.pk)
    draft = item_actions.Draft.of(item)
    item_actions.save_item(
        item_id=item.pk,
        person=fresh(office.officer),
        draft=item_actions.Draft(**{**draft.__dict__, "body": f"<p>{second}</p>"}),
        seen_revision=item.latest_revision_id,
    )
    item_actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    decide(item, office.signatory)
    return item


def test_versions_show_what_was_changed(office: Office) -> None:
    item = returned_and_sent_again(office, "共检查300户。", "共检查380户。")
    shown = page(browser(office.editor).get(reverse("review_versions", args=[item.pk])))
    assert "第1稿（原稿）" in shown
    assert "共检查3<del>0</del>0户。" in shown
    assert "共检查3<ins>8</ins>0户。" in shown


def test_versions_before_the_first_signature_stay_the_units(office: Office) -> None:
    item = office.submitted("机密草稿", "不成熟的写法。")
    decide(item, office.signatory, Verdict.RETURN, reason="内部意见")
    item = ItemPage.objects.get(pk=item.pk)
    draft = item_actions.Draft.of(item)
    item_actions.save_item(
        item_id=item.pk,
        person=fresh(office.officer),
        draft=item_actions.Draft(**{**draft.__dict__, "title": "定稿", "body": "<p>成熟。</p>"}),
        seen_revision=item.latest_revision_id,
    )
    item_actions.submit_item(item_id=item.pk, person=fresh(office.officer))
    client = browser(office.editor)
    path = reverse("review_versions", args=[item.pk])
    assert client.get(path).status_code == 404, "it has not left the unit"
    decide(item, office.signatory)
    for shown in (page(client.get(path)), page(client.get(address(item)))):
        assert "定稿" in shown
        assert "不成熟的写法" not in shown
        assert "内部意见" not in shown


def test_an_issue_beside_its_originals(office: Office) -> None:
    issue = office.issue(office.pooled("原来的标题"))
    shown = page(browser(office.reviewer).get(reverse("review_originals", args=[issue.pk])))
    assert "原来的标题" in shown
    assert office.unit.name in shown


def test_flow_numbers(office: Office) -> None:
    decide(office.signed(), office.editor, Verdict.RETURN, reason="请补充")
    office.pooled()
    office.signed()
    shown = page(browser(office.editor).get(reverse("review_flow")))
    assert f'<th scope="row">{office.unit.name}</th><td>2</td><td>1</td><td>0</td>' in shown
    assert "50%" in shown
    assert "未选常用原因" in shown


@pytest.mark.parametrize(
    "query", ["", "start=x&end=y", "start=2026-02-02&end=2026-01-01", "period=last-year"]
)
def test_flow_without_anything_is_told(office: Office, query: str) -> None:
    answer = browser(office.issuer).get(f"{reverse('review_flow')}?{query}")
    assert answer.status_code == 200
    assert "这段时间没有办结的环节" in page(answer)


@pytest.fixture
def nobody(office: Office) -> list[User]:
    """Who has no business with the office's texts."""
    return [office.officer, office.signatory, office.scorer]


def test_others_see_nothing_of_it(office: Office, nobody: list[User]) -> None:
    item = office.signed("只给办稿的人")
    paths = [QUEUE, address(item), reverse("review_versions", args=[item.pk])]
    for user in nobody:
        for path in [*paths, reverse("review_flow")]:
            answer = browser(user).get(path)
            assert answer.status_code in (302, 404)
            assert "只给办稿的人" not in page(answer)
