"""The office's pages of the rule table: editors keep it, and the past stays as it was judged."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from cms.review.actions import Refused
from infoflow.units.roles import Role
from scoring.urgent import actions_rules as actions
from scoring.urgent.models import UrgentEvent
from scoring.urgent.models_rules import GradeThreshold, UrgentRule, rule_rows, threshold_rows
from scoring.urgent.presets import presets
from scoring.urgent.rules_clocks import clocks_of
from tests.builders import person, refusal_under_office, unit

from .moments import at, facts

TODAY = timezone.localdate()


@pytest.fixture
def editor(db: None) -> Client:
    client = Client()
    client.force_login(person(Role.EDITOR))
    return client


def load(code: str, since: date = date(2020, 1, 1), jurisdiction: str = "本市") -> int:
    return actions.load_preset(
        code=code,
        jurisdiction=jurisdiction,
        document="本市办法",
        valid_from=since,
        person=person(Role.EDITOR),
    )


def event(happened: datetime) -> UrgentEvent:
    """An event as the room keeps it; how it is reported is tried elsewhere."""
    made: UrgentEvent = UrgentEvent.objects.create(
        year=happened.year,
        number=UrgentEvent.objects.count() + 1,
        unit=unit(),
        origin="unit",
        what="试",
        place="试",
        happened_at=happened,
        opened_by=person(Role.EDITOR),
    )
    return made


def data_of(rule: UrgentRule, **changes: object) -> dict[str, object]:
    names = (
        "jurisdiction", "document", "cls", "grade", "sensitive", "step", "channel",
        "limit_amount", "limit_kind", "start", "after_step", "slots", "valid_from", "valid_to",
    )  # fmt: skip
    values = {name: getattr(rule, name) for name in names}
    return {n: "" if v is None else v for n, v in {**values, **changes}.items()}


@pytest.mark.screens
def test_every_preset_is_shown_whole_and_loaded_as_it_stands(editor: Client) -> None:
    listed = editor.get("/office/urgent-rules/presets/").content.decode()
    for number, (code, preset) in enumerate(presets().items()):
        assert preset.name in listed
        address = f"/office/urgent-rules/presets/?code={code}"
        page = editor.get(address).content.decode()
        count = len(preset.rules) + len(preset.thresholds)
        assert f"载入这 {count} 条" in page
        before = len(rule_rows()) + len(threshold_rows())
        data = {
            "jurisdiction": f"第{number}级",
            "document": "本地文件",
            "valid_from": "2020-01-01",
        }
        assert editor.post(address, data).status_code == 302
        assert len(rule_rows()) + len(threshold_rows()) == before + count
        # A second time nothing is loaded, and it is said why.
        again = editor.post(address, data)
        assert again.status_code == 422
        assert "与已有的一条重叠" in again.content.decode()
        assert len(rule_rows()) + len(threshold_rows()) == before + count
        loaded = [row for row in rule_rows() if row.jurisdiction == f"第{number}级"]
        moment = facts("重大 事发14:00 获悉14:03 电话14:10", cls="accident")
        wanted = clocks_of(moment, preset.rules, as_of=None) if preset.rules else []
        found = clocks_of(moment, loaded, as_of=None)
        assert [c.due_at for c in found] == [c.due_at for c in wanted]
    assert editor.get("/office/urgent-rules/presets/?code=nothing").status_code == 404


@pytest.mark.screens
def test_a_rule_is_added_corrected_and_its_faults_are_named(editor: Client) -> None:
    blank = UrgentRule(
        jurisdiction="本县", document="办法", step="first", channel="phone", limit_amount=20,
        limit_kind="minutes", start="learned", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    add = "/office/urgent-rules/new/"
    assert editor.post(add, data_of(blank)).status_code == 302
    rule = UrgentRule.objects.get()
    assert rule.words == "首报（电话），获悉后20分钟内"
    page = editor.get("/office/urgent-rules/").content.decode()
    assert "本县：首报（电话），获悉后20分钟内" in page
    edit = f"/office/urgent-rules/edit/{rule.pk}/"
    assert editor.post(edit, data_of(rule, limit_amount=15)).status_code == 302
    assert rule.history.count() == 2
    assert rule.history.first().history_user is not None
    faults: dict[str, dict[str, object]] = {
        "与已有的一条重叠": {},
        "施行止早于施行起": {"valid_to": "2025-12-31"},
        "每日时点只用于续报": {"slots": "08:00"},
        "请填写时限": {"limit_amount": ""},
        "续报间隔不能少于10分钟": {"step": "followup", "limit_amount": 5},
        "时限和每日时点只填一项": {"step": "followup", "slots": "08:00"},
        "请填写钟点": {"step": "followup", "limit_amount": "", "slots": "早上"},
        "不能接在同一种报告之后": {"step": "detail", "after_step": "detail"},
        "没有保存": {"document": "绝密★1年"},
    }
    for told, changes in faults.items():
        answer = editor.post(add, data_of(blank, **changes))
        text = answer.content.decode()
        assert (told in text) or (answer.status_code == 422 and "密级" in text), told
    assert UrgentRule.objects.count() == 1
    # An empty form is asked for what it lacks.
    for address in (add, edit):
        assert "请选择" in editor.post(address, {}).content.decode()
    slots = {"step": "followup", "limit_amount": "", "slots": "17:00，8：00", "channel": "written"}
    assert editor.post(add, data_of(blank, **slots)).status_code == 302
    assert UrgentRule.objects.get(step="followup").slots == "08:00、17:00"


def test_what_has_judged_is_ended_and_replaced_never_edited(editor: Client) -> None:
    load("county-2018")
    happened = timezone.now() - timedelta(days=3)
    event(happened)
    rule = UrgentRule.objects.get(channel="phone")
    edit = f"/office/urgent-rules/edit/{rule.pk}/"
    # The form leaves nothing open but the last day; what is posted beside it is not taken.
    assert "内容不能再改" in editor.get(edit).content.decode()
    editor.post(edit, data_of(rule, limit_amount=5))
    rule.refresh_from_db()
    assert rule.limit_amount == 20
    rule.limit_amount = 5
    with pytest.raises(ValidationError, match="内容不能再改"):
        actions.save_row(row=rule, person=person(Role.EDITOR))
    rule.refresh_from_db()
    # Not ended before the day of the event either.
    answer = editor.post(edit, data_of(rule, valid_to=TODAY - timedelta(days=5)))
    assert "施行止请填" in answer.content.decode()
    rule.refresh_from_db()
    assert rule.valid_to is None
    before = clocks_of(facts(f"事发{happened:%Y-%m-%dT%H:%M}"), rule_rows(), as_of=None)
    # Replaced: the old one ends on the day before, in one act.
    replace = f"/office/urgent-rules/replace/{rule.pk}/"
    tomorrow = TODAY + timedelta(days=1)
    assert f'value="{tomorrow.isoformat()}"' in editor.get(replace).content.decode()
    early = editor.post(replace, data_of(rule, limit_amount=5, valid_from=TODAY - timedelta(4)))
    assert early.status_code == 200
    assert UrgentRule.objects.count() == 2
    done = editor.post(replace, data_of(rule, limit_amount=5, valid_from=tomorrow))
    assert done.status_code == 302
    rule.refresh_from_db()
    assert rule.valid_to == TODAY
    assert UrgentRule.objects.get(valid_from=tomorrow).limit_amount == 5
    after = clocks_of(facts(f"事发{happened:%Y-%m-%dT%H:%M}"), rule_rows(), as_of=None)
    assert [(c.due_at, c.sentence) for c in after] == [(c.due_at, c.sentence) for c in before]
    # An ended row is not lengthened over days that have judged.
    event(timezone.now())
    with pytest.raises(ValidationError, match="已有紧急信息"):
        load("county-2018", since=TODAY, jurisdiction="本县")
    assert load("county-2018", since=tomorrow, jurisdiction="本县") == 2


def test_an_empty_table_may_be_filled_for_events_that_are_there(editor: Client) -> None:
    event(timezone.now() - timedelta(days=3))
    assert load("county-2018") == 2
    with pytest.raises(ValidationError, match="已有紧急信息"):
        load("city-2h")


@pytest.mark.screens
def test_the_trial_shows_clocks_and_stores_nothing(editor: Client) -> None:
    address = "/office/urgent-rules/trial/"
    assert "什么也不保存" in editor.get(address).content.decode()
    moments = {
        "table": "province-2021",
        "cls": "accident",
        "grade": "major",
        "happened_at": "2026-06-03T14:00",
        "learned_at": "2026-06-03T14:03",
        "phone_at": "2026-06-03T14:10",
        "written_at": "2026-06-03T14:40:30",
        "followups": "2026-06-03 17:00\n2026-06-04 08:20",
        "as_of": "2026-06-04T18:00",
    }
    page = editor.get(address, moments).content.decode()
    for told in ("迟报3分钟", "迟报20分钟", "已过时限，尚未报告", "14:10报告，按时"):
        assert told in page
    empty = editor.get(address, {**moments, "table": ""}).content.decode()
    assert "这样的事件没有时限" in empty
    for changes, told in (
        ({"phone_at": "2026-06-03T13:00"}, "电话报告时间6月3日13:00早于获悉时间14:03"),
        ({"happened_at": "", "learned_at": ""}, "请至少填一个"),
        ({"followups": "2026-06-03 17:00\n明天"}, "第2行不是时间"),
        ({"learned_at": "昨天"}, "时间不正确"),
        ({"as_of": "9999-12-31T00:00"}, "已过时限，尚未报告"),
    ):
        assert told in editor.get(address, {**moments, **changes}).content.decode()
    assert not UrgentRule.objects.exists()
    assert not UrgentEvent.objects.exists()


@pytest.mark.screens
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.REVIEWER, Role.SCORER, Role.OFFICER])
def test_nobody_else_keeps_them(db: None, role: Role) -> None:
    other = person(role, at=unit())
    client = Client()
    client.force_login(other)
    for page in ("", "new/", "presets/", "trial/"):
        assert client.get(f"/office/urgent-rules/{page}").status_code == refusal_under_office(role)
    with pytest.raises(Refused):
        actions.load_preset(
            code="city-2h", jurisdiction="市", document="文", valid_from=TODAY, person=other
        )
    assert not UrgentRule.objects.exists()


@pytest.mark.screens
def test_a_threshold_is_kept_the_same_way(editor: Client) -> None:
    load("grades-493", since=date(2007, 6, 1), jurisdiction="国家")
    row = GradeThreshold.objects.get(measure="dead", grade="serious")
    assert row.words == "生产安全事故，死亡3人以上为较大"
    assert "死亡3人以上为较大" in editor.get("/office/grade-thresholds/").content.decode()
    assert editor.get(f"/office/grade-thresholds/edit/{row.pk}/").status_code == 200
    assert editor.get(f"/office/grade-thresholds/replace/{row.pk}/").status_code == 200


@pytest.mark.screens
def test_a_list_of_rules_costs_the_same(editor: Client, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    load("county-2018")
    with django_assert_max_num_queries(25) as few:
        editor.get("/office/urgent-rules/")
    for number in range(20):
        load("province-2021", jurisdiction=f"第{number}级")
    with django_assert_max_num_queries(len(few)):
        editor.get("/office/urgent-rules/")


def test_moments_of_an_event_follow_the_rules_of_its_day(db: None) -> None:
    load("county-2018", since=date(2026, 6, 4))
    rows = rule_rows()
    assert clocks_of(facts("事发3日23:59"), rows, as_of=None) == []
    assert len(clocks_of(facts("事发4日00:00"), rows, as_of=at("4日00:30"))) == 2
