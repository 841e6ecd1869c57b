"""bin/run and bin/bench refuse with one sentence that tells a newcomer what to do."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("bash", "dirname", "grep", "id", "mkdir", "rm", "sha256sum")

pytestmark = pytest.mark.sqlite_only


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone, as far as the commands look at it."""
    root = tmp_path / "clone"
    shutil.copytree(ROOT / "bin", root / "bin")
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, root)
    return root


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder for the PATH with what every Debian has, but no Python and no apt-get."""
    folder = tmp_path / "bare"
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (folder / tool).symlink_to(found)
    return folder


def run(root: Path, *command: str, **environ: str) -> str:
    """Run a command that must fail; return its one line."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [str(root / command[0]), *command[1:]],
        env={**keep, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 1, done
    assert done.stdout == ""
    return done.stderr.strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_no_python(clone: Path, bare: Path) -> None:
    said = run(clone, "bin/run", PATH=str(bare))
    assert said == (
        "需要 Python 3.11 或更高版本，本机没有找到 python3；"
        "请先安装，例如 apt-get install python3，再重新运行。"
    )


def test_python_too_old(clone: Path, bare: Path) -> None:
    script(bare / "python3", 'case "$2" in *version_info*) exit 1 ;; *) echo 3.9.2 ;; esac')
    said = run(clone, "bin/run", PATH=str(bare))
    assert said.startswith("需要 Python 3.11 或更高版本，本机只有 3.9.2；")
    assert "\n" not in said


def test_a_newer_python_beside_the_old_one_is_found(clone: Path, bare: Path) -> None:
    script(bare / "python3", 'case "$2" in *version_info*) exit 1 ;; *) echo 3.9.2 ;; esac')
    (bare / "python3.12").symlink_to(sys.executable)
    said = run(clone, "bin/run", PATH=str(bare), PORT="x")
    assert said == "端口 PORT=x 不是数字：请写 1 到 65535 之间的数字。"


def test_venv_missing_and_nothing_may_be_installed(clone: Path, bare: Path) -> None:
    script(
        bare / "python3",
        f'case "$2" in *ensurepip*) exit 1 ;; *) exec {sys.executable} "$@" ;; esac',
    )
    said = run(clone, "bin/run", PATH=str(bare), PORT=str(free_port()))
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    assert said == (
        f"缺少系统软件包 {package}：请用管理员身份运行 apt-get install {package}，再重新运行。"
    )


def test_venv_missing_is_installed_where_that_is_allowed(clone: Path, bare: Path) -> None:
    """As root, or with a sudo that asks for no password; then the road goes on."""
    done = bare / "done"
    script(
        bare / "python3",
        f'case "$*" in *"-m venv"*) exit 1 ;; *ensurepip*) test -e {done} ;;'
        f' *) exec {sys.executable} "$@" ;; esac',
    )
    script(bare / "apt-get", f'[ "$1" = update ] || echo "$*" >{done}')
    script(bare / "sudo", 'shift; [ "$1" = true ] || exec "$@"')
    said = run(clone, "bin/run", PATH=str(bare), PORT=str(free_port())).splitlines()
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    assert package in done.read_text()
    assert said == [
        f"正在安装系统软件包 {package} ……",
        "正在建立运行环境 .venv ……",
        "无法建立 .venv：请检查磁盘空间，删除 .venv 后重新运行。",
    ]


def test_port_taken(clone: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = run(clone, "bin/run", PORT=str(port))
    assert said == (
        f"端口 {port} 已被占用：请先停止占用它的程序，或换一个端口，例如 PORT={port + 1} bin/run。"
    )


@pytest.mark.parametrize("port", ["abc", "-1", "123456", "80 80"])
def test_port_is_no_number(clone: Path, port: str) -> None:
    assert run(clone, "bin/run", PORT=port).startswith(f"端口 PORT={port} 不是数字：")


@pytest.mark.parametrize("port", ["65536", "99999"])
def test_port_out_of_range(clone: Path, port: str) -> None:
    assert "请写 1 到 65535 之间的数字" in run(clone, "bin/run", PORT=port)


def test_folder_not_writable(clone: Path) -> None:
    """A folder under /proc: there even root may not write."""
    said = run(clone, "bin/run", PORT=str(free_port()), INFOFLOW_VAR="/proc/1/var")
    assert said == (
        "文件夹 /proc/1/var 不可写：请修改其权限，或把程序放到有写权限的文件夹，再重新运行。"
    )


def test_download_fails(clone: Path) -> None:
    """pip's own trouble goes to a log; nothing is taken for installed."""
    (clone / ".venv/bin").mkdir(parents=True)
    script(clone / ".venv/bin/python", '[ "$2" != pip ] || { echo no route to host; exit 1; }')
    said = run(clone, "bin/run", PORT=str(free_port())).splitlines()
    assert said[1:] == [
        "下载或安装依赖失败：请检查网络，或用环境变量 PIP_INDEX_URL 指定可用的软件源，"
        "再重新运行；详情见 .venv/pip.log。"
    ]
    assert (clone / ".venv/pip.log").read_text() == "no route to host\n"
    assert not (clone / ".venv/.installed").exists()


def test_bench_lists_its_names(clone: Path) -> None:
    shutil.copytree(ROOT / "tests/bench", clone / "tests/bench")
    listed = subprocess.run(
        [str(clone / "bin/bench")], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"lifecycle", "ranking"} <= set(listed)
    assert "__init__" not in listed
    said = run(clone, "bin/bench", "nothing")
    assert said == "没有名为 nothing 的测量：bin/bench 不带参数时列出全部名称。"
