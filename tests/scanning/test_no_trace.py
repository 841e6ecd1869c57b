"""A marked secret leaves no trace: database, dump, media, log, temporary files, sessions.

One text with a mark and a word that exists nowhere else is sent through every entrance. Then
every place where software keeps things is searched for that word in every spelling that could
hide it. A control sends the same word without the mark, and must be found.
"""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.storage import InMemoryStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from cms.scanning.logs import NoMarks
from cms.scanning.models import Refusal, WordList
from infoflow.units.roles import Role
from tests.builders import Office, own_bulletin, person, task_of
from tests.bulletins.test_composing import edit
from tests.corpus.office_files import docx, paragraph, xlsx
from tests.desk.pages import fields
from tests.scanning.test_office import sheet

WORD = "磐鶪麤犇计划"
MARK = "绝密★1年"
SECRET = f"{MARK} {WORD}部署情况"
HTML = f"<p>绝<b>密</b>★1年</p><p>{WORD}</p>"

# What is committed lies in the files; a transaction would keep it in memory.
committed = pytest.mark.django_db(transaction=True)

Sent = dict[str, int]


def spellings(word: str) -> list[bytes]:
    """Return a word in every form in which it could lie in a file."""
    escaped = json.dumps(word)[1:-1]
    found = [
        word.encode(),
        word.encode("utf-16-le"),
        word.encode("utf-16-be"),
        word.encode("utf-32-le"),
        word.encode("gb18030"),
        escaped.encode(),
        escaped.upper().replace("\\U", "\\u").encode(),
        json.dumps(escaped)[1:-1].encode(),
        quote(word).encode(),
        quote(word).lower().encode(),
        "".join(f"&#{ord(char)};" for char in word).encode(),
        "".join(f"&#x{ord(char):x};" for char in word).encode(),
        repr(word.encode())[2:-1].encode(),
        word.encode().hex().encode(),
    ]
    for shift in range(3):
        # The middle of base64 is the same wherever the word stands in groups of three.
        coded = base64.b64encode(b"x" * shift + word.encode() + b"xx")
        found.append(coded[4 : len(coded) - 8])
    return found


def holds(data: bytes) -> bool:
    return any(spelling in data for spelling in spellings(WORD))


def files_in(folder: Path) -> Iterator[bytes]:
    """Yield the bytes of every file, and of what lies in packed ones."""
    for path in folder.rglob("*"):
        if not path.is_file():
            continue
        data = path.read_bytes()
        yield data
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                yield from (packed.read(name) for name in packed.namelist())


def database() -> bytes:
    """Return everything that the database keeps: the file with its log, or a dump."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        name = Path(str(config["NAME"]))
        return b"".join(path.read_bytes() for path in (name, Path(f"{name}-wal")) if path.exists())
    tool = shutil.which("pg_dump")
    if tool is None:
        pytest.skip("pg_dump is not installed")
    dump = subprocess.run(
        [
            tool, "--inserts", f"--host={config['HOST']}", f"--port={config['PORT']}",
            f"--username={config['USER']}", config["NAME"],
        ],
        env={**os.environ, "PGPASSWORD": config["PASSWORD"] or ""},
        capture_output=True,
        check=False,
    )  # fmt: skip
    if dump.returncode:
        pytest.skip(f"pg_dump: {dump.stderr.decode()[:200]}")
    return dump.stdout


class Places:
    """Where software keeps things, emptied before and searched afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = io.StringIO()

    def found(self) -> list[str]:
        """Return the names of the places that hold the word."""
        places: dict[str, Iterator[bytes] | list[bytes]] = {
            "database": [database()],
            "log": [self.log.getvalue().encode()],
            "temporary files": files_in(self.folder / "tmp"),
            "media": files_in(self.folder / "media"),
            "memory storage": [stored(name) for name in ("default", "attachments")],
        }
        return [name for name, parts in places.items() if any(holds(part) for part in parts)]


