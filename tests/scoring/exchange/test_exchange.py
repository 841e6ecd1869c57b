"""A scheme as a file: out, in, the same again; every wrong field by its path."""

from __future__ import annotations

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cms.bulletins.models import Bulletin
from cms.review.actions import Refused
from scoring.schemes.actions import new_version, publish_scheme
from scoring.schemes.actions_import import import_scheme
from scoring.schemes.clauses.points_table import PointsTable
from scoring.schemes.exchange import SchemeFileError, dump_scheme, read_scheme
from scoring.schemes.models import Scheme
from scoring.schemes.presets import preset_data, presets
from scoring.schemes.specs import spec_of
from tests.builders import Office

pytestmark = [pytest.mark.screens, pytest.mark.django_db]


def fenyang(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(preset_data("fenyang")) | changes


def faults_of(data: Any) -> dict[str, str]:
    with pytest.raises(SchemeFileError) as refusal:
        import_scheme(data=data, create_bulletins=True)
    return dict(refusal.value.faults)


def faults(data: Any) -> dict[str, str]:
    found = faults_of(data)
    assert not Scheme.objects.exists()
    return found


@pytest.mark.parametrize("code", [preset.code for preset in presets()])
def test_preset_out_and_in_again_is_the_same(code: str) -> None:
    first = import_scheme(data=preset_data(code), create_bulletins=True)
    told = dump_scheme(first)
    again = read_scheme(json.loads(json.dumps(told)))
    assert dump_scheme(again) == told
    assert [type(c) for c in spec_of(again).blocks] == [type(c) for c in spec_of(first).blocks]
    assert spec_of(again).blocks == spec_of(first).blocks
    assert not first.live
    publish_scheme(scheme_id=first.pk)


def test_bulletins_go_by_name_and_are_created_only_when_asked() -> None:
    with pytest.raises(SchemeFileError) as refusal:
        import_scheme(data=fenyang())
    assert "clauses[0].rows[0].target" in dict(refusal.value.faults)
    assert "吕梁政务信息·普刊" in str(refusal.value)
    assert not Bulletin.objects.filter(name="吕梁政务信息·普刊").exists()
    import_scheme(data=fenyang(), create_bulletins=True)
    made = Bulletin.objects.get(name="吕梁政务信息·普刊")
    assert (made.level, made.own) == (2, False)


def test_second_import_of_a_name_is_its_next_version(office: Office) -> None:
    import_scheme(data=fenyang(), create_bulletins=True, person=office.scorer)
    second = import_scheme(data=fenyang(), person=office.scorer)
    assert second.version == 2


def test_only_scorers_import(office: Office) -> None:
    with pytest.raises(Refused):
        import_scheme(data=fenyang(), create_bulletins=True, person=office.editor)
    assert not Scheme.objects.exists()


def wrong_row(**fields: Any) -> dict[str, Any]:
    data = fenyang()
    data["clauses"][0]["rows"][1] |= fields
    return data


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        ([], "", "以 { 开头"),
        (fenyang(format="other"), "format", "不是计分办法文件"),
        (fenyang(clauses=[]), "clauses", "至少写一条"),
        (fenyang(clauses={}), "clauses", "至少写一条"),
        (fenyang(extra=1), "extra", "没有这个字段"),
        (fenyang(valid_from="2009年"), "valid_from", "2026-01-01"),
        (fenyang(valid_until="2008-01-01"), "valid_until", "不能早于"),
        (fenyang(name=""), "name", ""),
        (fenyang(rounding="up"), "rounding", "只能是"),
        (fenyang(period="week"), "period", "只能是"),
        (fenyang(bulletins=[{"level": 2}]), "bulletins[0]", "刊物名称"),
        (fenyang(bulletins=[{"name": "甲", "level": 9}]), "bulletins[0].level", "级别只能是"),
        (wrong_row(points="很多"), "clauses[0].rows[1].points", "数字"),
        (wrong_row(points="-4"), "clauses[0].rows[1].points", "不能是负数"),
        (wrong_row(points=["4"]), "clauses[0].rows[1].points", "一个值"),
        (wrong_row(kind="prize"), "clauses[0].rows[1].kind", ""),
        (wrong_row(colour="red"), "clauses[0].rows[1].colour", "没有这个字段"),
        (wrong_row(target="bulletin:无此刊"), "clauses[0].rows[1].target", "无此刊"),
        (wrong_row(words_min="许多"), "clauses[0].rows[1].words_min", ""),
        (fenyang(clauses=[{"type": "magic"}]), "clauses[0].type", "没有这种条款"),
        (fenyang(clauses=["points_table"]), "clauses[0]", "对象"),
        (fenyang(clauses=[{"type": "points_table", "rows": {}}]), "clauses[0].rows", "列表"),
    ],
)
def test_wrong_field_is_named_by_its_path(data: Any, path: str, message: str) -> None:
    found = faults(data)
    assert path in found, found
    assert message in found[path]


def test_note_goes_out_and_in_and_into_the_next_version() -> None:
    made = import_scheme(data=fenyang(note="原文未写明：甲。"), create_bulletins=True)
    assert dump_scheme(made)["note"] == "原文未写明：甲。"
    assert new_version(scheme_id=made.pk).note == made.note
    assert "note" in faults_of(fenyang(note="长" * 1_001))


def test_numbers_may_be_written_as_numbers() -> None:
    data = fenyang()
    data["clauses"][0]["rows"][0]["points"] = 1
    data["clauses"][0]["rows"][1]["points"] = 4.5
    scheme = import_scheme(data=data, create_bulletins=True)
    (clause,) = spec_of(scheme).blocks
    assert isinstance(clause, PointsTable)
    assert [row.hundredths for row in clause.rows] == [100, 450, 200]


# --- the commands -------------------------------------------------------------------------


def run(name: str, *options: str) -> str:
    out = io.StringIO()
    call_command(name, *options, stdout=out, stderr=out)
    return out.getvalue()


def test_commands_take_a_file_out_and_in(tmp_path: Path) -> None:
    assert "已导入" in run("scheme_import", "--preset", "fenyang", "--create-bulletins")
    scheme = Scheme.objects.get()
    written = tmp_path / "办法.json"
    run("scheme_export", str(scheme.pk), "--out", str(written))
    assert json.loads(written.read_text()) == dump_scheme(scheme)
    assert "第2版" in run("scheme_import", str(written))
    assert json.loads(run("scheme_export", str(scheme.pk)))["name"] == scheme.name


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "请给出"),
        (("--preset", "nowhere"), "没有样例"),
        (("--preset", "fenyang"), "缺少刊物"),
        (("/nowhere/file.json",), "读不了"),
    ],
)
def test_import_command_says_why_not(options: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message) as refusal:
        run("scheme_import", *options)
    assert refusal.value.returncode == 2


def test_import_command_lists_every_fault(tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(fenyang(period="week", rounding="up")))
    out = io.StringIO()
    with pytest.raises(CommandError, match="2处错误"):
        call_command("scheme_import", str(bad), "--create-bulletins", stderr=out)
    assert "period：" in out.getvalue()
    assert "rounding：" in out.getvalue()
    bad.write_bytes(b"\xff\xfe{")
    with pytest.raises(CommandError, match="不是 UTF-8"):
        run("scheme_import", str(bad))


def test_export_command_knows_the_scheme() -> None:
    with pytest.raises(CommandError, match="没有编号"):
        run("scheme_export", "999")
