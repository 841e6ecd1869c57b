"""A frozen ranking says what the ranking said: as columns, as older lists, whole or in part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rankings.rules import Period
from scoring.rankings.snapshots import (
    CONVERSION,
    conversion_in,
    digest_of,
    only_for,
    ranking_of,
    snapshot_in,
    snapshot_of,
    text_of,
)
from scoring.rankings.tables import (
    UNGROUPED,
    Column,
    Figures,
    GroupTable,
    Ranking,
    Row,
    add,
    as_json,
)

# As a period was closed in format 2, to the letter, and its digest then.
OLDER = (
    '{"before":["2025-10-01","2025-12-31"],"columns":[[7,"本级","县级"],[9,"省刊","省级"]],'
    '"empty_groups":["空组"],"figures":["submitted","forwarded","adopted","hundredths","merged",'
    '"instructions","commissions","deducted","places"],"format":2,"from":"2026-01-01","groups":['
    '{"id":1,"name":"镇","rows":[[1,1,"甲镇",[3,1,[7,2,9,1],450,[7,1],[2,1],["late",1],-100,1],'
    '900,2,null,["通报"],0],[2,2,"乙镇",[0,0,[],0,[],[],[],0,1],0,1,1,[],1]],"total":900,'
    '"totals":[3,1,[7,2,9,1],450,[7,1],[2,1],["late",1],-100,1]},{"id":0,"name":"未分组","rows":'
    '[[1,3,"独户",[1,0,[],0,[],[],[],0,1],0,null,null,[],2]],"total":0,"totals":[1,0,[],0,[],[],'
    '[],0,1]}],"last_year":null,"row":["rank","unit_id","unit","figures","total","before",'
    '"last_year","flags","order"],"schemes":["办法 第1版"],"to":"2026-03-31","totals":[4,1,'
    '[7,2,9,1],450,[7,1],[2,1],["late",1],-100,1]}'
)
OLDER_DIGEST = "0d86e7c6e9a516586c58d2535721480b9634cff53328a857f934d8a9cb8c7e74"
FIRST = Figures(3, 1, {7: 2, 9: 1}, 450, {7: 1}, {2: 1}, {"late": 1}, -100, 1)
SECOND, ALONE = Figures(0, 0, {}, 0, places=1), Figures(1, 0, {}, 0, places=1)
TOWNS = (
    Row(1, 1, "甲镇", FIRST, 900, 2, None, ("通报",), 0),
    Row(2, 2, "乙镇", SECOND, 0, 1, 1, (), 1),
)
RANKING = Ranking(
    period=Period(date(2026, 1, 1), date(2026, 3, 31)),
    schemes=("办法 第1版",),
    columns=(Column(7, "本级", "县级"), Column(9, "省刊", "省级")),
    groups=(
        GroupTable(1, "镇", TOWNS, FIRST, 900),
        GroupTable(UNGROUPED, "未分组", (Row(1, 3, "独户", ALONE, order=2),), ALONE),
    ),
    totals=add([FIRST, ALONE]),
    empty_groups=("空组",),
    before=Period(date(2025, 10, 1), date(2025, 12, 31)),
)


def older_text_of(ranking: Ranking) -> str:
    """Return a ranking as periods were closed in format 2: one document, rows as lists."""

    def plain(values: Any) -> list[Any]:
        return [
            plain(v)
            if isinstance(v, Figures)
            else list(chain.from_iterable(sorted(v.items())))
            if isinstance(v, Mapping)
            else v
            for v in values
        ]

    snapshot = snapshot_of(ranking)
    groups = [
        {
            "id": table.group_id,
            "name": table.name,
            "rows": [plain(row) for row in table.rows],
            "total": table.total,
            "totals": plain(table.totals),
        }
        for table in ranking.groups
    ]
    older = {**snapshot, "format": 2, "row": list(Row._fields), "groups": groups}
    return json.dumps(older, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


numbers = st.integers(min_value=-3, max_value=10**6)
by_key = st.dictionaries(st.integers(1, 12), st.integers(-2, 300), max_size=4)
names = st.sampled_from(["", "甲镇", '乙"\\', "丙\n[7,1]", '],"rows":[', "\u2028{}\r"])
ranks = st.none() | st.integers(1, 4)
figures = st.builds(
    Figures,
    numbers,
    numbers,
    by_key,
    numbers,
    by_key,
    by_key,
    st.dictionaries(st.sampled_from(["done", "late"]), st.integers(1, 3)),
    st.sampled_from([0, 0, -50]),
    st.integers(0, 4),
)
rows = st.builds(
    Row,
    st.integers(1, 4),
    st.integers(1, 9),
    names,
    figures,
    numbers,
    ranks,
    ranks,
    st.lists(names, max_size=2).map(tuple),
    st.integers(0, 9),
)
tables = st.builds(
    lambda pk, name, found: GroupTable(
        pk, name, tuple(found), add(r.figures for r in found), sum(r.total for r in found)
    ),
    st.integers(0, 4),
    names,
    st.lists(rows, max_size=3),
)
rankings = st.lists(tables, max_size=3).map(
    lambda found: replace(RANKING, groups=tuple(found), totals=add(t.totals for t in found))
)


@settings(max_examples=20)
@given(rankings)
def test_columns_and_older_lists_say_what_the_ranking_says(ranking: Ranking) -> None:
    text = text_of(snapshot_of(ranking))
    for stored in (text, older_text_of(ranking)):
        found = ranking_of(snapshot_in(stored))
        assert [len(table.rows) for table in found.groups] == [len(t.rows) for t in ranking.groups]
        assert only_for(found, own={1, 2, 3}) == only_for(ranking, own={1, 2, 3})
        assert found == ranking
        assert ranking == found
        assert as_json(found.in_unit_order()) == as_json(ranking.in_unit_order())
        # Equal rankings have equal digests, whatever form they were read from.
        assert text_of(snapshot_of(found)) == text


def test_the_older_form_is_read_to_the_letter() -> None:
    assert digest_of(OLDER) == OLDER_DIGEST
    assert older_text_of(RANKING) == OLDER
    assert ranking_of(snapshot_in(OLDER)) == RANKING


def test_who_looks_at_one_group_reads_no_other() -> None:
    head, first, second = text_of(snapshot_of(RANKING)).split("\n")
    found = ranking_of(snapshot_in("\n".join([head, first, "not to be read"])))
    assert [len(table.rows) for table in found.groups] == [2, 1]
    assert found.groups[0] == RANKING.groups[0]
    assert only_for(found, own=[2]).groups == RANKING.groups[:1]
    with pytest.raises(ValueError, match="Expecting value"):
        found.groups[1].rows[0]
    assert ranking_of(snapshot_in("\n".join([head, first, second]))) == RANKING


@pytest.mark.parametrize("older", [False, True])
def test_figures_that_came_later_are_zero_and_those_that_went_are_left_out(older: bool) -> None:
    text = older_text_of(RANKING) if older else text_of(snapshot_of(RANKING))
    for name in ("forwarded", "instructions", "total"):
        text = text.replace(f'"{name}"', f'"{name}, as it was called"')
    text = text.replace('"total, as it was called":900,"totals"', '"total":900,"totals"')
    text = text.replace('"total, as it was called":0,"totals"', '"total":0,"totals"')
    found = ranking_of(snapshot_in(text))
    towns = found.groups[0].rows
    assert [row.figures for row in towns] == [
        FIRST._replace(forwarded=0, instructions={}),
        SECOND._replace(forwarded=0),
    ]
    assert found.totals.forwarded == 0
    assert [(row.total, row.before) for row in towns] == [(0, 2), (0, 1)]


def test_a_year_s_conversion_has_its_own_line() -> None:
    told = {"year": 2026, "scheme": "办法", "lines": [], "groups": []}
    text = text_of({**snapshot_of(RANKING), CONVERSION: told})
    assert conversion_in(text) == told
    assert ranking_of(snapshot_in(text)) == RANKING
    assert text.split("\n")[:-1] == text_of(snapshot_of(RANKING)).split("\n")
    older = json.dumps({**json.loads(OLDER), CONVERSION: told})
    assert conversion_in(older) == told


@settings(max_examples=50)
@given(st.data())
def test_a_text_that_was_changed_says_something_else_or_cannot_be_read(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([text_of(snapshot_of(RANKING)), OLDER]))
    place = data.draw(st.integers(0, len(text) - 1))
    cut = data.draw(st.integers(0, 3))
    changed = text[:place] + data.draw(names) + text[place + cut :]
    assert changed == text or digest_of(changed) != digest_of(text)
    with suppress(AttributeError, LookupError, TypeError, ValueError):
        for table in ranking_of(snapshot_in(changed)).groups:
            assert len(list(table.rows)) == len(table.rows)
