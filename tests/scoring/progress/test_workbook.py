"""The Excel file of progress: all units, and tables of targets in two pairs of columns."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from infoflow.papers.xlsx import write_workbook
from infoflow.units.models import UnitGroup
from infoflow.units.roles import Role
from scoring.progress.queries import progress
from scoring.progress.workbook import progress_sheets
from scoring.schemes.periods import Span
from scoring.targets.models import Target
from tests.builders import in_group, person, unit
from tests.scoring.rankings.conftest import fact

pytestmark = [pytest.mark.screens, pytest.mark.django_db]
Q1 = Span(date(2026, 1, 1), date(2026, 3, 31))
TODAY = date(2026, 3, 26)


def book() -> openpyxl.Workbook:
    out = BytesIO()
    rows = progress(Q1, TODAY, kind="quarter")
    write_workbook(progress_sheets(rows, Q1, printed_on=TODAY, today=TODAY), out)
    return openpyxl.load_workbook(out)


def test_targets_stand_in_two_pairs_of_columns() -> None:
    for n, (target, done) in enumerate([(1000, 7), (500, 5), (300, 6)], start=1):
        at = unit(f"{n}号镇")
        in_group(at, "乡镇", 2026)
        Target.objects.create(
            unit=at, year=2026, measure="submitted", per="quarter", hundredths=target
        )
        fact(at, kind="submission", day=date(2026, 2, 1), number=done)
    made = book()
    assert len(made.sheetnames) == 2
    page = made[made.sheetnames[1]]
    heads = [cell.value for cell in page[3]]
    assert heads == ["序号", "单位", "任务", "完成", "完成率（%）", "还差"] * 2
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=5, max_row=7)]
    assert rows == [
        [1, "1号镇", 10, 7, 70, 3, 3, "3号镇", 3, 6, 200, 0],
        [2, "2号镇", 5, 5, 100, 0, *[None] * 6],
        [None, "合计", 18, 18, 100, 3, *[None] * 6],
    ]
    assert "乡镇" in page["A1"].value
    assert "任务完成情况" in page["A1"].value
    states = made["进度"]
    assert [cell.value for cell in states[5]][:6] == [1, "1号镇", "乡镇", 7, 0, "零采用"]


def test_no_targets_no_such_sheets() -> None:
    in_group(unit("甲镇"), "乡镇", 2026)
    assert book().sheetnames == ["进度"]


def test_page_gives_what_it_shows(client: Client) -> None:
    year = date.today().year  # noqa: DTZ011 (only the year, for groups)
    for name, group in (("甲镇", "乡镇"), ("乙局", "部门")):
        in_group(unit(name), group, year)
    client.force_login(person(Role.SCORER))
    page = client.get(reverse("progress"), {"group": "乡镇"})
    link = reverse("progress_export") + "?group=%E4%B9%A1%E9%95%87"
    assert link in page.content.decode()
    response = client.get(link)
    assert ".xlsx" in response["Content-Disposition"]
    made = openpyxl.load_workbook(BytesIO(response.getvalue()))
    assert [cell.value for cell in made["进度"]["B"]][4:5] == ["甲镇"]
    assert UnitGroup.objects.count() == 2
    client.force_login(person(Role.OFFICER, at=unit()))
    assert client.get(link).status_code == 404
