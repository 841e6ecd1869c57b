"""A scheme with a clause that can never do anything is refused with the clause's number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scoring.schemes.checks import begins_within, faults_of, tables_used
from scoring.schemes.engine import Clause

from .helpers import clause, spec, table

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
FLAG = {"when": "below", "bar": "6", "flag": "不达标"}


class Speeches:
    """An exclusion as clauses offer it to the check."""

    block_type = "shut"
    block_id = "shut"

    def __init__(self, **which: Any) -> None:
        from scoring.schemes.which import Which

        self.which = Which.from_config(which)

    @classmethod
    def from_config(cls, block_id, config):
        return cls()

    def apply(self, context):
        return ()

    def excludes(self, context):
        return set()

    def describe(self):
        return []


def messages(*clauses: Clause, days: tuple[date, date | None] = YEAR, **more: Any) -> list[str]:
    return [f"{f.number} {f.message}" for f in faults_of(spec(*clauses, **more), *days)]


def base(name: str = "基础分") -> Clause:
    return clause("base", name, points="6")


@pytest.mark.parametrize(
    "clauses",
    [
        (table(adoption="4"), clause("cap", most="8")),
        (base(), table(adoption="4"), clause("cap", most="8", whose={"clauses": "采用分、基础分"})),
        (clause("target", number="4", shortfall="each", points="1"),),
        (base(), clause("target", number="4", shortfall="base", base="基础分")),
        (table(adoption="4"), clause("total_flag", **FLAG), clause("conversion", factor="1")),
        (clause("rate_gate", percent="30", points="1"),),
        (clause("strike", times=2, way="flag", flag="取消评先"),),
    ],
)
def test_schemes_that_can_work(clauses: tuple[Clause, ...]) -> None:
    assert messages(*clauses) == []


@pytest.mark.parametrize(
    ("clauses", "found"),
    [
        ((clause("cap", most="8"),), ["1 前面没有计分的条款"]),
        ((clause("mean"), table(adoption="4")), ["1 前面没有计分的条款"]),
        ((clause("total_flag", **FLAG),), ["1 前面没有计分的条款"]),
        ((clause("strike", times=2, way="zero"),), ["1 前面没有计分的条款"]),
        (
            (clause("target", measure="points", number="4", shortfall="each", points="1"),),
            ["1 前面没有计分的条款"],
        ),
        ((clause("conversion", factor="1"), clause("cap", most="8")), ["2 前面没有计分的条款"]),
        (
            (table(adoption="4"), clause("cap", most="8", whose={"clauses": "约稿分"})),
            ["2 没有简称为“约稿分”的条款"],
        ),
        (
            (table(adoption="4"), clause("cap", most="8", whose={"clauses": "基础分"}), base()),
            ["2 简称为“基础分”的条款排在后面"],
        ),
        (
            (table(adoption="4"), clause("cap", "封顶", most="8", whose={"clauses": "封顶"})),
            ["2 简称“封顶”是本条自己"],
        ),
        (
            (base("底分"), clause("target", number="4", shortfall="base", base="基础分")),
            ["2 没有简称为“基础分”的条款"],
        ),
        ((clause("points_table", rows=[]),), ["1 分值表没有一行"]),
        (
            (table(adoption="4"), clause("conversion", "a", factor="1"), clause("conversion", "b")),
            ["3 一个办法只能有一条年度考核折算"],
        ),
        ((Speeches(), table(adoption="4", check="1")), ["2 第1行的事项", "2 第2行的事项"]),
        ((Speeches(kinds=["check"]), table(adoption="4", check="1")), ["2 第2行的事项"]),
        ((table(check="1"), Speeches(kinds=["check"])), ["2 后面没有计分的条款"]),
        ((Speeches(kinds=["check"], traits=["speech"]), table(check="1")), []),
        ((Speeches(targets=["level:3"]), table(adoption="4")), []),
    ],
)
def test_clauses_that_never_can(clauses: tuple[Clause, ...], found: list[str]) -> None:
    told = messages(*clauses)
    assert len(told) == len(found)
    for message, start in zip(told, found, strict=True):
        assert message.startswith(start)


@pytest.mark.parametrize(
    ("days", "period", "works"),
    [
        (YEAR, "quarter", True),
        ((date(2026, 2, 1), date(2026, 3, 30)), "quarter", False),
        ((date(2026, 2, 1), date(2026, 3, 31)), "quarter", True),
        ((date(2026, 3, 31), date(2026, 3, 31)), "quarter", True),
        ((date(2026, 1, 1), date(2026, 6, 30)), "year", False),
        ((date(2026, 11, 1), None), "year", True),
        ((date(2026, 1, 1), date(2026, 1, 31)), "month_merged", False),
    ],
)
def test_a_period_must_end_while_the_scheme_is_in_force(
    days: tuple[date, date | None], period: str, works: bool
) -> None:
    """Base points need it; a points table does not."""
    told = messages(table(adoption="4"), base(), days=days, period=period)
    assert (told == []) == works
    if not works:
        assert told[0].startswith("2 本条按“")
        assert "没有一期结束" in told[0]


def test_tables_used_and_beginning_within_a_period() -> None:
    tabled = clause("target", basis="table", per="year", shortfall="fixed", points="1")
    scheme = spec(base(), tabled)
    assert tables_used(scheme) == {2: ("submitted", "year")}
    assert begins_within(scheme, date(2026, 1, 1)) == ""
    assert begins_within(scheme, date(2026, 2, 16)) == "quarter"
    assert begins_within(scheme, date(2026, 4, 1)) == "year"
    assert begins_within(spec(table(adoption="4")), date(2026, 2, 16)) == ""