def stored(name: str) -> bytes:
    """Return names and bytes of a storage that the tests keep in memory."""
    storage = storages[name]
    assert isinstance(storage, InMemoryStorage)

    def walk(path: str) -> Iterator[bytes]:
        folders, names = storage.listdir(path)
        for file in names:
            yield file.encode()
            with storage.open(f"{path}/{file}" if path else file) as opened:
                yield opened.read()
        for folder in folders:
            yield folder.encode()
            yield from walk(f"{path}/{folder}" if path else folder)

    return b"\n".join(walk(""))


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    for name in ("tmp", "media"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path / "media")
    made = Places(tmp_path)
    handler = logging.StreamHandler(made.log)
    handler.setFormatter(NoMarks())
    handler.setLevel(logging.DEBUG)
    loggers = [logging.getLogger(), logging.getLogger("django.server")]
    for logger in loggers:
        logger.addHandler(handler)
    yield made
    for logger in loggers:
        logger.removeHandler(handler)


def session(user: Any) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


def word_file(text: str) -> bytes:
    return docx("".join(paragraph(line) for line in ("关于工作的报告", *text.split("\n"))))


def entrances(office: Office, text: str, markup: str) -> dict[str, Callable[[], Any]]:
    """Return every way in: name → what sends the text and returns the answer."""
    desk, chief, editor = map(session, (office.officer, office.signatory, office.editor))
    reviewer, scorer = session(office.reviewer), session(office.scorer)
    draft, waiting, signed = office.draft(), office.submitted(), office.signed()
    screened, issue = office.screened(), office.issue(office.pooled())
    admin = session(person(Role.SYSTEM_ADMIN))
    new, change = reverse("item_new"), reverse("item_edit", args=[draft.pk])

    def file(name: str = "报告.docx", body: str = text) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, word_file(body))

    def write(url: str, **changes: Any) -> Any:
        return desk.post(url, fields(office, **changes))

    ways: dict[str, Callable[[], Any]] = {
        f"写稿 {part}": lambda part=part: write(new, **{part: text})  # type: ignore[misc]
        for part in ("title", "body", "contact", "keywords", "note", "commission")
    }
    ways |= {
        "写稿并提交": lambda: write(new, body=text, submit="1"),
        "写稿 网页": lambda: write(new, body=markup),
        "改稿": lambda: write(change, body=text),
        "自动保存": lambda: desk.post(
            reverse("item_autosave"),
            fields(office, body=text),
            headers={"X-Requested-With": "fetch"},
        ),
        "自动保存 网页": lambda: desk.post(
            reverse("item_autosave"),
            fields(office, body=markup),
            headers={"X-Requested-With": "fetch"},
        ),
        "导入 Word": lambda: desk.post(reverse("item_import"), {"upload": file()}),
        "导入 文件名": lambda: desk.post(
            reverse("item_import"), {"upload": file(f"{text[:20]}.docx", "正文")}
        ),
        "附件 Word": lambda: desk.post(
            reverse("item_attachments", args=[draft.pk]), {"upload": file()}
        ),
        "附件 Excel": lambda: desk.post(
            reverse("item_attachments", args=[draft.pk]),
            {"upload": SimpleUploadedFile("表.xlsx", xlsx(shared=(text, "得分")))},
        ),
        "附件 文件名": lambda: desk.post(
            reverse("item_attachments", args=[draft.pk]),
            {"upload": file(f"{text[:20]}.docx", "正文")},
        ),
        "查询 本单位": lambda: desk.get(reverse("item_list"), {"q": text}),
        "查询 稿库": lambda: editor.get(reverse("bulletin_pool"), {"q": text}),
        "查询 办公": lambda: editor.get(reverse("office_search"), {"q": text}),
        "撤回": lambda: desk.post(
            reverse("item_withdraw", args=[waiting.pk]), {"reason": text}
        ),
        "审签": lambda: chief.post(
            reverse("item_sign", args=[waiting.pk]),
            {"task": task_of(waiting), "digest": waiting.digest(), "reason": text, "return": "1"},
        ),
        "初审": lambda: editor.post(
            reverse("review_decide", args=[task_of(signed)]),
            {"verdict": "return", "reason": text, "seen_digest": signed.digest()},
        ),
        "成批退改": lambda: editor.post(
            reverse("review_bulk", args=["screen"]),
            {"task": [task_of(signed)], "verdict": "return", "reason": text},
        ),
        "保密审查": lambda: reviewer.post(
            reverse("review_decide", args=[task_of(screened)]),
            {"verdict": "pass", "opinion": text, "reason": text},
        ),
        "期刊": lambda: editor.post(
            reverse("wagtailadmin_pages:edit", args=[issue.pk]),
            edit(issue, **{"entries-0-body": text}),
        ),
        "期刊 网页": lambda: editor.post(
            reverse("wagtailadmin_pages:edit", args=[issue.pk]),
            edit(issue, **{"entries-0-body": markup}),
        ),
        "期刊 标题": lambda: editor.post(
            reverse("wagtailadmin_pages:edit", args=[issue.pk]), edit(issue, title=text)
        ),
        "期刊 自动保存": lambda: editor.post(
            reverse("wagtailadmin_pages:edit", args=[issue.pk]),
            edit(issue, **{"entries-0-body": text}),
            headers={"Accept": "application/json"},
        ),
        "采用登记": lambda: scorer.post(
            reverse("fact_adopted"),
            {"title": text, "date": "2026-01-01", "bulletin": own_bulletin().pk},
        ),
        "词语": lambda: reviewer.post(
            reverse("stop-words:add"),
            {"words": text[:20], "word_list": WordList.objects.filter(kind="stop")[0].pk},
        ),
        "词语 Excel": lambda: reviewer.post(
            reverse("scanning_import", args=["stop"]),
            {
                "word_list": WordList.objects.filter(kind="stop")[0].pk,
                "file": sheet(["词语"], [text[:30]]),
            },
        ),
        "单位名称": lambda: admin.post(
            reverse("units:add"), {"name": text, "code": "X1", "kind": "town", "order": 1}
        ),
        "登录名": lambda: Client().post(
            reverse("login"), {"username": text, "password": "x"}
        ),
        "登录后去处": lambda: Client().get(reverse("login"), {"next": f"/{text}"}),
        "接口": lambda: desk.post(
            new, json.dumps({"body": text}), content_type="application/json"
        ),
    }  # fmt: skip
    return ways


