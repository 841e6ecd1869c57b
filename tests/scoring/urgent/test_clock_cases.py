"""Every published rule table against cases that were reckoned by hand, and what clocks say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from infoflow.worktime.terms import Kind, Term
from scoring.urgent.presets import presets
from scoring.urgent.rules_clocks import (
    Channel,
    Clock,
    RuleRow,
    Start,
    Step,
    Verdict,
    clocks_of,
    missing_followups,
)
from scoring.urgent.rules_grades import Grade

from .moments import at, facts, preset

WORDS = {"按时": Verdict.ON_TIME, "迟": Verdict.LATE, "未到": Verdict.OPEN, "待定": Verdict.UNKNOWN}
STEPS = {"首": Step.FIRST, "详": Step.DETAIL, "续": Step.FOLLOWUP, "终": Step.FINAL}
CHANNELS = {"电": Channel.PHONE, "书": Channel.WRITTEN, "任": Channel.ANY}


def expected(line: str) -> tuple[str, str, object, Verdict, int]:
    """Read "首电 14:18 迟3"."""
    what, due, verdict = line.split()
    late = int(verdict[1:]) if verdict.startswith("迟") and verdict[1:] else 0
    word = "迟" if verdict.startswith("迟") else verdict
    return STEPS[what[0]], CHANNELS[what[1]], at(due), WORDS[word], late


def seen(clock: Clock) -> tuple[str, str, object, Verdict, int]:
    return clock.step, clock.channel, clock.due_at, clock.verdict, clock.late_minutes


P, C18, C2H, C30, C20, C07 = (
    "province-2021", "county-2018", "city-2h", "city-30m", "city-2020", "city-2007",
)  # fmt: skip
# preset, moments, asked at, clocks in the order in which they are due
CASES = [
    # A province 2021: 15 + 35 minutes, 1 h, 6 h, follow-ups before 08:00 and 17:00.
    (P, "重大 事发14:00 获悉14:03", "14:10", "首电 14:18 未到|首书 14:38 未到"),
    (P, "重大 事发14:00 获悉14:03", "14:18", "首电 14:18 未到|首书 14:38 未到"),
    (P, "重大 事发14:00 获悉14:03", "14:18:01", "首电 14:18 迟|首书 14:38 未到"),
    (P, "特大 获悉14:03 电话14:18 书面14:38", "15:00",
     "首电 14:18 按时|首书 14:38 按时|续书 17:00 未到"),
    (P, "特大 获悉14:03 电话14:18:01 书面14:41:00", "15:00",
     "首电 14:18 迟1|首书 14:38 迟3|续书 17:00 未到"),
    (P, "较大 获悉23:50 书面4日00:50", "4日01:00", "首任 4日00:50 按时|续书 4日08:00 未到"),
    (P, "较大 获悉14:00 电话14:20 书面15:30", "16:00", "首任 15:00 按时|续书 17:00 未到"),
    (P, "一般 获悉14:00", "20:00", "首任 20:00 未到"),
    (P, "一般 获悉14:00 书面20:00:01", "20:30", "首任 20:00 迟1|续书 4日08:00 未到"),
    # Sensitive: 一般 is reported as 较大.
    (P, "一般 敏感 获悉14:00 电话15:00", "15:10", "首任 15:00 按时|续书 17:00 未到"),
    (P, "一般 敏感 获悉14:00 电话15:01", "15:10", "首任 15:00 迟1|续书 17:00 未到"),
    # Follow-ups: one in time, one late, one missing; none owed before the first report is due.
    (P, "较大 获悉14:00 电话14:20 续17:00 续4日08:30", "4日18:00",
     "首任 15:00 按时|续书 17:00 按时|续书 4日08:00 迟30|续书 4日17:00 迟|续书 5日08:00 未到"),
    (P, "一般 获悉16:00 电话16:05", "17:30", "首任 22:00 按时|续书 4日08:00 未到"),
    (P, "重大 获悉16:50 电话16:55 书面17:10", "17:20",
     "首电 17:05 按时|首书 17:25 按时|续书 4日08:00 未到"),
    # Nearer to the slot that comes than to the one that was missed: it answers the coming one.
    (P, "较大 获悉05:00 电话05:10 续16:50", "16:55",
     "首任 06:00 按时|续书 08:00 迟|续书 17:00 按时|续书 4日08:00 未到"),
    # With the final report, or with the end, no further one is owed.
    (P, "较大 获悉14:00 电话14:20 续17:00 终报4日07:00", "9日12:00",
     "首任 15:00 按时|续书 17:00 按时"),
    (P, "较大 获悉14:00 电话14:20 终报18:00", "9日12:00", "首任 15:00 按时|续书 17:00 迟60"),
    (P, "较大 获悉14:00 电话14:20 结束16:59", "9日12:00", "首任 15:00 按时"),
    # No follow-up is owed while there is no first report.
    (P, "较大 获悉14:00", "9日12:00", "首任 15:00 迟"),
    # The grade is not known: nobody is late by a limit that may not hold.
    (P, "获悉14:00 电话14:10 书面14:30", "14:40",
     "首电 14:15 按时|首书 14:35 按时|首任 15:00 按时|续书 17:00 未到|续书 4日08:00 未到"),
    (P, "获悉14:00", "14:20", "首电 14:15 待定|首书 14:35 未到|首任 15:00 未到"),
    # A county 2018: 20 + 40 minutes, whatever the grade.
    (C18, "获悉14:00 电话14:20 书面14:40", "15:00", "首电 14:20 按时|首书 14:40 按时"),
    (C18, "重大 获悉14:00 电话14:21 书面14:41", "15:00", "首电 14:20 迟1|首书 14:40 迟1"),
    (C18, "一般 获悉2026-02-16T23:45 电话2026-02-17T00:05 书面2026-02-17T00:26",
     "2026-02-17T01:00", "首电 2026-02-17T00:05 按时|首书 2026-02-17T00:25 迟1"),
    # Paper does not answer for the phone.
    (C18, "一般 获悉14:00 书面14:10", "14:30", "首电 14:20 迟|首书 14:40 按时"),
    # Here an incomplete report with its reason does not do; what completes it does.
    (C18, "一般 获悉14:00 电话14:05 书面14:30 不全", "15:00", "首电 14:20 按时|首书 14:40 迟"),
    (C18, "一般 获悉14:00 电话14:05 书面14:30 不全 续14:40", "15:00",
     "首电 14:20 按时|首书 14:40 按时"),
    (C18, "一般 获悉14:00 电话14:05 书面14:30 不全 续15:00", "15:00",
     "首电 14:20 按时|首书 14:40 迟20"),
    # A city: 2 h for 较大 and above, incomplete in time with the reason satisfies.
    (C2H, "较大 获悉14:00 书面16:00 不全", "17:00", "首任 16:00 按时"),
    (C2H, "较大 获悉14:00 书面16:00:01 不全", "17:00", "首任 16:00 迟1"),
    (C2H, "一般 获悉14:00", "23:00", ""),
    (C2H, "一般 敏感 获悉14:00", "23:00", "首任 16:00 迟"),
    # 一般 has no limit there: without a grade it is not said to be late.
    (C2H, "获悉14:00", "23:00", "首任 16:00 待定"),
    (C2H, "敏感 获悉14:00", "23:00", "首任 16:00 迟"),
    # Another city: 30 minutes for the main facts, 2 h for the detail.
    (C30, "一般 获悉14:00 电话14:30 书面16:00", "17:00", "首任 14:30 按时|详书 16:00 按时"),
    (C30, "一般 获悉14:00 电话14:30:01", "15:00", "首任 14:30 迟1|详书 16:00 未到"),
    (C30, "一般 获悉14:00 书面14:20 不全", "16:30", "首任 14:30 按时|详书 16:00 迟"),
    (C30, "一般 获悉14:00 书面14:20 不全 续16:10", "16:30", "首任 14:30 按时|详书 16:00 迟10"),
    (C30, "一般 获悉14:00 书面14:20", "16:30", "首任 14:30 按时|详书 16:00 按时"),
    # A city 2020: 30 minutes from the event, 1 h from learning of it, 2 h.
    (C20, "重大 事发14:00 获悉14:25 电话14:31", "15:00", "首任 14:30 迟1"),
    (C20, "较大 事发14:00 获悉14:25 电话15:25", "16:00", "首任 15:25 按时"),
    (C20, "一般 事发14:00 获悉14:25 电话16:25:01", "17:00", "首任 16:25 迟1"),
    (C20, "一般 敏感 事发14:00 获悉14:25 电话15:26", "17:00", "首任 15:25 迟1"),
    # The moment of the event is not known: from learning of it.
    (C20, "重大 获悉14:25 电话14:55", "15:00", "首任 14:55 按时"),
    # A grade may still change which limit holds.
    (C20, "事发14:00 获悉14:25 电话14:29", "15:00", "首任 14:30 按时"),
    (C20, "事发14:00 获悉14:25 电话14:31", "15:00", "首任 14:30 待定"),
    (C20, "事发14:00 获悉14:25 电话16:30", "17:00", "首任 14:30 迟5"),
    # A city 2007: 24 h for 一般, across a day and a month.
    (C07, "一般 获悉14:00 书面4日14:00", "9日10:00", "首任 4日14:00 按时"),
    (C07, "一般 获悉14:00 书面4日14:00:01", "9日10:00", "首任 4日14:00 迟1"),
    (C07, "一般 获悉2026-12-31T20:00 书面2027-01-01T21:30", "2027-01-02T08:00",
     "首任 2027-01-01T20:00 迟90"),
    (C07, "较大 获悉14:00", "9日10:00", ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "moments", "asked", "lines"), CASES)
def test_cases(code: str, moments: str, asked: str, lines: str) -> None:
    clocks = clocks_of(facts(moments), preset(code), as_of=at(asked))
    wanted = [expected(line) for line in lines.split("|") if line]
    assert [seen(clock) for clock in clocks] == wanted


@pytest.mark.parametrize(
    ("code", "moments", "asked", "sentences"),
    [
        (P, "重大 事发14:00 获悉14:03 电话14:10 书面14:40:30", "15:00", [
            "省级（某省紧急信息报送规定（2021年））：重大，首报（电话），获悉后15分钟内。"
            "6月3日（周三）14:03获悉，14:18截止；14:10报告，按时。",
            "省级（某省紧急信息报送规定（2021年））：重大，首报（书面），获悉后35分钟内。"
            "6月3日（周三）14:03获悉，14:38截止；14:40:30报告，迟报3分钟（不足1分钟按1分钟计）。",
            "省级（某省紧急信息报送规定（2021年））：续报，每日08:00、17:00前。"
            "6月3日（周三）17:00截止；尚未报告。",
        ]),
        (C20, "重大 约 事发14:00 获悉14:03", "15:00", [
            "市级（某市紧急信息报送规定（2020年））：重大，首报，事发后30分钟内，事发时间为大约时间。"
            "6月3日（周三）14:00事发，14:30截止；已过时限，尚未报告。",
        ]),
        (C20, "重大 获悉14:03 电话14:05", "15:00", [
            "市级（某市紧急信息报送规定（2020年））：重大，首报，事发后30分钟内，"
            "事发时间不明，按获悉时间起算。6月3日（周三）14:03获悉，14:33截止；14:05报告，按时。",
        ]),
        (C20, "一般 敏感 事发23:00 获悉23:30 电话4日00:10", "4日01:00", [
            "市级（某市紧急信息报送规定（2020年））：较大，首报，获悉后1小时内，"
            "涉及敏感因素，不论级别按较大报告。6月3日（周三）23:30获悉，6月4日00:30截止；"
            "00:10报告，按时。",
        ]),
        (C2H, "较大 获悉14:00 书面15:59 不全", "17:00", [
            "市级（某市紧急信息报送规定）：较大，首报，获悉后2小时内。6月3日（周三）14:00获悉，"
            "16:00截止；15:59报告，内容不完整但已写明原因，按规定可以，按时。",
        ]),
        (C18, "获悉14:00 电话14:10 书面14:30 不全", "15:00", [
            "县级（某县紧急信息报送规定（2018年））：首报（电话），获悉后20分钟内。"
            "6月3日（周三）14:00获悉，14:20截止；14:10报告，按时。",
            "县级（某县紧急信息报送规定（2018年））：首报（书面），获悉后40分钟内。"
            "6月3日（周三）14:00获悉，14:40截止；已过时限，报告不完整，尚未补全。",
        ]),
        (C20, "事发14:00 获悉14:25 电话14:31", "15:00", [
            "市级（某市紧急信息报送规定（2020年））：重大，首报，事发后30分钟内。"
            "6月3日（周三）14:00事发，14:30截止（级别未定，暂按最严的时限）；"
            "14:31报告，级别不同结论不同，定级后判定。",
        ]),
        (C07, "一般 获悉2026-12-31T20:00", "2027-01-02T08:00", [
            "市级（某市紧急信息报送规定（2007年））：一般，首报，获悉后24小时内。"
            "12月31日（周四）20:00获悉，2027年1月1日20:00截止；已过时限，尚未报告。",
        ]),
    ],
)  # fmt: skip
def test_sentences(code: str, moments: str, asked: str, sentences: list[str]) -> None:
    clocks = clocks_of(facts(moments), preset(code), as_of=at(asked))
    assert [clock.sentence for clock in clocks] == sentences


@pytest.mark.parametrize("code", [c for c, table in presets().items() if table.rules])
def test_every_limit_to_the_second(code: str) -> None:
    """On the limit is on time; a second later is a minute late, and so is a whole minute."""
    event = facts("事发14:00 获悉14:03 接报14:05")
    for row in preset(code):
        if row.limit is None:
            continue
        fitting = replace(event, grade=row.grade)
        due = next(
            c.due_at for c in clocks_of(fitting, preset(code), as_of=None) if c.rule_id == row.id
        )
        for seconds, verdict, late in (
            (0, Verdict.ON_TIME, 0), (1, Verdict.LATE, 1), (60, Verdict.LATE, 1),
            (61, Verdict.LATE, 2),
        ):  # fmt: skip
            moment = due + timedelta(seconds=seconds)
            told = replace(fitting, phone_at=moment, written_at=moment)
            clock = next(
                c for c in clocks_of(told, preset(code), as_of=None) if c.rule_id == row.id
            )
            assert (clock.verdict, clock.late_minutes) == (verdict, late)


def test_parts_of_a_second_make_nobody_late() -> None:
    part = timedelta(microseconds=999_999)
    event = replace(facts("重大 获悉14:00"), phone_at=at("14:15") + part)
    clocks = clocks_of(event, preset(P), as_of=at("14:35") + part)
    assert [clock.verdict for clock in clocks[:2]] == [Verdict.ON_TIME, Verdict.OPEN]
    event = replace(facts("较大 获悉14:00 电话14:10"), followups=(at("17:00") + part,))
    assert clocks_of(event, preset(P), as_of=None)[1].verdict is Verdict.ON_TIME


def rule(number: int, **values: object) -> RuleRow:
    known: dict[str, object] = {
        "id": number, "jurisdiction": "市", "step": Step.FIRST, "channel": Channel.ANY,
        "limit": Term(Kind.HOURS, 1), "start": Start.LEARNED, "valid_from": date(2020, 1, 1),
    }  # fmt: skip
    return RuleRow(**{**known, **values})  # type: ignore[arg-type]


def test_the_rule_of_the_day_decides_whenever_it_is_asked() -> None:
    old = rule(1, valid_to=date(2026, 6, 3))
    new = rule(2, limit=Term(Kind.MINUTES, 10), valid_from=date(2026, 6, 4))
    event = facts("一般 事发23:50 获悉4日00:05 电话4日00:30")
    for asked in ("4日01:00", "2027-06-04T08:00"):
        (clock,) = clocks_of(event, [old, new], as_of=at(asked))
        assert (clock.rule_id, clock.verdict) == (1, Verdict.ON_TIME)
    (clock,) = clocks_of(replace(event, happened_at=at("4日00:00")), [old, new], as_of=None)
    assert (clock.rule_id, clock.late_minutes) == (2, 15)


def test_several_jurisdictions_run_beside_each_other_and_the_fuller_rule_stands_first() -> None:
    rows = [
        rule(1),
        rule(2, jurisdiction="县", limit=Term(Kind.MINUTES, 20)),
        rule(3, grade=Grade.MAJOR, limit=Term(Kind.MINUTES, 30)),
        rule(4, cls="group", limit=Term(Kind.MINUTES, 40)),
        rule(5, sensitive=True, limit=Term(Kind.MINUTES, 5)),
    ]
    cases = {
        "一般 获悉14:00": [2, 1],
        "重大 获悉14:00": [2, 3],
        "重大 敏感 获悉14:00": [5, 2],
    }
    for moments, ids in cases.items():
        assert [c.rule_id for c in clocks_of(facts(moments), rows, as_of=None)] == ids
    group = facts("重大 敏感 获悉14:00", cls="group")
    assert [c.rule_id for c in clocks_of(group, rows, as_of=None)] == [2, 4]


def test_a_limit_that_is_added_to_another_report() -> None:
    rows = [
        rule(1, channel=Channel.PHONE, limit=Term(Kind.MINUTES, 15)),
        rule(2, channel=Channel.WRITTEN, limit=Term(Kind.MINUTES, 35), after_step=Step.FIRST),
        rule(3, step=Step.FINAL, limit=Term(Kind.DAYS, 7), after_step="ended"),
    ]
    # From the call, or from its limit when it was late or did not come.
    for moments, due in (
        ("获悉14:00 电话14:05", "14:40"),
        ("获悉14:00 电话14:30", "14:50"),
        ("获悉14:00", "14:50"),
    ):
        clocks = clocks_of(facts(moments), rows, as_of=None)
        assert [clock.due_at for clock in clocks] == [at("14:15"), at(due)]
    final = clocks_of(facts("获悉14:00 电话14:05 结束18:00 终报9日10:00"), rows, as_of=None)[-1]
    assert (final.due_at, final.verdict) == (at("10日18:00"), Verdict.ON_TIME)
    called, silent = (
        clocks_of(facts(text), rows, as_of=None)[1].sentence
        for text in ("获悉14:00 电话14:05", "获悉14:00")
    )
    assert "首报（电话）后35分钟内。6月3日（周三）14:05首报（电话），14:40截止" in called
    assert "首报（电话）时限后35分钟内。6月3日（周三）14:15首报（电话）时限" in silent
    # A rule after a step that no rule asks for has no clock.
    assert clocks_of(facts("获悉14:00"), rows[1:2], as_of=None) == []


def test_follow_ups_by_the_hour() -> None:
    rows = [rule(1), rule(2, step=Step.FOLLOWUP, limit=Term(Kind.HOURS, 2))]
    event = facts("一般 获悉14:00 电话14:10 续16:00 续18:30")
    assert missing_followups(event, rows, at("20:30")) == [at("20:10")]
    late = [c.late_minutes for c in clocks_of(event, rows, as_of=at("20:30"))]
    assert late == [0, 0, 20, 0, 0]


def test_an_event_that_nobody_reported() -> None:
    event = facts("重大 事发14:00")
    (clock,) = clocks_of(event, preset(C20), as_of=at("15:00"))
    assert clock.verdict is Verdict.LATE
    (clock,) = clocks_of(facts("较大 事发14:00"), preset(C20), as_of=at("15:00"))
    assert "获悉时间不明，按事发时间起算" in clock.sentence
    with pytest.raises(ValueError, match="neither"):
        facts("较大")


def test_rules_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="natural"):
        rule(1, limit=Term(Kind.WORKING_DAYS, 1))
    with pytest.raises(ValueError, match="neither"):
        rule(1, limit=None)
