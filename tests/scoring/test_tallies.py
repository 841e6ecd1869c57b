"""The tallies say what facts and ledger say, whatever was written and by which way."""

from __future__ import annotations

import io
import random
from collections import Counter
from datetime import date, timedelta
from typing import Protocol

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from cms.bulletins.models import Bulletin
from infoflow.units.models import Unit
from infoflow.units.roles import Role
from scoring.adoptions.actions import record_facts, withdraw_fact
from scoring.adoptions.models import Fact, FactLine
from scoring.adoptions.rules import MARKS_OF, AdoptionForm, FactKind, FactRow, Source
from scoring.ledger.actions import rebuild as rebuild_ledger
from scoring.ledger.models import Entry
from scoring.schemes.actions import create_scheme, publish_scheme
from scoring.schemes.models import Scheme
from scoring.tallies import keeping
from scoring.tallies.models import Tally
from scoring.tallies.queries import sums_of
from scoring.tallies.rules import Counts, count_tokens, counts_of, read_flags
from tests.builders import own_bulletin, person, superior_bulletin, unit

FIRST = date(2025, 11, 1)


def scheme(points: str = "2.5", start: date = date(2025, 1, 1)) -> Scheme:
    rows = [
        {"kind": FactKind.ADOPTION, "target": "all", "form": "", "points": points},
        {"kind": FactKind.FORWARDING, "target": "all", "form": "", "points": "0.5"},
    ]
    made = create_scheme(name="测试办法", valid_from=start, rows=rows)
    return publish_scheme(scheme_id=made.pk)


def random_row(dice: random.Random, n: int, units: list[Unit], papers: list[Bulletin]) -> FactRow:
    kind = dice.choice(
        [
            FactKind.SUBMISSION,
            FactKind.FORWARDING,
            FactKind.ADOPTION,
            FactKind.ADOPTION,
            FactKind.INSTRUCTION,
            FactKind.COMMISSION,
            FactKind.QUALITY,
        ]
    )
    named = kind in (FactKind.FORWARDING, FactKind.ADOPTION)
    marks = MARKS_OF.get(kind, ())
    return FactRow(
        kind=kind,
        date=FIRST + timedelta(days=dice.randrange(150)),
        title=f"某信息{n}",
        units=tuple(u.pk for u in dice.sample(units, dice.choice([1, 1, 1, 2]))),
        key=f"tally:{n}",
        source=Source.TABLE,
        bulletin=dice.choice(papers).pk if named else None,
        form=dice.choice(list(AdoptionForm)) if kind == FactKind.ADOPTION else "",
        genre=dice.choice(["", "line", "news"]),
        mark=dice.choice(marks) if marks else "",
        level=dice.choice([1, 2, 3, 4]) if kind == FactKind.INSTRUCTION else None,
    )


def true_counts(at: Unit, year: int, month: int) -> dict[str, int]:
    """Count one by one, as nobody would in earnest."""
    found: dict[str, int] = {}
    lines = FactLine.objects.filter(unit=at, date__year=year, date__month=month)
    for line in lines.select_related("fact"):
        fact = line.fact
        code = {
            FactKind.SUBMISSION: "s",
            FactKind.FORWARDING: "f",
            FactKind.INSTRUCTION: f"i{fact.level}",
            FactKind.COMMISSION: f"c{fact.mark}",
            FactKind.ADOPTION: ("b" if fact.form == "merged" or fact.genre == "line" else "a")
            + str(fact.bulletin_id),
        }.get(FactKind(line.kind))
        if code:
            found[code] = found.get(code, 0) + line.quantity
    return {code: n for code, n in found.items() if n}


def assert_same_afresh(first: date, last: date) -> None:
    """Closing and its verification count rows one by one; rankings read the tallies."""
    times = [(first, last), (date(last.year, 1, 1), last)]
    found = []
    for afresh in (True, False):
        of_units = {}
        for unit_id, part in sums_of((first, last), times, afresh=afresh).items():
            flags = read_flags(part.flags, first.isoformat(), last.isoformat())
            row = (counts_of(count_tokens(part.tokens)), part.deducted, flags, part.points)
            if row != (Counts(), 0, (), [0, 0]):
                of_units[unit_id] = row
        found.append(of_units)
    assert found[0] == found[1] != {}


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_random_acts_keep_the_tallies_true(seed: int) -> None:
    dice = random.Random(seed)
    units = [unit(f"单位{n}") for n in range(4)]
    papers = [own_bulletin("甲刊"), superior_bulletin("乙刊")]
    editor = person(Role.SCORER)
    in_force: Scheme | None = None
    for n in range(60):
        act = dice.random()
        standing = list(Fact.objects.filter(reverses=None, reversed_by=None))
        if act < 0.15 and standing:
            withdraw_fact(fact_id=dice.choice(standing).pk, person=editor, reason="重复登记")
        elif act < 0.2 and in_force is None:
            in_force = scheme()
        elif act < 0.25:
            rebuild_ledger(FIRST, FIRST + timedelta(days=200))
        else:
            rows = [random_row(dice, 10 * n + k, units, papers) for k in range(dice.choice([1, 7]))]
            record_facts(rows)
    assert Fact.objects.exclude(reverses=None).exists()
    assert keeping.faults() == []
    for at in units:
        for year, month in [(2025, 11), (2025, 12), (2026, 1), (2026, 2), (2026, 3)]:
            tally = Tally.objects.filter(unit=at, year=year).first()
            tokens = getattr(tally, f"t{month:02}", "")
            counted = {code: number for code, number in count_tokens(tokens).items() if number}
            assert counted == true_counts(at, year, month)
            entries = Entry.objects.filter(unit=at, date__year=year, date__month=month)
            assert getattr(tally, f"p{month:02}", 0) == sum(e.hundredths for e in entries)
    before = some_columns()
    keeping.rebuild()
    assert keeping.faults() == []
    assert some_columns() == before
    assert_same_afresh(FIRST, date(2026, 1, 31))
    assert_same_afresh(date(2025, 11, 9), date(2026, 2, 3))


