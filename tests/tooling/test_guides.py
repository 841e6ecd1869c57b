"""The guides show pictures that exist and name what stands on the screens."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDES = sorted((ROOT / "docs").glob("guide-*.md"))
PICTURE_MAX = 100_000
LINK = re.compile(r"\]\(([^)#]+)\)")
# What a reader is told to press or to open.
PRESSED = re.compile(r"(?:点|菜单|勾|选)“([^”]+)”")

pytestmark = pytest.mark.sqlite_only


@cache
def screens() -> str:
    """Everything that a screen may say."""
    files = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")]
    for room in ("infoflow", "cms", "scoring"):
        files += ROOT.glob(f"{room}/**/*.py")
    return "\n".join(path.read_text() for path in files)


def test_there_are_guides() -> None:
    assert {path.name for path in GUIDES} == {
        "guide-duty.md",
        "guide-editor.md",
        "guide-scorer.md",
        "guide-unit.md",
    }


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_every_link_leads_somewhere_and_pictures_are_small(guide: Path) -> None:
    links = LINK.findall(guide.read_text())
    assert links
    for link in links:
        target = guide.parent / link
        assert target.is_file(), link
        if target.suffix == ".png":
            assert target.stat().st_size <= PICTURE_MAX, link


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_what_is_to_be_pressed_stands_on_a_screen(guide: Path) -> None:
    named = PRESSED.findall(guide.read_text())
    assert len(named) >= 5
    assert [name for name in named if name not in screens()] == []
