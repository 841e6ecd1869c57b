"""A facts workbook until it is booked: names and titles confirmed, files sent twice, secrets,
who may, and a booking that breaks off."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from cms.scanning.models import Refusal
from infoflow.units.actions import create_unit
from infoflow.units.models import UnitKind
from scoring.adoptions.actions import withdraw_fact
from scoring.adoptions.models import Fact
from scoring.imports.models import ImportRun, UnitAlias, Upload
from scoring.ledger.models import Entry
from tests.builders import Office, fresh

from .pages import booked, fields_of, said, send, upload
from .tables import DAY, HEAD, adoption, csv, facts, xls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county")]


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


@pytest.mark.screens
def test_rows_of_a_name_can_be_left_out(page: Client) -> None:
    answer = upload(page, facts(adoption(1), adoption(2, 单位="外星办事处")))
    [(choice, _options)] = answer.context["names"]
    answer = send(page, answer, "look", **{choice.key: "-1"})
    assert not answer.context["stopping"]
    send(page, answer, "book")
    assert Fact.objects.get().title == "第1条信息"
    assert not UnitAlias.objects.exists()


@pytest.mark.screens
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


@pytest.mark.screens
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


@pytest.mark.screens
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


@pytest.mark.screens
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


@pytest.mark.screens
def test_two_units_of_one_name_are_asked_about(page: Client) -> None:
    create_unit(code="X1", name="水务局", kind=UnitKind.DEPARTMENT)
    answer = upload(page, facts(adoption(1)))
    assert answer.context["stopping"] == 1
    assert "水务局" in said(answer)[0][2]


@pytest.mark.screens
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


@pytest.mark.screens
def test_a_name_of_two_units_may_be_left_out(page: Client) -> None:
    create_unit(code="X1", name="水务局", kind=UnitKind.DEPARTMENT)
    answer = upload(page, facts(adoption(1), adoption(2, 单位="财政局")))
    [(choice, _options)] = answer.context["names"]
    answer = send(page, answer, "look", **{choice.key: "-1"})
    assert not answer.context["stopping"]
    send(page, answer, "book")
    assert Fact.objects.get().title == "第2条信息"


@pytest.mark.screens
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
