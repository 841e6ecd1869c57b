"""A whole scheme in the ledger: points of a 直报点 go up, withdrawing restores, slices agree."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest

from cms.bulletins.models import Bulletin
from infoflow.units.models import Unit, UnitKind
from scoring.adoptions.actions import record_fact, withdraw_fact
from scoring.adoptions.rules import FactKind, Mark, Trait
from scoring.ledger import actions
from scoring.ledger.actions import rebuild
from scoring.ledger.models import Entry
from scoring.rankings import preview
from scoring.schemes.actions import publish_scheme
from scoring.schemes.models import Scheme
from tests.builders import Office, superior_bulletin, unit

pytestmark = pytest.mark.django_db

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
TRAITS = {"facts": {"traits": ["front"]}}
CLAUSES: list[tuple[str, dict[str, Any]]] = [
    ("exclude", {"which": {"traits": ["speech"]}, "reason": "领导讲话不计分"}),
    (
        "points_table",
        {
            "rows": [
                {"kind": "adoption", "target": "all", "points": "10"},
                {"kind": "submission", "target": "all", "points": "1"},
            ],
            "joint": "equal",
        },
    ),
    ("instructions", {"rows": [{"level": "3", "target": "all", "points": "40"}], "further": "50%"}),
    ("checklist", {"rows": [{"check": "队伍健全", "points": "3", "tick": "standing"}]}),
    ("adjustment", {"plus_most": "5"}),
    ("multiplier", {"factor": "2", "whose": TRAITS}),
    ("urgent_share", {"marks": ["late"], "percent": "20"}),
    ("quality", {"marks": ["untrue"], "zero_item": True, "minus": "2", "flag": "通报批评"}),
]


@pytest.fixture
def bulletin() -> Bulletin:
    return superior_bulletin()


def in_force(*clauses: tuple[str, dict[str, Any]]) -> Scheme:
    scheme = Scheme(
        name="办法",
        valid_from=YEAR[0],
        valid_until=YEAR[1],
        blocks=[
            {"type": kind, "id": f"b{n}", "value": value} for n, (kind, value) in enumerate(clauses)
        ],
        has_unpublished_changes=True,
    )
    scheme.save()
    scheme.save_revision()
    return publish_scheme(scheme_id=scheme.pk)


class Happens:
    """Records facts by the scorer's hand."""

    def __init__(self, office: Office, bulletin: Bulletin) -> None:
        self.office, self.bulletin = office, bulletin

    def __call__(self, kind: str, *units: Unit, title: str = "某信息", **details: Any) -> Any:
        return record_fact(
            kind=kind,
            date=details.pop("day", date(2026, 3, 5)),
            title=title,
            bulletin=self.bulletin if kind == FactKind.ADOPTION else None,
            form="single" if kind == FactKind.ADOPTION else "",
            units=units,
            key=f"t:{uuid.uuid4()}",
            note=details.pop("note", ""),
            details=details,
            person=self.office.scorer,
        )


@pytest.fixture
def happens(office: Office, bulletin: Bulletin) -> Happens:
    return Happens(office, bulletin)


def points(at: Unit) -> float:
    return sum(Entry.objects.filter(unit=at).values_list("hundredths", flat=True)) / 100


def point_of(county: Unit, name: str) -> Unit:
    made = unit(name)
    Unit.objects.filter(pk=made.pk).update(kind=UnitKind.DIRECT, parent=county)
    return Unit.objects.get(pk=made.pk)


@pytest.mark.screens
@pytest.mark.parametrize(
    ("to", "at_county", "at_point"), [("parent", (16, 11), (0, 0)), ("both", (16, 11), (16, 11))]
)
def test_points_of_a_direct_point_go_up_at_once(
    office: Office, happens: Happens, to: str, at_county: Any, at_point: Any
) -> None:
    county, other = office.unit, unit("别的单位")
    point = point_of(county, "一村直报点")
    in_force(("credit", {"kinds": ["direct"], "to": to}), *CLAUSES[:2])
    happens(FactKind.SUBMISSION, point)
    happens(FactKind.ADOPTION, point)
    joint = happens(FactKind.ADOPTION, other, point, title="联合")
    assert (points(county), points(point), points(other)) == (at_county[0], at_point[0], 5)
    told = Entry.objects.filter(unit=county, fact=joint).get().sentence
    assert told.endswith("（2个单位联合署名，平均分配，本单位计5分）（由一村直报点报送）。")
    withdraw_fact(fact_id=joint.pk, person=office.scorer, reason="重复")
    assert (points(county), points(point), points(other)) == (at_county[1], at_point[1], 0)
    assert rebuild(*YEAR).empty


