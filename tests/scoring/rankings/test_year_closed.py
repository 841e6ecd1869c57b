"""A closed year keeps its conversion: frozen by the closing that leaves no day of it open."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from infoflow.units.models import Unit
from infoflow.units.roles import Role
from scoring.closings.models import Closing
from scoring.rankings.snapshots import CONVERSION, conversion_in, snapshot_in
from scoring.schemes.actions import publish_scheme
from scoring.settling.queries import flaws_of
from scoring.settling.rules import year_completed
from scoring.targets.models import Target
from tests.builders import Office, in_group, own_bulletin, person, unit
from tests.page_tables import tables_of

from .conftest import fact, scheme

YEAR = {"start": "2025-01-01", "end": "2025-12-31"}


def days(first: str, last: str, year: int = 2025) -> tuple[date, date]:
    return date.fromisoformat(f"{year}-{first}"), date.fromisoformat(f"{year}-{last}")


@pytest.mark.parametrize(
    ("span", "closed", "year"),
    [
        (("01-01", "12-31"), [], 2025),
        (("10-01", "12-31"), [], None),
        (("07-01", "12-31"), [("01-01", "06-30")], 2025),
        (("01-01", "06-30"), [("07-01", "12-31")], 2025),
        (("07-02", "12-31"), [("01-01", "06-30")], None),
        (("07-01", "12-30"), [("01-01", "06-30")], None),
        (("04-01", "06-30"), [("07-01", "12-31"), ("01-01", "03-31")], 2025),
    ],
)
def test_which_closing_completes_the_year(
    span: tuple[str, str], closed: list[tuple[str, str]], year: int | None
) -> None:
    assert year_completed(*days(*span), [days(*other) for other in closed]) == year


def test_a_closing_over_the_turn_of_the_year_completes_neither() -> None:
    assert year_completed(date(2024, 12, 1), date(2025, 1, 31), []) is None
    whole = [(date(2024, 12, 1), date(2025, 1, 31))]
    assert year_completed(*days("02-01", "12-31"), whole) == 2025


@pytest.fixture
def scorer(office: Office) -> Client:
    made = Client()
    made.force_login(office.scorer)
    return made


@pytest.fixture
def town(office: Office) -> Unit:
    """甲镇 with 4 and 6 points in the halves of 2025, 乙镇 with 5: ÷ highest × 10."""
    paper = own_bulletin()
    made = scheme(
        ("adoption", f"bulletin:{paper.pk}", "1"),
        valid_from=date(2025, 1, 1),
        valid_until=date(2025, 12, 31),
        name="2025年办法",
    )
    again = type(made).objects.get(pk=made.pk)
    again.blocks.append(("conversion", {"way": "highest", "full": "10"}))
    again.save_revision()
    publish_scheme(scheme_id=made.pk)
    first, second = unit("甲镇", group="镇", year=2025), unit("乙镇", group="镇", year=2025)
    in_group(office.unit, "部门", 2025)
    fact(first, bulletin=paper, day=date(2025, 3, 5), number=4)
    fact(first, bulletin=paper, day=date(2025, 9, 5), number=6)
    fact(second, bulletin=paper, day=date(2025, 9, 5), number=5)
    return first


def close(scorer: Client, first: str, last: str) -> str:
    """Close a part of 2025 through the pages; return what was said before."""
    period = {"start": f"2025-{first}", "end": f"2025-{last}"}
    page = scorer.get(reverse("close_period"), period)
    digest = page.context["seen"].digest
    answer = scorer.post(reverse("close_period"), {**period, "digest": digest, "note": ""})
    assert answer.status_code == 302
    said: str = page.content.decode()
    return said


def converted(page: Client) -> list[tuple[str, ...]]:
    """Return the conversion's rows on the ranking's page."""
    found = []
    for table in tables_of(page.get(reverse("ranking"), YEAR)):
        if table.heads[-1] == "年度考核得分":
            found += table.cells("单位", "全年得分", "年度考核得分")
    return found


@pytest.mark.django_db
def test_the_closing_that_ends_the_year_freezes_the_conversion(
    scorer: Client, office: Office, town: Unit
) -> None:
    told = "2025年全部结清，按《2025年办法（第1版）》的年度考核折算一并固定"
    assert told not in close(scorer, "01-01", "06-30")
    closed = Closing.objects.get()
    assert (closed.converted_year, CONVERSION in snapshot_in(closed.snapshot)) == (None, False)
    assert told in close(scorer, "07-01", "12-31")
    wanted = [(office.unit.name, "0", "0"), ("甲镇", "10", "10"), ("乙镇", "5", "5")]
    assert converted(scorer) == wanted
    assert "全年已结账，下面是结账时的折算" in scorer.get(reverse("ranking"), YEAR).content.decode()
    closing = Closing.objects.get(start=date(2025, 7, 1))
    assert closing.converted_year == 2025
    assert conversion_in(closing.snapshot)["year"] == 2025
    assert not list(flaws_of(closing))
    # What changes afterwards changes nothing of that year.
    Unit.objects.filter(pk=town.pk).update(name="甲街道")
    in_group(town, "街道", 2025)
    Target.objects.create(unit=town, year=2025, measure="points", per="year", hundredths=100)
    assert converted(scorer) == wanted
    people = Client()
    people.force_login(person(Role.OFFICER, at=Unit.objects.get(name="乙镇")))
    assert converted(people) == wanted[1:]


@pytest.mark.screens
@pytest.mark.django_db
def test_excel_has_the_conversion_on_a_sheet_of_its_own(
    scorer: Client, office: Office, town: Unit
) -> None:
    def book(**more: Any) -> openpyxl.Workbook:
        answer: Any = scorer.get(reverse("ranking_export"), {**YEAR, **more})
        return openpyxl.load_workbook(BytesIO(b"".join(answer.streaming_content)))

    sheet = book()["年度折算"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "年度考核折算（2025年）"
    assert rows[1][0].startswith("年度考核得分=全年得分÷本组最高分×10分，得分不足零的按零计。")
    assert "按《2025年办法（第1版）》" in rows[1][0]
    start = rows.index(["镇", "甲镇", 10, 10])
    assert rows[start + 1] == ["镇", "乙镇", 5, 5]
    assert "年度折算" not in book(layout="rates").sheetnames
    assert "年度折算" not in book(start="2025-01-01", end="2025-06-30").sheetnames
