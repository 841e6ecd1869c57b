"""The facts workbook through the pages: what is booked, and what is said by row and column."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from cms.scanning.models import Refusal
from infoflow.units.actions import create_unit
from infoflow.units.models import UnitKind
from scoring.adoptions.actions import withdraw_fact
from scoring.adoptions.models import Fact
from scoring.imports.models import ImportRun, UnitAlias, Upload
from scoring.ledger.models import Entry
from scoring.schemes.actions import create_scheme, publish_scheme
from tests.builders import Office, fresh, superior_bulletin, unit

from .pages import booked, fields_of, said, send, upload
from .tables import HEAD, csv, facts, xls, xlsx

pytestmark = pytest.mark.django_db

DAY = "2026-03-05"
PAPER = "晋政信息·普刊"


@pytest.fixture(autouse=True)
def known() -> None:
    unit("水务局")
    unit("财政局")
    superior_bulletin(PAPER)
    rows = [{"kind": "adoption", "target": "all", "form": "", "points": "4"}]
    scheme = create_scheme(name="办法", valid_from=date(2026, 1, 1), rows=rows)
    publish_scheme(scheme_id=scheme.pk)


def adoption(n: int = 1, **changed: Any) -> list[Any]:
    row = dict(zip(HEAD, ["采用", DAY, "水务局", f"第{n}条信息", PAPER], strict=True))
    return list((row | changed).values())


def test_a_table_is_looked_at_then_booked_and_earns(page: Client) -> None:
    answer = upload(page, facts(adoption(1), adoption(2, 单位="财政局、水务局")))
    assert "将新登记 2 条" in answer.content.decode()
    assert not Fact.objects.exists()
    report = send(page, answer, "book")
    assert "新登记 2 条" in report.content.decode()
    assert "第1条信息" in report.content.decode()
    assert Fact.objects.count() == 2
    assert sum(Entry.objects.values_list("hundredths", flat=True)) == 1200
    joint = Fact.objects.get(title="第2条信息")
    assert [line.unit.name for line in joint.lines.all()] == ["财政局", "水务局"]
    assert not Upload.objects.exists()
    run = ImportRun.objects.get()
    assert (run.rows, run.made, run.known, run.form) == (2, 2, 0, "facts")


def test_every_kind_with_all_its_columns(page: Client) -> None:
    head = (
        "事项*", "日期*", "单位*", "标题", "刊物", "采用形式", "期号", "稿件形式", "具体情况",
        "批示领导", "领导级别", "考核项目", "字数", "分值", "特征", "说明",
    )  # fmt: skip
    none = [""] * 9
    rows = [
        [
            "采用", DAY, "水务局", "甲", PAPER, "综合", "第3期", "调研", "", "", "", "", "１８００",
            "", "头版头条、转载", "",
        ],
        ["报送", DAY, "水务局", "乙", "", *none, "", ""],
        ["上报", DAY, "水务局", "丙", PAPER, *none, "", ""],
        [
            "批示", DAY, "水务局", "丁", "", "", "", "", "主要领导", "市长张某", "市级", "", "", "",
            "", "",
        ],
        ["约稿", DAY, "水务局", "戊", "", "", "", "", "未报", "", "", "", "", "", "", ""],
        ["紧急信息", DAY, "水务局", "己", "", "", "", "", "瞒报", "", "", "", "", "", "", ""],
        ["质量", DAY, "水务局", "庚", "", "", "", "", "失实", "", "", "", "", "", "", "数字不符"],
        ["考核项目", DAY, "水务局", "", "", "", "", "", "", "", "", "年度计划", "", "", "", ""],
        ["加减分", DAY, "水务局", "辛", "", "", "", "", "", "", "", "", "", "-2.5", "", "缺席培训"],
    ]  # fmt: skip
    booked(page, facts(*rows, head=head))
    found = {fact.kind: fact for fact in Fact.objects.all()}
    assert set(found) == {
        "adoption", "submission", "forwarding", "instruction", "commission", "urgent", "quality",
        "check", "adjustment",
    }  # fmt: skip
    first = found["adoption"]
    assert (first.form, first.issue_label, first.genre) == ("merged", "第3期", "research")
    assert (first.words, first.traits) == (1800, "front,repost")
    told = found["instruction"]
    assert (told.level, told.mark, told.leader) == (2, "main", "市长张某")
    assert (found["commission"].mark, found["urgent"].mark) == ("missed", "concealed")
    assert (found["quality"].mark, found["quality"].note) == ("untrue", "数字不符")
    assert (found["check"].check_item, found["check"].title) == ("年度计划", "年度计划")
    assert (found["adjustment"].hundredths, found["adjustment"].note) == (-250, "缺席培训")


FAR = (timezone.localdate() + timedelta(days=40)).isoformat()
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"事项": "采纳了"}, "A 事项", "没有“采纳了”这个事项"),
    ({"事项": ""}, "A 事项", "请填写事项"),
    ({"日期": ""}, "B 日期", "请填写日期"),
    ({"日期": "上周"}, "B 日期", "不是日期"),
    ({"日期": "2026-02-30"}, "B 日期", "没有“2026-02-30”这一天"),
    ({"日期": FAR}, "B 日期", "日期不能晚于今天"),
    ({"日期": "1926-03-05"}, "B 日期", "日期不能早于1949年10月1日"),
    ({"单位": ""}, "C 单位", "请填写单位"),
    ({"单位": "水务局、水务局"}, "C 单位", "同一单位只能选一次"),
    ({"单位": "市水务局"}, "C 单位", "是不是“水务局”"),
    ({"单位": "外星办事处"}, "C 单位", "没有叫“外星办事处”的单位"),
    ({"标题": ""}, "D 标题", "请填写标题"),
    ({"标题": "长" * 201}, "D 标题", "标题不能超过200字"),
    ({"刊物": ""}, "E 刊物", "请选择刊物"),
    ({"刊物": "晋政信息普刊号"}, "E 刊物", "是不是“晋政信息·普刊”"),
    ({"事项": "报送"}, "E 刊物", "报送不分刊物"),
]


@pytest.mark.parametrize(("changed", "column", "message"), BAD, ids=[b[2] for b in BAD])
def test_what_is_wrong_is_said_by_row_and_column(
    page: Client, changed: dict[str, Any], column: str, message: str
) -> None:
    answer = upload(page, facts(adoption(1), adoption(2, **changed)))
    remarks = [(row, where) for row, where, words in said(answer) if message in words]
    assert remarks == [(3, column)], said(answer)
    assert answer.context["stopping"] == 1
    assert b'name="book"' not in answer.content
    send(page, answer, "book")
    assert not Fact.objects.exists()
    assert not ImportRun.objects.exists()


def test_hints_do_not_stop(page: Client) -> None:
    answer = upload(
        page,
        xlsx(
            [
                [*HEAD, "采用人"],
                adoption(1, 日期="3月5日"),
                adoption(2, 日期="2025-03-05"),
                adoption(1, 日期="3月5日"),
            ]
        ),
    )
    year = timezone.localdate().year
    words = {(row, message) for row, _column, message in said(answer)}
    assert (1, "不认识“采用人”这一列，没有导入它。") in words
    assert (2, f"没有写年份，按{year}年登记。") in words
    assert (3, "2025-03-05没有施行的计分办法：会登记、计条数，不计分。") in words
    assert (4, "与第2行完全相同，只登记一次。") in words
    assert not answer.context["stopping"]
    send(page, answer, "book")
    assert sorted(Fact.objects.values_list("date", flat=True)) == [
        date(2025, 3, 5),
        date(year, 3, 5),
    ]


def test_a_unit_that_is_gone_is_named(page: Client) -> None:
    old = unit("旧乡政府")
    old.active_until = date(2020, 12, 31)
    old.save()
    answer = upload(page, facts(adoption(1, 单位="旧乡政府")))
    assert "旧乡政府在这一天不是在用单位" in said(answer)[0][2]


def test_merged_cells_in_the_body_are_named(page: Client) -> None:
    data = xlsx([HEAD, adoption(1), adoption(2), adoption(3)], merged=["C2:C4"])
    answer = upload(page, data)
    assert (2, "C 单位") in [(row, column) for row, column, _words in said(answer)]
    assert "C2至C4是合并单元格" in answer.content.decode()


def test_formulas_give_their_value_or_are_named(page: Client) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*HEAD])
    sheet.append(adoption(1))
    sheet["D2"] = '="第"&"1条"'
    out = io.BytesIO()
    book.save(out)
    answer = upload(page, out.getvalue())
    assert any((row, c) == (2, "D 标题") and "公式没有计算结果" in m for row, c, m in said(answer))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("表.csv", csv([HEAD, adoption(1), adoption(2)])),
        ("表.csv", csv([HEAD, adoption(1), adoption(2)], "utf-8-sig")),
        ("表.csv", csv([HEAD, adoption(1), adoption(2)], "gbk")),
        ("表.txt", csv([HEAD, adoption(1), adoption(2)]).replace(b",", b"\t")),
        ("表.xls", xls([HEAD, adoption(1), adoption(2)])),
        ("表.xls", xls([HEAD, adoption(1), adoption(2, 日期=46086)])),
    ],
    ids=["utf-8", "bom", "gbk", "tabs", "xls", "xls-serial-day"],
)
def test_other_kinds_of_file_give_the_same(page: Client, name: str, data: bytes) -> None:
    booked(page, data, name)
    assert sorted(Fact.objects.values_list("title", flat=True)) == ["第1条信息", "第2条信息"]
    assert set(Fact.objects.values_list("date", flat=True)) == {date(2026, 3, 5)}


# --- once only ------------------------------------------------------------------------------


def test_the_same_file_twice_books_nothing_twice(page: Client) -> None:
    data = facts(adoption(1), adoption(2))
    first = booked(page, data)
    answer = upload(page, data)
    assert f"当时登记了 {first.made} 条" in answer.content.decode()
    assert "2 条以前已登记，将新登记 0 条" in answer.content.decode()
    send(page, answer, "book")
    again = ImportRun.objects.order_by("-pk")[0]
    assert (again.made, again.known, again.digest) == (0, 2, first.digest)
    assert Fact.objects.count() == 2


def test_a_longer_file_books_only_what_is_new(page: Client) -> None:
    booked(page, facts(adoption(1), adoption(2)))
    run = booked(page, csv([HEAD, adoption(2), adoption(3), adoption(1)]), "表.csv")
    assert (run.made, run.known) == (1, 2)
    assert Fact.objects.count() == 3


def test_what_was_withdrawn_does_not_come_back(page: Client, office: Office) -> None:
    data = facts(adoption(1))
    booked(page, data)
    made = Fact.objects.get()
    withdraw_fact(fact_id=made.pk, person=fresh(office.scorer), reason="有误")
    answer = upload(page, data)
    assert "其中1条以前登记过又撤销了" in answer.content.decode()
    send(page, answer, "book")
    assert not Fact.objects.standing().exists()


def test_the_template_can_be_filled_in_and_its_example_is_passed_over(page: Client) -> None:
    data = page.get(reverse("import_template")).content
    book = load_workbook(io.BytesIO(data))
    sheet = book["事项"]
    rules = sheet.data_validations.dataValidation
    assert {area.min_col for rule in rules for area in rule.sqref.ranges} >= {1, 3, 5, 6}
    assert all(cell.comment for cell in sheet[1])
    for column, value in enumerate(adoption(1), start=1):
        sheet.cell(3, column, value)
    out = io.BytesIO()
    book.save(out)
    answer = upload(page, out.getvalue())
    assert (2, "", "这是模板里的样例，没有导入。") in said(answer)
    assert not answer.context["stopping"]
    send(page, answer, "book")
    assert Fact.objects.get().title == "第1条信息"


# --- names and titles -------------------------------------------------------------------------


def test_a_name_is_chosen_once_and_remembered(page: Client) -> None:
    from infoflow.units.models import Unit

    water = Unit.objects.get(name="水务局")
    answer = upload(page, facts(adoption(1, 单位="市水务局"), adoption(2, 单位="市水务局")))
    [(choice, options)] = answer.context["names"]
    assert (choice.written, choice.rows) == ("市水务局", 2)
    assert options[2][:2] == (str(water.pk), "水务局（相近）")
    assert not any(chosen for value, _words, chosen in options if value)
    answer = send(page, answer, "look", **{choice.key: water.pk})
    assert not answer.context["stopping"]
    assert not UnitAlias.objects.exists()
    send(page, answer, "book")
    assert UnitAlias.objects.get().unit == water
    again = upload(page, facts(adoption(3, 单位="市 水务局")))
    assert not again.context["stopping"]
    [(choice, options)] = again.context["names"]
    assert choice.how == "alias"
    assert [value for value, _words, chosen in options if chosen] == [str(water.pk)]


def test_a_wrongly_learned_name_can_be_changed(page: Client) -> None:
    from infoflow.units.models import Unit

    water, money = Unit.objects.get(name="水务局"), Unit.objects.get(name="财政局")
    UnitAlias.objects.create(unit=water, written="财局", plain="财局")
    answer = upload(page, facts(adoption(1, 单位="财局")))
    [(choice, _options)] = answer.context["names"]
    answer = send(page, answer, "look", **{choice.key: money.pk})
    send(page, answer, "book")
    assert Fact.objects.get().lines.get().unit == money
    assert UnitAlias.objects.get().unit == money


def test_rows_of_a_name_can_be_left_out(page: Client) -> None:
    answer = upload(page, facts(adoption(1), adoption(2, 单位="外星办事处")))
    [(choice, _options)] = answer.context["names"]
    answer = send(page, answer, "look", **{choice.key: "-1"})
    assert not answer.context["stopping"]
    send(page, answer, "book")
    assert Fact.objects.get().title == "第1条信息"
    assert not UnitAlias.objects.exists()


def test_a_foreign_id_as_a_choice_is_no_unit(page: Client) -> None:
    answer = upload(page, facts(adoption(1, 单位="外星办事处")))
    [(choice, _options)] = answer.context["names"]
    answer = send(page, answer, "look", **{choice.key: "999999"})
    assert answer.context["stopping"]


def test_titles_are_suggested_and_linked_only_when_confirmed(page: Client, office: Office) -> None:
    item = office.pooled("关于推进杏花村产业园建设的做法")
    row = adoption(1, 单位=office.unit.name, 标题="推进杏花村产业园建设的做法")
    other = adoption(2, 单位="水务局", 标题="推进杏花村产业园建设的做法")
    today = timezone.localdate().isoformat()
    row[1] = other[1] = today
    answer = upload(page, facts(row, other))
    [title] = answer.context["found"].titles
    assert (title.row, title.suggestion.id) == (2, item.pk)
    assert any("标题与本系统稿件相近" in m for _r, _c, m in said(answer))
    assert answer.context["stopping"]
    fields = fields_of(answer)
    assert fields[title.key] == 0
    refused = send(page, answer, "look")
    assert not refused.context["stopping"]
    linked = send(page, refused, "look", **{title.key: item.pk})
    send(page, linked, "book")
    assert {f.item_id for f in Fact.objects.filter(kind="adoption")} == {item.pk, None}


# --- who, and what is refused ---------------------------------------------------------------


def test_a_marked_secret_in_any_cell_leaves_nothing(page: Client) -> None:
    for data, name in (
        (facts(adoption(1, 标题="绝密★1年 部署情况")), "表.xlsx"),
        (csv([HEAD, adoption(1, 标题="绝密★1年 部署情况")]), "表.csv"),
        (xls([HEAD, adoption(1, 标题="绝密★1年 部署情况")]), "表.xls"),
        (facts(adoption(1)), "绝密★1年.xlsx"),
        (xls([HEAD, adoption(1)], extra="　绝密★1年　".encode("utf-16-le")), "表.xls"),
    ):
        assert upload(page, data, name).status_code == 422
    assert Refusal.objects.count() == 5
    assert not Upload.objects.exists()


def test_a_secret_in_a_comment_or_a_printed_header_is_found(page: Client) -> None:
    from openpyxl.comments import Comment

    for place in ("comment", "header", "sheet"):
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append([*HEAD])
        sheet.append(adoption(1))
        if place == "comment":
            sheet["A1"].comment = Comment("机密★5年", "某人")
        elif place == "header":
            sheet.oddHeader.center.text = "机密★5年"
        else:
            hidden = book.create_sheet("另表")
            hidden.sheet_state = "hidden"
            hidden["Z9"] = "机密★5年"
        out = io.BytesIO()
        book.save(out)
        assert upload(page, out.getvalue()).status_code == 422, place
    assert not Upload.objects.exists()


def test_editors_may_import_but_not_adjust(client: Client, office: Office) -> None:
    client.force_login(office.editor)
    head = ("事项", "日期", "单位", "标题", "分值", "说明")
    answer = upload(client, facts(["加减分", DAY, "水务局", "加分", "2", "理由"], head=head))
    told = send(client, answer, "book")
    assert "加减分只能由计分员登记" in told.content.decode()
    assert not Fact.objects.exists()
    booked(client, facts(adoption(1)))
    assert Fact.objects.count() == 1


def test_somebody_elses_table_does_not_exist(page: Client, office: Office) -> None:
    answer = upload(page, facts(adoption(1)))
    address = reverse("import_look", args=[answer.context["upload"].pk])
    editor = Client()
    editor.force_login(office.editor)
    assert editor.get(address).status_code == 404
    assert editor.post(address, {"book": ""}).status_code == 404
    send(page, answer, "drop")
    assert page.get(address).status_code == 404
    assert not Fact.objects.exists()


def test_two_units_of_one_name_are_asked_about(page: Client) -> None:
    create_unit(code="X1", name="水务局", kind=UnitKind.DEPARTMENT)
    answer = upload(page, facts(adoption(1)))
    assert answer.context["stopping"] == 1
    assert "水务局" in said(answer)[0][2]


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"", "表.xlsx", "文件是空的"),
        (b"%PDF-1.4 x", "表.pdf", "PDF"),
        (xlsx([]), "表.xlsx", "表格是空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "表.xls", "这不是 Excel 文件"),
        (xls([["a"]])[:3000], "表.xls", "不是 Excel"),
        (xls([["a"]], far=(65_535, 255)), "表.xls", "读不出来"),
    ],
    ids=["empty", "pdf", "blank", "ole", "cut", "far"],
)
def test_what_is_no_table_is_refused_in_words(
    page: Client, data: bytes, name: str, message: str
) -> None:
    answer = upload(page, data, name)
    assert answer.status_code == 200
    assert message in "".join(answer.context["form"].errors["file"])
    assert not Upload.objects.exists()


def test_a_table_without_headings_says_what_is_needed(page: Client) -> None:
    answer = upload(page, xlsx([["甲", "乙"], [1, 2]]))
    assert "没有找到表头" in said(answer)[0][2]
    answer = send(page, answer, "look", form="facts")
    assert "没有找到列名" in said(answer)[0][2]


def test_progress_is_shown_for_a_long_table(page: Client, monkeypatch: Any) -> None:
    from scoring.adoptions import actions_bulk
    from scoring.imports import views

    monkeypatch.setattr(views, "WITH_PROGRESS", 5)
    monkeypatch.setattr(actions_bulk, "AT_A_TIME", 5)
    rows = [adoption(n, 单位="水务局" if n % 2 else "财政局") for n in range(12)]
    answer = upload(page, facts(*rows))
    address = reverse("import_look", args=[answer.context["upload"].pk])
    stream: Any = page.post(address, fields_of(answer) | {"book": ""})
    text = b"".join(stream.streaming_content).decode()
    told = re.findall(r"正在(登记|计分)：(\d+) / (\d+)", text)
    stored = [("登记", n, "12") for n in ("0", "5", "10", "12")]
    assert told == [*stored, ("计分", "1", "2"), ("计分", "2", "2")]
    assert "已登记 12 条" in text
    assert Fact.objects.count() == 12


def test_a_broken_off_booking_books_nothing(
    page: Client, office: Office, rf: RequestFactory, monkeypatch: Any
) -> None:
    from scoring.adoptions import actions_bulk
    from scoring.imports.views import LookView

    monkeypatch.setattr(actions_bulk, "AT_A_TIME", 5)
    rows = [adoption(n, 单位="水务局" if n % 2 else "财政局") for n in range(12)]
    upload(page, facts(*rows))
    view = LookView()
    request = rf.post("/")
    request.user = fresh(office.scorer)
    view.setup(request, pk=Upload.objects.get().pk)
    view.see()
    pieces = view.streamed()
    for piece in pieces:
        if "正在计分：1 / 2" in piece:
            break
    assert Fact.objects.count() == 12
    assert Entry.objects.count() == 6
    pieces.close()
    assert not Fact.objects.exists()
    assert not Entry.objects.exists()
    assert not ImportRun.objects.exists()
    assert Upload.objects.exists()


def test_a_name_of_two_units_may_be_left_out(page: Client) -> None:
    create_unit(code="X1", name="水务局", kind=UnitKind.DEPARTMENT)
    answer = upload(page, facts(adoption(1), adoption(2, 单位="财政局")))
    [(choice, _options)] = answer.context["names"]
    answer = send(page, answer, "look", **{choice.key: "-1"})
    assert not answer.context["stopping"]
    send(page, answer, "book")
    assert Fact.objects.get().title == "第2条信息"


@pytest.mark.parametrize(("way", "linked"), [("same", 1), ("none", 0)])
def test_the_command_settles_titles(office: Office, tmp_path: Path, way: str, linked: int) -> None:
    same, alike = "关于推进杏花村产业园建设的做法", "推进杏花村产业园建设的做法"
    item = office.pooled(same)
    today = timezone.localdate().isoformat()
    path = tmp_path / "表.xlsx"
    rows = [adoption(1, 单位=office.unit.name, 标题=title, 日期=today) for title in (same, alike)]
    path.write_bytes(facts(*rows))
    with pytest.raises(SystemExit):
        call_command("import_facts", str(path), stdout=io.StringIO())
    assert not Fact.objects.filter(kind="adoption").exists()
    call_command("import_facts", str(path), "--titles", way, stdout=io.StringIO())
    made = Fact.objects.filter(kind="adoption")
    assert made.count() == 2
    assert [fact.item_id for fact in made.exclude(item=None)] == [item.pk] * linked
