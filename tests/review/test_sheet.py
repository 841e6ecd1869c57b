"""保密审查表: no pass without a complete one; what is kept, shown and printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cms.items.actions import Draft, save_item, submit_item
from cms.items.models import ItemPage
from cms.review import configure, queries, sheet_rules, sheets
from cms.review.actions import Refused
from cms.review.models import Clearance, ClearanceSheet, Decision, OpenTask, ReviewSettings
from cms.review.rules import Step, Verdict
from cms.review.sheet_rules import Attribute, Point, Sheet, Topic
from cms.scanning.rules import Finding, Kind
from infoflow.units.roles import Role
from infoflow.worktime.queries import calendar
from infoflow.worktime.rules import working_days_between
from tests.builders import Office, decide, fresh, person, plain_sheet, task_of

STOP = Finding(Kind.STOP, "stop.sign", "body", 3, 5, "内部", "标注“内部”")
MARK = Finding(Kind.MARK, "mark.star", "body", 0, 5, "", "密级标志")
WHOLE = Sheet.nothing_involved(opinion="同意")
INTERNAL = "一、基本情况\n内部\n今年以来，各项工作有序推进。"


def fields(sheet: Sheet, *findings: Finding) -> set[str]:
    return {problem.field for problem in sheet_rules.problems(sheet, findings)}


@pytest.mark.parametrize(
    ("sheet", "findings", "missing"),
    [
        (WHOLE, (), set()),
        (Sheet(), (), {*(f"topic_{t}" for t in Topic), "attribute", "opinion"}),
        (replace(WHOLE, attribute="request"), (), {"attribute_reason"}),
        (replace(WHOLE, attribute="closed"), (), {"attribute_reason"}),
        (replace(WHOLE, attribute="closed", attribute_reason="内部事务信息"), (), set()),
        (replace(WHOLE, attribute="secret"), (), {"attribute"}),
        (replace(WHOLE, opinion=""), (), {"opinion"}),
        (WHOLE, (STOP,), {f"lift_{sheet_rules.stop_key(STOP)}"}),
        (replace(WHOLE, lifted={sheet_rules.stop_key(STOP): "已公开"}), (STOP, STOP), set()),
        (WHOLE, (MARK,), {""}),
        (replace(WHOLE, opinion="长" * 501), (), {"opinion"}),
    ],
)
def test_what_a_form_lacks(sheet: Sheet, findings: tuple[Finding, ...], missing: set[str]) -> None:
    assert fields(sheet, *findings) == missing


@pytest.mark.parametrize("topic", list(Topic))
def test_what_is_involved_must_be_explained_and_state_secrets_never_pass(topic: Topic) -> None:
    involved = replace(WHOLE, checklist={**WHOLE.checklist, topic: Point(involved=True)})
    told = replace(WHOLE, checklist={**WHOLE.checklist, topic: Point(True, "已脱敏")})
    if topic == Topic.STATE_SECRET:
        assert fields(involved) == fields(told) == {f"topic_{topic}"}
    else:
        assert fields(involved) == {f"note_{topic}"}
        assert fields(told) == set()


@given(
    ticked=st.sets(st.sampled_from(list(Topic))),
    attribute=st.sampled_from(["", *Attribute.values]),
    reason=st.sampled_from(["", "理由"]),
    opinion=st.sampled_from(["", "同意"]),
    lifted=st.booleans(),
)
def test_complete_means_every_part(
    ticked: set[Topic], attribute: str, reason: str, opinion: str, lifted: bool
) -> None:
    sheet = Sheet(
        checklist={topic: Point(involved=False) for topic in ticked},
        attribute=attribute,
        attribute_reason=reason,
        opinion=opinion,
        lifted={sheet_rules.stop_key(STOP): "已公开"} if lifted else {},
    )
    complete = (
        ticked == set(Topic)
        and (attribute == "open" or (attribute != "" and reason != ""))
        and opinion != ""
        and lifted
    )
    assert (not sheet_rules.problems(sheet, [STOP])) == complete


@pytest.mark.screens
@pytest.mark.django_db
def test_no_pass_without_a_form(office: Office) -> None:
    item = office.screened()
    for sheet in (None, Sheet(), replace(WHOLE, attribute="closed")):
        with pytest.raises(Refused, match="保密审查表没有填完"):
            decide(item, office.reviewer, sheet=sheet)
    assert not Clearance.objects.exists()
    decide(item, office.reviewer, sheet=WHOLE)
    kept = ClearanceSheet.objects.get()
    assert kept.decision.step == Step.CLEAR
    assert [topic for topic, involved, _note in kept.points() if not involved] == [
        str(label) for label in Topic.labels
    ]


@pytest.mark.screens
@pytest.mark.django_db
def test_stock_approval_does_not_pass_by_the_form(office: Office, client: Client) -> None:
    item = office.screened()
    task = item.current_workflow_task_state
    with pytest.raises(Refused, match="保密审查表"):
        task.task.specific.on_action(task, fresh(office.reviewer), "approve")
    assert OpenTask.objects.get(page_id=item.pk).step == Step.CLEAR


@pytest.mark.django_db
def test_a_stop_is_lifted_by_name_and_kept(office: Office) -> None:
    item = office.screened(body=INTERNAL)
    assert "stop" in OpenTask.objects.get(page_id=item.pk).kinds
    with pytest.raises(Refused, match="正文中的“内部”须填写解除理由"):
        decide(item, office.reviewer, sheet=WHOLE)
    decision = decide(item, office.reviewer, sheet=plain_sheet(item, "本级文件，可以刊发"))
    assert [f["kind"] for f in decision.findings] == ["stop"]
    assert decision.sheet.lifted[0]["words"] == "内部"
    assert decision.sheet.lifted[0]["reason"] == "本级文件，可以刊发"


@pytest.mark.screens
@pytest.mark.django_db
def test_findings_are_kept_with_every_decision_and_numbers_covered(office: Office) -> None:
    item = office.signed(body="一、情况\n联系人手机13812345678，请与其联系。")
    for decision in Decision.objects.filter(page_id=item.pk):
        (found,) = decision.findings
        assert (found["kind"], found["part"]) == ("personal", "body")
        assert "13812345678" not in str(decision.findings)
        assert found["words"] == "138****5678"
    assert OpenTask.objects.get(page_id=item.pk).kinds == "personal"


@pytest.mark.screens
@pytest.mark.django_db
def test_what_was_begun_is_kept_with_a_refusal(office: Office) -> None:
    item = office.screened()
    begun = Sheet(checklist={Topic.WORK_SECRET: Point(True, "引用内部会议")})
    decision = decide(item, office.reviewer, Verdict.REFUSE, "涉及工作秘密", sheet=begun)
    assert decision.sheet.points() == [("工作秘密", True, "引用内部会议")]


@pytest.mark.screens
@pytest.mark.django_db
def test_second_level_fills_in_its_own_form(office: Office) -> None:
    configure.set_second_level(on=True, person=person(Role.SYSTEM_ADMIN))
    item = office.screened()
    decide(item, office.reviewer)
    second = person(Role.REVIEWER)
    with pytest.raises(Refused, match="保密审查表"):
        decide(item, second, sheet=None)
    decide(item, second)
    paper = sheets.paper_of(ItemPage.objects.get(pk=item.pk))
    assert paper is not None
    assert [line.step for line in paper.levels] == ["保密审查", "保密复审"]
    assert [line.person for line in paper.levels] == [str(office.reviewer), str(second)]


def form_of(item: ItemPage, **more: str) -> dict[str, str]:
    filled = {f"topic_{topic}": "no" for topic in Topic}
    return {
        "verdict": "pass",
        "seen_digest": item.digest(),
        "attribute": "open",
        "opinion": "同意",
        **filled,
        **more,
    }


@pytest.mark.screens
@pytest.mark.django_db
def test_the_page_says_what_is_missing_and_then_passes(office: Office, client: Client) -> None:
    item = office.screened(body=INTERNAL)
    client.force_login(office.reviewer)
    url = reverse("review_decide", args=[task_of(item)])
    page = client.get(url).content.decode()
    assert "保密审查表" in page
    assert "须解除的提示" in page
    answer = client.post(url, form_of(item, attribute="request", topic_state=""))
    told = answer.content.decode()
    assert answer.status_code == 200
    for message in ("请选择是否涉及国家秘密", "依申请公开须填写理由", "须填写解除理由"):
        assert message in told
    assert not Decision.objects.filter(page_id=item.pk, step=Step.CLEAR).exists()
    (stop,) = sheet_rules.stops([STOP])
    lift = {f"lift_{stop.key}": "标题用语，非密"}
    assert client.post(url, form_of(item, **lift)).status_code == 302
    sheet = ClearanceSheet.objects.get()
    assert (sheet.attribute, sheet.opinion) == ("open", "同意")
    assert ItemPage.objects.get(pk=item.pk).is_readable()


@pytest.mark.screens
@pytest.mark.django_db
def test_deadlines_are_working_days_with_their_rule(office: Office) -> None:
    item = office.screened()
    row = OpenTask.objects.get(page_id=item.pk)
    assert row.due_at is not None
    assert working_days_between(row.since, row.due_at, calendar()) == 5
    assert "送保密审查" in row.due_note
    assert "5个工作日" in row.due_note
    configure.save_settings(
        person=person(Role.SYSTEM_ADMIN),
        second_level=False,
        screen_days=2,
        clear_days=10,
        recheck_days=3,
        issue_days=2,
        id_mask="birth",
    )
    later = OpenTask.objects.get(page_id=office.screened("第二篇").pk)
    assert later.due_at is not None
    assert working_days_between(later.since, later.due_at, calendar()) == 10
    row.refresh_from_db()
    assert "5个工作日" in row.due_note, "what has come before keeps its deadline"


@pytest.mark.screens
@pytest.mark.django_db
def test_nothing_passes_by_itself_after_the_deadline(office: Office, client: Client) -> None:
    item = office.screened()
    row = OpenTask.objects.get(page_id=item.pk)
    long_ago = row.since - timedelta(days=60)
    OpenTask.objects.filter(pk=row.pk).update(due_at=long_ago)
    client.force_login(office.reviewer)
    page = client.get(reverse("review_queue", args=["clear"])).content.decode()
    assert "逾期" in page or "超期" in page
    assert not ItemPage.objects.get(pk=item.pk).live
    decide(item, office.reviewer)


@pytest.mark.screens
@pytest.mark.django_db
def test_reviewer_sees_what_changed_and_that_the_old_clearance_is_void(
    office: Office, client: Client
) -> None:
    configure.set_second_level(on=True, person=person(Role.SYSTEM_ADMIN))
    item = office.screened(body="甲地完成12个项目。")
    decide(item, office.reviewer)
    decide(item, person(Role.REVIEWER), Verdict.RETURN, "数字有误", resume="back")
    draft = Draft(
        title=item.title, form="news", body="<p>甲地完成13个项目。</p>", signatory=office.signatory
    )
    save_item(item_id=item.pk, person=fresh(office.officer), draft=draft)
    submit_item(item_id=item.pk, person=fresh(office.officer))
    decide(item, office.signatory)
    client.force_login(office.reviewer)
    page = client.get(reverse("review_decide", args=[task_of(item)])).content.decode()
    assert "文字已有改动" in page
    assert "<del>" in page
    assert "<ins>" in page
    paper = sheets.paper_of(ItemPage.objects.get(pk=item.pk))
    assert paper is not None
    assert paper.void


@pytest.mark.screens
@pytest.mark.django_db
def test_printing_for_the_office_and_for_the_own_unit_only(office: Office, client: Client) -> None:
    item = office.pooled("要打印审查表的稿件")
    office.pooled("同单位另一篇稿件")
    for who in (office.editor, office.reviewer, office.issuer):
        client.force_login(who)
        page = client.get(reverse("review_sheet", args=[item.pk])).content.decode()
        for part in ("保密审查表", "要打印审查表的稿件", str(office.unit), "主动公开", "电子文稿"):
            assert part in page
        for name in (office.officer, office.signatory, office.editor, office.reviewer):
            assert str(name) in page
    for who in (office.officer, office.signatory):
        client.force_login(who)
        assert (
            "打印保密审查表" in client.get(reverse("item_detail", args=[item.pk])).content.decode()
        )
        page = client.get(reverse("item_sheet", args=[item.pk])).content.decode()
        assert "要打印审查表的稿件" in page
        assert "同单位另一篇稿件" not in page
    for who in (Office().officer, office.editor, person(Role.LEADER)):
        client.force_login(who)
        assert client.get(reverse("item_sheet", args=[item.pk])).status_code == 404
    client.force_login(office.editor)
    unsent = office.screened()
    assert client.get(reverse("review_sheet", args=[unsent.pk])).status_code == 404


@pytest.mark.django_db
def test_ended_items_are_listed_and_taken_up_again(office: Office, client: Client) -> None:
    closed = office.signed("不采用的稿件")
    decide(closed, office.editor, Verdict.CLOSE, "同类已采用")
    refused = office.screened("不通过的稿件")
    decide(refused, office.reviewer, Verdict.REFUSE, "不宜公开")
    client.force_login(office.editor)
    page = client.get(reverse("review_closed")).content.decode()
    assert "不采用的稿件" in page
    assert "同类已采用" in page
    assert "不通过的稿件" not in page
    assert "没有标题含" in client.get(reverse("review_closed"), {"q": "无此题"}).content.decode()
    url = reverse("review_reopen", args=[closed.pk])
    assert "不采用的稿件" in client.get(url).content.decode()
    assert "请填写理由" in client.post(url, {"reason": ""}).content.decode()
    assert client.post(url, {"reason": "上级来要"}).status_code == 302
    assert OpenTask.objects.get(page_id=closed.pk).step == Step.SCREEN
    assert client.post(url, {"reason": "上级来要"}).status_code == 409
    assert client.get(url).status_code == 404
    other = reverse("review_reopen", args=[refused.pk])
    assert "保密审查员" in client.get(other).content.decode()
    assert client.post(other, {"reason": "可以改"}).status_code == 409
    client.force_login(office.reviewer)
    assert client.post(other, {"reason": "删去后可报"}).status_code == 302


@pytest.mark.django_db
def test_settings_page(client: Client) -> None:
    admin = person(Role.SYSTEM_ADMIN)
    client.force_login(admin)
    url = reverse("review_settings")
    assert "审核设置" in client.get(url).content.decode()
    values = {"screen_days": 3, "clear_days": 7, "recheck_days": 3, "issue_days": 2}
    wrong = client.post(url, {**values, "clear_days": 0, "id_mask": "birth"})
    assert "没有保存" in wrong.content.decode()
    answer = client.post(url, {**values, "id_mask": "middle", "second_level": "on"})
    assert answer.status_code == 302
    row = ReviewSettings.current()
    assert (row.clear_days, row.id_mask) == (7, "middle")
    assert row.history.first().history_user == admin
    assert queries.second_level()
    client.force_login(person(Role.EDITOR))
    assert client.get(url).status_code != 200