def some_columns() -> dict[tuple[int, int], tuple[int, int, Counter[str]]]:
    """Return by unit and year the points of two months and the counts of one."""
    rows = Tally.objects.values_list("unit_id", "year", "p11", "p01", "t11")
    return {(pk, year): (p11, p01, count_tokens(t11)) for pk, year, p11, p01, t11 in rows}


class Writer(Protocol):
    """Writes an entry of the only unit."""

    def __call__(
        self, hundredths: int, *, flag: str = "", reverses: Entry | None = None
    ) -> Entry: ...


@pytest.fixture
def entry_of(db: None) -> Writer:
    """Write an entry as a clause that deducts would: entry_of(points, flag=…, reverses=…)."""
    version, at = scheme(), unit("甲镇")
    made: list[Entry] = []

    def write(hundredths: int, *, flag: str = "", reverses: Entry | None = None) -> Entry:
        entry = Entry.objects.create(
            unit=at,
            date=date(2026, 3, 5),
            earned=date(2026, 3, 5),
            hundredths=hundredths,
            about=f"p{len(made)}",
            scheme=version,
            block_id="b",
            block_type="cap",
            sentence="测试",
            flag=flag,
            reverses=reverses,
            key=f"test:{len(made)}",
        )
        made.append(entry)
        return entry

    return write


def the_tally() -> tuple[int, int, str]:
    """Return points, deductions and tokens of the only unit's March."""
    found: tuple[int, int, str] = Tally.objects.values_list("p03", "d03", "t03").get()
    return found


def test_deductions_and_flags(entry_of: Writer) -> None:
    entry_of(500)
    fine = entry_of(-200, flag="取消评先")
    kept = entry_of(-100)
    entry_of(0, flag="通报批评")
    gain = entry_of(300)
    entry_of(-300, reverses=gain)
    tally = Tally.objects.get()
    assert the_tally()[:2] == (200, -300)
    assert read_flags(tally.flags, "2026-03-01", "2026-03-31") == ("取消评先", "通报批评")
    assert read_flags(tally.flags, "2026-03-06", "2026-03-31") == ()
    entry_of(200, flag="取消评先", reverses=fine)
    tally.refresh_from_db()
    assert the_tally()[:2] == (400, kept.hundredths)
    assert read_flags(tally.flags, "2026-03-01", "2026-03-31") == ("通报批评",)
    assert keeping.faults() == []
    assert_same_afresh(date(2026, 3, 1), date(2026, 3, 31))


def test_a_tally_that_lies_is_found_and_put_right(entry_of: Writer) -> None:
    entry_of(500)
    Tally.objects.update(p03=499, t03="s ")
    with pytest.raises(CommandError, match="1处不一致"):
        call_command("tallies", stdout=io.StringIO())
    call_command("tallies", "--rebuild", stdout=io.StringIO())
    assert the_tally() == (500, 0, "")
    out = io.StringIO()
    call_command("tallies", stdout=out)
    assert "一致" in out.getvalue()


def test_a_missing_trigger_is_an_error_and_comes_back_with_a_count(entry_of: Writer) -> None:
    # On SQLite there is one for each month; the entry's is March.
    on_sqlite = connection.vendor == "sqlite"
    name, table = ("tallies_add_03", "") if on_sqlite else ("tallies_add", f" ON {keeping.ENTRY}")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{table}")
    assert keeping.missing() == [name]
    entry_of(500)
    assert len(keeping.faults()) == 1
    with pytest.raises(CommandError, match=f"缺少触发器{name}"):
        call_command("tallies", stdout=io.StringIO())
    keeping.install()
    assert keeping.missing() == []
    assert the_tally()[:1] == (500,)


TOKENS = st.lists(
    st.tuples(st.sampled_from(["s", "f", "a1", "a12", "b12", "i3", "cdone"]), st.integers(-3, 3))
)


@given(TOKENS, st.randoms())
def test_tokens_add_up_in_any_order(tokens: list[tuple[str, int]], dice: random.Random) -> None:
    texts = [code if n == 1 else f"{code}*{n}" for code, n in tokens]
    dice.shuffle(texts)
    found = count_tokens("".join(f"{text} " for text in texts))
    for code in {code for code, _n in tokens}:
        assert found[code] == sum(n for other, n in tokens if other == code)
    counts = counts_of(found)
    total = found["a1"] + found["a12"] + found["b12"]
    assert sum(counts.adopted.values()) == total
    assert 0 not in counts.adopted.values()
    assert counts.submitted == found["s"]
