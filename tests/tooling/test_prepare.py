"""`prepare` makes an installation ready once; production does not serve demonstration accounts."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection

from cms.review import gate
from cms.review.checks import gate_stands
from infoflow.settings.base import database
from infoflow.units.demo import DEMO_PASSWORD, start_lines
from infoflow.units.management.commands import prepare
from infoflow.units.models import User
from infoflow.units.roles import Role
from tests import builders

ROOT = Path(__file__).resolve().parents[2]


def prepared() -> tuple[str, str]:
    """Run `prepare`; return what it printed and what it reported on the way."""
    out, err = StringIO(), StringIO()
    call_command("prepare", url="http://127.0.0.1:8000/", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def static_root(tmp_path: Path, settings) -> Path:
    """A folder for the static files, of which the house's own are enough."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **django_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return tmp_path / "static"


def demo_user(role: Role, username: str) -> User:
    user = builders.person(role) if role is not Role.OFFICER else builders.person()
    User.objects.filter(pk=user.pk).update(username=username, is_demo=True)
    return user


def test_five_lines_with_the_demonstration_set(db: None) -> None:
    for n, role in enumerate((Role.EDITOR, Role.REVIEWER, Role.ISSUER, Role.SCORER)):
        demo_user(role, f"yanshi{n}")
    unit = builders.unit()
    for role in (Role.OFFICER, Role.SIGNATORY):
        person = builders.person(role, at=unit)
        User.objects.filter(pk=person.pk).update(is_demo=True)
    lines = start_lines("http://127.0.0.1:8000/")
    assert len(lines) == 5
    assert "http://127.0.0.1:8000/" in lines[0]
    assert lines[1].startswith("信息员 u")
    assert lines[2] == "编辑 yanshi0  保密审查员 yanshi1  签发人 yanshi2"
    assert lines[3] == "计分员 yanshi3"
    assert DEMO_PASSWORD in lines[4]


def test_no_password_is_printed_without_demonstration_accounts(db: None) -> None:
    builders.person(Role.EDITOR)
    lines = start_lines("http://127.0.0.1:8000/")
    assert DEMO_PASSWORD not in "".join(lines)
    assert lines[1] == "请用已有的账号登录。"


@pytest.mark.sqlite_only
def test_static_files_are_collected_once(db: None, static_root: Path) -> None:
    builders.person(Role.EDITOR)
    _said, first = prepared()
    assert "静态文件" in first
    assert (static_root / "desk" / "desk.css").exists()
    _said, second = prepared()
    assert second == ""
    (static_root / ".collected").write_text("of another version")
    _said, third = prepared()
    assert "静态文件" in third


@pytest.mark.sqlite_only
def test_demonstration_data_only_where_nobody_works_yet(db: None, static_root: Path) -> None:
    builders.person(Role.EDITOR)
    prepared()
    assert User.objects.count() == 1


def test_demonstration_data_loads_wholly_or_not_at_all(
    db: None, static_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(name: str, **options: object) -> None:
        if name == "load_demo":
            builders.person(Role.EDITOR)
            raise KeyboardInterrupt

    monkeypatch.setattr(prepare, "call_command", interrupted)
    static_root.mkdir()
    with pytest.raises(KeyboardInterrupt):
        prepared()
    assert not User.objects.exists()


SERVED = "import infoflow.wsgi"
CHECKED = "-- the check has failed --\n"
# Both doors of an installation in one process: its start takes seconds.
CHECKED_THEN_SERVED = f"""
import sys
from django.core.management import execute_from_command_line
try:
    execute_from_command_line(["manage.py", "check"])
except SystemExit as ended:
    if ended.code == 1:
        sys.stderr.write({CHECKED!r})
{SERVED}
"""
# Served, and started once more when its database file is a folder: nobody could say then
# whether it holds demonstration accounts.
SERVED_THEN_WITHOUT_DATABASE = f"""
{SERVED}
import os, sys
from django.db import connection
path = connection.settings_dict["NAME"]
os.rename(path, path + ".away")
os.mkdir(path)
del sys.modules["infoflow.wsgi"]
sys.stderr.write("-- served --\\n")
{SERVED}
"""


def production(*command: str, database: Path) -> subprocess.CompletedProcess[str]:
    """Run Python with the settings of a real installation on a database file."""
    (database.parent / "static").mkdir(exist_ok=True)
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "infoflow.settings.production",
            "DATABASE_URL": f"sqlite:///{database}",
            "INFOFLOW_VAR": str(database.parent),
            "SECRET_KEY": "k9" * 40,
            "ALLOWED_HOSTS": "xinxi.example",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.sqlite_only
@pytest.mark.parametrize("demo", [True, False])
def test_production_and_demonstration_accounts(
    transactional_db: None, tmp_path: Path, demo: bool
) -> None:
    demo_user(Role.EDITOR, "yanshi-bianji")
    User.objects.update(is_demo=demo)
    database = tmp_path / "copy.sqlite3"
    with sqlite3.connect(str(connection.settings_dict["NAME"])) as ours:
        ours.backup(sqlite3.connect(database))

    started = CHECKED_THEN_SERVED if demo else SERVED_THEN_WITHOUT_DATABASE
    served = production("-c", started, database=database)
    assert served.returncode == 1
    if demo:
        sentence = "数据库中有 1 个密码公开的演示账号，正式环境不能启动"
        checked, said = served.stderr.split(CHECKED)
        assert "units.E001" in checked
        assert sentence in checked
        assert said.startswith(sentence)
        assert said.count("\n") == 1
    else:
        first, said = served.stderr.split("-- served --\n")
        assert first == ""
        assert said.startswith("无法读取数据库，不能确认其中没有演示账号，服务未启动：")
        assert said.count("\n") == 1


@pytest.mark.parametrize("url", ["foo://bar", "notaurl", "mysql://u:geheim@h/d", "postgres://h:x/"])
def test_a_wrong_database_address_is_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL 的地址不正确") as caught:
        database(url)
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "engine", "name"),
    [
        ("sqlite:////tmp/a.sqlite3", "infoflow.sqlite", "/tmp/a.sqlite3"),
        ("postgres://u:p@h/d", "django.db.backends.postgresql", "d"),
        ("postgres://u@%2Ftmp%2Fs/d", "django.db.backends.postgresql", "d"),
    ],
)
def test_both_databases_are_understood(url: str, engine: str, name: str) -> None:
    found = database(url)
    assert (found["ENGINE"], found["NAME"]) == (engine, name)


@pytest.mark.sqlite_only
def test_a_missing_setting_is_named_in_one_sentence(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "infoflow.settings.production", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert said.returncode == 1
    assert said.stderr == "生产环境缺少环境变量 SECRET_KEY，请先设置再启动。\n"


def test_a_database_that_does_not_answer_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_answer(using: str = "default") -> list[str]:
        raise OperationalError("connection refused")

    monkeypatch.setattr(gate, "missing_triggers", no_answer)
    assert [found.id for found in gate_stands()] == ["review.W001"]
