"""Word lists and refusals in the office: who keeps what, Excel in and out, months."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from cms.scanning.models import Refusal, Word, WordList
from cms.scanning.scanner import scan
from infoflow.units.roles import Role
from tests.builders import Office, person
from tests.corpus.office_files import xlsx

pytestmark = pytest.mark.screens


@pytest.fixture
def reviewer(office: Office, client: Client) -> Client:
    client.force_login(office.reviewer)
    return client


@pytest.fixture
def editor(office: Office, client: Client) -> Client:
    client.force_login(office.editor)
    return client


def stops() -> WordList:
    return WordList.objects.get(kind="stop")


def form(**changed: Any) -> dict[str, Any]:
    return {"word_list": stops().pk, "words": "专项行动甲", "grade": 3, "active": "on", **changed}


def test_a_reviewer_adds_a_word_and_it_stops_texts_at_once(reviewer: Client) -> None:
    answer = reviewer.post(reverse("stop-words:add"), form())
    assert answer.status_code == 302
    assert [f.kind for f in scan({"body": "开展专项行动甲"})] == ["stop"]
    word = Word.objects.get(words="专项行动甲")
    assert word.history.get().history_user is not None
    reviewer.post(reverse("stop-words:edit", args=[word.pk]), form(active=""))
    assert not scan({"body": "开展专项行动甲"})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": "甲"}, "words"),
        ({"words": " - "}, "words"),
        ({"words": "内部资料"}, "__all__"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "valid_until"),
        ({"valid_from": "昨天"}, "valid_from"),
    ],
)
def test_a_wrong_word_is_refused_where_it_is_wrong(
    reviewer: Client, changed: dict[str, Any], field: str
) -> None:
    answer = reviewer.post(reverse("stop-words:add"), form(**changed))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors


def test_each_keeper_keeps_only_the_own_kind(office: Office, client: Client) -> None:
    stop = Word.objects.filter(word_list__kind="stop")[0]
    typo = Word.objects.filter(word_list__kind="typo")[0]
    client.force_login(office.editor)
    for name, args in (("index", []), ("add", []), ("edit", [stop.pk])):
        assert client.get(reverse(f"stop-words:{name}", args=args)).status_code == 302
    assert client.get(reverse("stop-words:edit", args=[typo.pk])).status_code == 302
    assert client.get(reverse("typo-words:edit", args=[stop.pk])).status_code == 302
    assert client.get(reverse("typo-words:edit", args=[typo.pk])).status_code == 200
    assert client.get(reverse("scanning_export", args=["stop"])).status_code == 302
    data = {"name": "新词表", "kind": "stop", "active": "on"}
    answer = client.post(reverse("word-lists:add"), data)
    assert not WordList.objects.filter(name="新词表").exists()
    assert answer.status_code == 200
    client.force_login(office.reviewer)
    assert client.post(reverse("word-lists:add"), data).status_code == 302
    assert client.get(reverse("typo-words:index")).status_code == 302
    client.force_login(person(Role.SYSTEM_ADMIN))
    assert client.get(reverse("word-lists:index")).status_code == 302


def test_a_keeper_reads_how_a_word_changed(reviewer: Client) -> None:
    reviewer.post(reverse("stop-words:add"), form())
    word = Word.objects.get(words="专项行动甲")
    page = reviewer.get(reverse("stop-words:history", args=[word.pk]))
    assert page.status_code == 200
    lists = reviewer.get(reverse("word-lists:history", args=[stops().pk]))
    assert lists.status_code == 200
    typo = Word.objects.filter(word_list__kind="typo")[0]
    assert reviewer.get(reverse("stop-words:history", args=[typo.pk])).status_code == 302


def sheet(*rows: Sequence[Any]) -> SimpleUploadedFile:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("词语.xlsx", file.getvalue())


HEAD = ["词语", "正确写法", "例外", "级别", "起用日期", "停用日期", "在用"]


def upload(client: Client, file: SimpleUploadedFile, kind: str = "stop", **more: str) -> Any:
    word_list = WordList.objects.get(kind=kind)
    data = {"word_list": word_list.pk, "file": file, **more}
    return client.post(reverse("scanning_import", args=[kind]), data)


def test_a_sheet_is_taken_whole_and_a_second_time_changes_nothing(reviewer: Client) -> None:
    rows: list[list[Any]] = [
        HEAD,
        ["专项甲", None, None, "严重", datetime(2026, 1, 1), None, "是"],  # noqa: DTZ001
        ["内部资料", None, "内部资料室", "一般", None, "2027/1/1".replace("/1/1", "-01-01"), None],
    ]
    before = Word.objects.count()
    answer = upload(reviewer, sheet(*rows), dry_run="on")
    assert (answer.context["done"].added, answer.context["done"].changed) == (1, 1)
    assert Word.objects.count() == before
    answer = upload(reviewer, sheet(*rows))
    assert answer.status_code == 200
    assert Word.objects.count() == before + 1
    assert scan({"body": "专项甲"})
    changed = Word.objects.get(words="内部资料", word_list=stops())
    assert (changed.grade, changed.unless, str(changed.valid_until)) == (
        1,
        "内部资料室",
        "2027-01-01",
    )
    answer = upload(reviewer, sheet(*rows))
    assert (answer.context["done"].added, answer.context["done"].changed) == (0, 0)
    assert changed.history.count() == 1


def test_one_wrong_row_takes_none_and_names_row_and_column(reviewer: Client) -> None:
    before = Word.objects.count()
    answer = upload(
        reviewer,
        sheet(
            HEAD,
            ["专项甲"],
            ["甲"],
            ["专项乙", None, None, "特别"],
            ["专项丙", None, None, None, "昨天"],
            ["专项甲"],
            ["专项丁", None, None, None, None, None, "也许"],
        ),
    )
    assert answer.status_code == 422
    assert [(f.row, f.column) for f in answer.context["faults"]] == [
        (3, "词语"),
        (4, "级别"),
        (5, "起用日期"),
        (6, "词语"),
        (7, "在用"),
    ]
    assert Word.objects.count() == before


def test_what_is_no_sheet_is_refused(reviewer: Client) -> None:
    answer = upload(reviewer, SimpleUploadedFile("词语.xlsx", b"MZ program"))
    assert answer.status_code == 200
    assert "file" in answer.context["form"].errors
    assert upload(reviewer, sheet(["别的", "列"])).status_code == 422
    broken = SimpleUploadedFile("词语.xlsx", xlsx(shared=("词语",)))
    assert upload(reviewer, broken).status_code == 422


def test_a_marked_word_is_turned_away_at_the_door(reviewer: Client) -> None:
    answer = upload(reviewer, sheet(HEAD, ["秘密★1年"]))
    assert answer.status_code == 422
    assert Refusal.objects.get().entrance == "words"
    assert not Word.objects.filter(words__contains="★").exists()


def test_a_typo_needs_its_right_form(editor: Client) -> None:
    answer = upload(editor, sheet(HEAD, ["错词", None], ["布暑", "部署"]), kind="typo")
    assert [(f.row, f.column) for f in answer.context["faults"]] == [(2, "正确写法")]


def test_what_is_exported_can_be_imported(editor: Client) -> None:
    Word.objects.filter(words="布署").update(words="=布署")
    answer = editor.get(reverse("scanning_export", args=["typo"]))
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows())
    assert [cell.value for cell in rows[0]] == HEAD
    assert len(rows) == 1 + Word.objects.filter(word_list__kind="typo").count()
    assert all(cell.data_type != "f" for row in rows for cell in row)
    again = upload(editor, SimpleUploadedFile("词语.xlsx", answer.content), kind="typo")
    assert again.status_code == 200
    assert (again.context["done"].added, again.context["done"].changed) == (0, 0)


def refuse(office: Office, count: int) -> None:
    for _number in range(count):
        Refusal.objects.create(
            person=office.officer,
            unit=office.unit,
            entrance="item",
            rule="mark.star",
            part="body",
            digest="0" * 64,
        )


def test_refusals_are_read_by_those_who_answer_for_them(office: Office, client: Client) -> None:
    refuse(office, 3)
    for who, seen in (
        (office.reviewer, True),
        (person(Role.SECURITY_ADMIN), True),
        (office.editor, False),
        (person(Role.SYSTEM_ADMIN), False),
    ):
        client.force_login(who)
        answer = client.get(reverse("scanning_refusals"))
        assert (answer.status_code == 200) == seen
    client.force_login(office.reviewer)
    page = client.get(reverse("scanning_refusals"))
    text = page.content.decode()
    assert office.unit.name in text
    assert "密级加★" in text
    assert "写稿、改稿" in text
    assert [(line["n"], line["people"]) for line in page.context["months"]] == [(3, 1)]
    assert page.context["months"][0]["month"].month == timezone.localdate().month


@pytest.mark.parametrize("name", ["scanning_refusals", "stop-words:index"])
def test_a_list_costs_the_same_with_few_and_many_rows(
    office: Office, reviewer: Client, name: str, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (2, 48):
        refuse(office, more)
        for number in range(more):
            Word.objects.create(word_list=stops(), words=f"专项{more}-{number}行动")
        reviewer.get(reverse(name))
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert reviewer.get(reverse(name)).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[0] <= 25
