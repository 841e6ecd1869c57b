"""The numbers of urgent reports: each event once, by the gravest; tables, sentences, Excel."""

from __future__ import annotations

import io
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from infoflow.papers.xlsx import write_workbook
from scoring.urgent.rules_clocks import clocks_of
from scoring.urgent.rules_grades import Grade
from scoring.urgent.rules_statistics import (
    Outcome,
    Result,
    headings,
    sentences_of,
    sheets_of,
    statistics_of,
    table_of,
)
from tests.properties import examples

from .moments import at, facts, preset

LABELS = {"omitted": "漏报", "concealed": "瞒报"}


def outcome(unit: str, moments: str, **values: object) -> Outcome:
    event = facts(moments)
    known: dict[str, object] = {
        "number": "紧急〔2026〕1号",
        "unit_id": ord(unit[0]),
        "unit": unit,
        "grade": event.grade,
        "reported": event.first_at is not None,
        "clocks": tuple(clocks_of(event, preset("province-2021"), as_of=at("5日12:00"))),
    }
    return Outcome(**{**known, **values})  # type: ignore[arg-type]


ON_TIME = "较大 获悉14:00 电话14:20 结束16:00"
LATE = "较大 获悉14:00 电话15:12 结束16:00"
NEVER = "较大 获悉14:00"
PARTLY = "较大 获悉14:00 电话14:20 结束4日16:00"
UNDECIDED = "获悉14:00 电话14:20 结束16:00"


def events() -> list[Outcome]:
    return [
        outcome("乙镇", LATE, ahead=25, number="紧急〔2026〕2号"),
        outcome("乙镇", "重大 获悉14:00 电话14:20 书面14:30 结束16:00"),
        outcome("乙镇", "较大 获悉14:00 电话15:05 结束16:00"),
        outcome("甲县", ON_TIME),
        outcome("甲县", NEVER, findings=("concealed",), online=True, number="紧急〔2026〕5号"),
        outcome("甲县", PARTLY),
        outcome("丙局", UNDECIDED),
        outcome("丙局", ON_TIME, clocks=()),
        outcome("丙局", LATE, ahead=40, number="紧急〔2026〕9号"),
    ]


def test_each_event_counts_once_by_the_gravest() -> None:
    results = [event.result for event in events()]
    late, on_time = Result.LATE, Result.ON_TIME
    assert results == [
        late, late, late, on_time, Result.UNREPORTED, Result.PARTLY,
        Result.UNDECIDED, Result.UNRULED, late,
    ]  # fmt: skip
    found = statistics_of(events(), LABELS)
    assert [(row.unit, row.grade) for row in found.rows] == [
        ("乙镇", Grade.MAJOR), ("乙镇", Grade.SERIOUS), ("甲县", Grade.SERIOUS),
        ("丙局", Grade.SERIOUS), ("丙局", None),
    ]  # fmt: skip
    assert (found.total.events, found.total.late_minutes, found.total.missing) == (9, 34, 3)


def test_what_the_letter_says() -> None:
    assert sentences_of(statistics_of(events(), LABELS)) == [
        "共有紧急信息9件：按时1件，迟报4件，未报1件，缺报1件，待定1件，无时限1件。",
        "未报：甲县1件。",
        "迟报：乙镇3件（最长迟12分钟），丙局1件（最长迟12分钟）。",
        "缺报：甲县1件。",
        "丙局紧急〔2026〕9号网络先于报告40分钟，乙镇紧急〔2026〕2号网络先于报告25分钟。",
        "网上已有而没有报告：甲县紧急〔2026〕5号。",
        "经核查认定：瞒报1件。",
    ]
    assert sentences_of(statistics_of([], LABELS)) == []


def test_table_and_workbook() -> None:
    found = statistics_of(events(), LABELS)
    table = table_of(found)
    assert table.rows[-1][:5] == ("合计", "", "9", "1", "4")
    out = io.BytesIO()
    write_workbook(sheets_of(found, title="紧急信息", note="2026年6月"), out)
    book = load_workbook(out)
    numbers, each = book.worksheets
    assert [c.value for c in numbers[3]][:3] == ["单位", "级别", "件数"]
    assert [c.value for c in numbers[numbers.max_row]][2:5] == [9, 1, 4]
    assert each.max_row == 4 + 9
    assert "迟报12分钟" in each.cell(5, 9).value


@given(st.lists(st.sampled_from(range(9)), max_size=12))
@examples(10)
def test_rows_add_up_to_the_total(picked: list[int]) -> None:
    every = events()
    found = statistics_of([every[n] for n in picked], LABELS)
    summed: Counter[Result] = Counter()
    for row in found.rows:
        summed.update(row.count.results)
    assert summed == found.total.results
    assert found.total.events == len(picked)
    assert found.total.missing == sum(row.count.missing for row in found.rows)
    table = table_of(found)
    assert table.headings[:6] == headings(LABELS)[:6]
    assert all(len(row) == len(table.headings) for row in table.rows)
    assert all(table.rows[-1][6:])