def test_ledger_is_the_same_however_many_units_are_scored_at_a_time(
    office: Office, happens: Happens, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, other = office.unit, unit("别的单位")
    children = [point_of(county, f"{n}村直报点") for n in ("一", "二")]
    in_force(("credit", {"kinds": ["direct"]}), *CLAUSES[:2])
    happens(FactKind.ADOPTION, *children, other)
    assert (points(county), points(other)) == (5, 5)
    for size in (1, 2, 200):
        monkeypatch.setattr(actions, "UNITS_AT_A_TIME", size)
        assert rebuild(*YEAR).empty


@pytest.mark.screens
@pytest.mark.parametrize("to", ["parent", "both"])
def test_preview_gives_what_the_ledger_gives_however_many_units_at_a_time(
    office: Office, happens: Happens, monkeypatch: pytest.MonkeyPatch, to: str
) -> None:
    """Scored by itself a county once did not know its 直报点: the preview missed their points."""
    county, other = office.unit, unit("别的单位")
    children = [point_of(county, f"{n}村直报点") for n in ("一", "二")]
    scheme = in_force(("credit", {"kinds": ["direct"], "to": to}), *CLAUSES[:2])
    happens(FactKind.ADOPTION, *children, other)
    every = [county, other, *children]
    for size in (1, 2, 200):
        monkeypatch.setattr(preview, "UNITS_AT_A_TIME", size)
        sums = preview.points_under(scheme, [one.pk for one in every], *YEAR)
        assert [sums[one.pk] / 100 for one in every] == [points(one) for one in every]


@pytest.mark.screens
def test_recording_and_withdrawing_restores_every_place(office: Office, happens: Happens) -> None:
    in_force(*CLAUSES)
    one, two = office.unit, unit("别的单位")
    happens(FactKind.SUBMISSION, one)
    happens(FactKind.ADOPTION, one, two)
    happens(FactKind.INSTRUCTION, one, level=3, mark=Mark.MAIN_LEADER)
    rebuild(*YEAR)

    def stands() -> dict[Any, int]:
        return {(e.block_id, e.about, e.unit_id): e.hundredths for e in Entry.objects.standing()}

    before, sums = stands(), (points(one), points(two))
    extra: list[dict[str, Any]] = [
        {"kind": FactKind.ADOPTION, "traits": (Trait.FRONT,)},
        {"kind": FactKind.ADOPTION, "traits": (Trait.SPEECH,)},
        {"kind": FactKind.INSTRUCTION, "level": 3, "mark": Mark.OTHER_LEADER},
        {"kind": FactKind.CHECK, "check": "队伍健全"},
        {"kind": FactKind.ADJUSTMENT, "hundredths": 900, "note": "组织培训"},
        {"kind": FactKind.URGENT, "mark": Mark.LATE},
        {"kind": FactKind.QUALITY, "mark": Mark.UNTRUE},
    ]
    for more in extra:
        made = happens(more.pop("kind"), one, two, **more)
        assert stands() != before
        assert rebuild(*YEAR).empty
        withdraw_fact(fact_id=made.pk, person=office.scorer, reason="登记有误")
        assert stands() == before
        assert (points(one), points(two)) == sums


def test_rebuilding_a_direct_point_brings_its_county_up_as_well(
    office: Office, happens: Happens
) -> None:
    county = office.unit
    point = point_of(county, "一村直报点")
    scheme = in_force(("credit", {"kinds": ["direct"]}), *CLAUSES[:2])
    happens(FactKind.ADOPTION, point)
    assert points(county) == 10
    steps: list[tuple[int, int]] = []

    def rebuilt(*units: Unit) -> Any:
        found = rebuild(*YEAR, units=[one.pk for one in units], progress=note)
        return found.by_unit

    def note(done: int, whole: int) -> None:
        steps.append((done, whole))

    # Past every action: the ledger is out of step until it is rebuilt.
    Scheme.objects.filter(pk=scheme.pk).update(valid_until=date(2026, 1, 31))
    assert rebuilt(point) == {county.pk: (1000, 0)}
    Scheme.objects.filter(pk=scheme.pk).update(valid_until=YEAR[1])
    assert rebuilt(point) == {county.pk: (0, 1000)}
    assert rebuilt(county) == {}
    assert rebuild(*YEAR).empty
    assert all(done == whole for done, whole in steps)
