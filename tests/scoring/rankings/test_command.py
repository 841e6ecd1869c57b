"""manage.py ranking: the three outputs, the published tables, one line and code 2."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from infoflow.units.models import UnitGroup
from scoring.rankings.queries import ranking
from scoring.rankings.tables import as_json

from .conftest import END, START, County

pytestmark = [pytest.mark.screens, pytest.mark.django_db]

YEAR = ("--from", "2026-01-01", "--to", "2026-12-31")


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("ranking", *args, stdout=out)
    return out.getvalue()


def refusal(*args: str) -> str:
    """Run with bad input; return the one line said."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("ranking", *args, stdout=out, stderr=err)
    assert caught.value.returncode == 2
    assert out.getvalue() == ""
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_json_on_the_screen_is_the_ranking(county: County) -> None:
    assert json.loads(run(*YEAR, "--json", "-")) == as_json(ranking(START, END))


def test_files_hold_the_same_numbers(county: County, tmp_path: Path) -> None:
    text, sheet = tmp_path / "r.json", tmp_path / "r.xlsx"
    assert run(*YEAR, "--json", str(text), "--xlsx", str(sheet)) == ""
    found = json.loads(text.read_text(encoding="utf-8"))
    assert found == as_json(ranking(START, END))
    [towns] = [group for group in found["groups"] if group["group"] == "镇"]
    page = openpyxl.load_workbook(sheet)["镇"]
    assert [page.cell(5 + n, 2).value for n in range(4)] == [row["unit"] for row in towns["rows"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r.json", "r.xlsx"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(text.stat().st_mode) == 0o666 & ~mask


def test_one_group(county: County) -> None:
    found = json.loads(run(*YEAR, "--group", "部门", "--json", "-"))
    assert [group["group"] for group in found["groups"]] == ["部门"]
    assert found["totals"]["points"] == "0.2"


def test_table_for_the_screen(county: County) -> None:
    lines = run(*YEAR).splitlines()
    assert lines[0].startswith("2026年1月1日至12月31日")
    [line] = [line for line in lines if "甲镇" in line]
    assert line.split() == ["1", "甲镇", "4", "0", "0", "1", "5"]


def test_without_groups_the_screen_says_so(db: None) -> None:
    assert "请先登记年度分组" in run(*YEAR)
    assert json.loads(run(*YEAR, "--json", "-"))["groups"] == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--from", "2026-03-31", "--to", "2026-03-01"], "早于开始日期"),
        (["--from", "1899-01-01", "--to", "2026-03-01"], "早于1949年10月1日"),
        (["--from", "2026-01-01", "--to", "1899-12-31"], "早于1949年10月1日"),
        (["--from", "abc", "--to", "2026-03-01"], "“abc”无法识别"),
        (["--from", "2026-02-30", "--to", "2026-03-01"], "无法识别"),
        (["--to", "2026-03-01"], "请填写开始日期"),
        ([], "请填写开始日期"),
        ([*YEAR, "--group", "没有的组"], "没有名为“没有的组”的分组"),
        ([*YEAR, "--group", ""], "没有名为“”的分组"),
        ([*YEAR, "--group", "企业"], "分组“企业”在2026年没有单位"),
        ([*YEAR, "--xlsx", "-"], "--xlsx 后写文件名"),
    ],
)
def test_bad_input_is_one_line_and_code_two(county: County, args: list[str], words: str) -> None:
    UnitGroup.objects.create(name="企业")
    assert words in refusal(*args)


@pytest.mark.parametrize("option", ["--json", "--xlsx"])
def test_unwritable_places_leave_nothing(county: County, tmp_path: Path, option: str) -> None:
    other = {"--json": "--xlsx", "--xlsx": "--json"}[option]
    good = tmp_path / "good"
    for bad in (tmp_path / "no" / "such" / "folder", tmp_path, "\x00", "/dev/null", ""):
        message = refusal(*YEAR, other, str(good), option, str(bad))
        assert "写" in message
        assert list(tmp_path.iterdir()) == []


def test_an_old_file_survives_a_refusal(county: County, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("old", encoding="utf-8")
    refusal(*YEAR, "--json", str(kept), "--xlsx", str(tmp_path / "no" / "x.xlsx"))
    refusal(*YEAR, "--json", str(kept), "--xlsx", str(kept))
    assert kept.read_text(encoding="utf-8") == "old"
    run(*YEAR, "--json", str(kept))
    assert json.loads(kept.read_text(encoding="utf-8"))["totals"]["submitted"] == 4


@pytest.mark.sqlite_only
def test_exit_code_and_stderr_of_the_real_program() -> None:
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "manage.py", "ranking", "--from", "2026-02-01", "--to", "1899-01-01"],
        cwd=root,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "infoflow.settings.test"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "早于1949年10月1日" in done.stderr


def published(name: str, start: str, end: str) -> dict[str, Any]:
    """Load a published table and return its ranking; reads {unit: row} from the one group."""
    call_command("load_demo", name, stdout=io.StringIO())
    found: dict[str, Any] = json.loads(run("--from", start, "--to", end, "--json", "-"))
    return found


def test_published_table_a_fenyang() -> None:
    found = published("fenyang-2009", "2009-01-01", "2009-09-30")
    rows = {row["unit"]: row for group in found["groups"] for row in group["rows"]}
    received = {
        "财政局": 137,
        "计生局": 22,
        "水务局": 55,
        "国家统计局汾阳调查队": 7,
        "文化局": 45,
        "畜牧兽医局": 61,
        "信访局": 1,
        "双百双千办": 1,
        "林业局": 2,
        "太和桥办事处": 5,
    }
    assert {name: row["submitted"] for name, row in rows.items() if row["submitted"]} == received
    assert any(row["submitted"] == 0 and row["points"] == "0" for row in rows.values())
    totals = found["totals"]
    assert (totals["submitted"], totals["forwarded"], totals["points"]) == (336, 238, "75")
    assert sorted(totals["adopted"].values()) == [8, 9, 23]


def test_published_table_b_zhalantun() -> None:
    found = published("zhalantun-2023q1", "2023-01-01", "2023-03-31")
    [group] = found["groups"]
    places = [(row["rank"], row["unit"], row["points"]) for row in group["rows"][:5]]
    assert places == [
        (1, "现代农业产业园服务中心", "205"),
        (2, "水利局", "180"),
        (3, "市场监督管理局", "145"),
        (4, "公安局", "135"),
        (5, "民政局", "130"),
    ]


def test_published_table_c_huolinguole() -> None:
    found = published("huolinguole-2018", "2018-01-01", "2018-02-28")
    rows = {row["unit"]: row for group in found["groups"] for row in group["rows"]}
    wanted = {
        "达来胡硕苏木": (2, "5"),
        "沙尔呼热街道": (12, "15"),
        "莫斯台街道": (1, "5"),
        "宝日呼吉尔街道": (15, "10"),
        "珠斯花街道": (15, "25"),
    }
    assert {name: (rows[name]["submitted"], rows[name]["points"]) for name in wanted} == wanted