@committed
def test_a_marked_secret_leaves_no_trace(places: Places) -> None:
    office = Office()
    ways = entrances(office, SECRET, HTML)
    before = Refusal.objects.count()
    answers = {name: send() for name, send in ways.items()}
    assert {name: a.status_code for name, a in answers.items() if a.status_code != 422} == {}
    told = {name for name, a in answers.items() if holds(a.content) or MARK in a.content.decode()}
    assert told == set(), "the answer repeats the text"
    recorded = Refusal.objects.count() - before
    assert recorded == len(ways) - 2, "only those without a login leave no record"
    assert places.found() == []


@committed
def test_an_address_that_leads_nowhere_is_not_logged(places: Places) -> None:
    client = session(Office().officer)
    client.get(f"/{quote(SECRET)}/")
    client.get(f"/items/{SECRET}/")
    logging.getLogger("django.request").warning("Bad Request: %s", quote(SECRET))
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("anything").exception("fault")
    assert places.found() == []
    assert "已略去" in places.log.getvalue()


@committed
def test_the_search_finds_what_is_there(places: Places) -> None:
    """Control: the same word without a mark is let in, kept, and found."""
    office = Office()
    text = f"{WORD}部署情况"
    desk = session(office.officer)
    answer = desk.post(reverse("item_new"), fields(office, body=text))
    assert answer.status_code == 302
    (places.folder / "tmp" / "x").write_bytes(word_file(text))
    logging.getLogger("anything").warning(text)
    found = places.found()
    assert {"database", "log", "temporary files"} <= set(found)


@pytest.mark.parametrize("spelling", range(len(spellings(WORD))))
def test_every_spelling_is_searched_for(spelling: int) -> None:
    assert holds(b"\x00{}" + spellings(WORD)[spelling] + b"\xff")
    assert html.unescape(spellings(WORD)[10].decode()) == WORD
    for shift in range(3):
        assert holds(base64.b64encode(b"y" * shift + WORD.encode() + b"rest"))
