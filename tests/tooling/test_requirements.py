"""What is installed is what the requirements say, exactly."""

from __future__ import annotations

import re
from importlib.metadata import metadata, requires, version
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"([A-Za-z0-9_.-]+)(\[[a-z]+\])?==([\w.]+)(\s+# .+)?")

pytestmark = pytest.mark.sqlite_only


def pins(name: str) -> dict[str, str]:
    """Return name → version of one file; every line must name an exact version."""
    found: dict[str, str] = {}
    for line in (ROOT / name).read_text().splitlines():
        if not line or line.startswith(("#", "-r ")):
            continue
        match = LINE.fullmatch(line)
        assert match, line
        found[re.sub(r"[-_.]+", "-", match[1]).lower()] = match[3]
    return found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_installed_as_written(name: str) -> None:
    assert {package: version(package) for package in pins(name)} == pins(name)


@pytest.mark.parametrize("python", ["3.11.2", "3.12.3", "3.13.5"])
def test_every_part_runs_on_the_systems_own_python(python: str) -> None:
    """Debian 12, Ubuntu 24.04 and Debian 13, whichever Python the tests themselves run on."""
    refusing = [
        package
        for package in pins("requirements.txt") | pins("requirements-dev.txt")
        if python not in SpecifierSet(*metadata(package).get_all("Requires-Python", [""]))
    ]
    assert refusing == []


def test_nothing_that_a_part_needs_is_left_to_chance() -> None:
    """Every requirement of every pinned package is pinned too."""
    pinned = pins("requirements.txt") | pins("requirements-dev.txt")
    loose = set()
    for package in pinned:
        for requirement in requires(package) or []:
            name, _semicolon, marker = requirement.partition(";")
            if marker:
                continue  # for extras, other systems or other versions of Python
            needed = re.match(r"[A-Za-z0-9_.-]+", name)
            assert needed
            loose.add(re.sub(r"[-_.]+", "-", needed[0]).lower())
    assert loose <= pinned.keys()
