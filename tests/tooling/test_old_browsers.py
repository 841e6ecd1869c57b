"""The desk works on Chromium 81 and calls nothing outside the network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted(ROOT.glob("infoflow/static/**/*.css"))
SCRIPTS = sorted(ROOT.glob("infoflow/static/**/*.js"))
TEMPLATES = sorted(ROOT.glob("templates/**/*.html")) + sorted(ROOT.glob("*/*/templates/**/*.html"))

# Unknown to Chromium 81 (the version that knows it).
YOUNG_CSS = {
    ":has": r":has\(",  # 105
    ":is": r":is\(",  # 88
    ":where": r":where\(",  # 88
    ":focus-visible": r":focus-visible",  # 86
    ":not with a list": r":not\([^()]*,",  # 88
    "aspect-ratio": r"(?<![\w-])aspect-ratio\s*:",  # 88
    "inset": r"(?<![\w-])inset(-block|-inline)?\s*:",  # 87
    "@layer": r"@layer\b",  # 99
    "@container": r"@container\b",  # 105
    "@property": r"@property\b",  # 85
    "nesting": r"(?m)^\s*&",  # 112
    "color-mix": r"color-mix\(",  # 111
    "logical pair": r"(?<![\w-])(margin|padding)-(block|inline)\s*:",  # 87
    "dynamic viewport": r"\d(dvh|svh|lvh)\b",  # 108
    "accent-color": r"(?<![\w-])accent-color\s*:",  # 93
    "text-wrap": r"(?<![\w-])text-wrap\s*:",  # 114
    "overflow: clip": r"overflow(-[xy])?\s*:\s*clip",  # 90
    "range in a media query": r"@media[^{]*[<>]",  # 104
}
YOUNG_JS = {
    "logical assignment": r"\?\?=|\|\|=|&&=",  # 85
    "optional chaining": r"\?\.[\w\[(]",  # after ES2019
    "nullish coalescing": r"\?\?",  # after ES2019
    "replaceAll": r"\.replaceAll\(",  # 85
    "at": r"\.at\(",  # 92
    "structuredClone": r"\bstructuredClone\(",  # 98
    "Object.hasOwn": r"\bhasOwn\(",  # 93
    "Promise.any": r"\bPromise\.any\(",  # 85
    "private field": r"\bthis\.#\w",  # after ES2019
    "numeric separator": r"\b\d+_\d",  # after ES2019
    "BigInt": r"\b\d+n\b",  # after ES2019
    "top-level await": r"(?m)^await\b",  # 89
    "replaceChildren": r"\.replaceChildren\(",  # 86
}
OUTSIDE = re.compile(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}", re.IGNORECASE)
INLINE = {
    "inline script": r"<script(?![^>]*\bsrc=)",
    "inline sheet": r"<style\b",
    "inline style": r"<[^>]*\sstyle\s*=",
    "inline handler": r"<[^>]*\son\w+\s*=",
    "javascript: address": r"javascript:",
}


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->", "", text, flags=re.DOTALL)


def young(text: str, tokens: dict[str, str]) -> list[str]:
    return [name for name, pattern in tokens.items() if re.search(pattern, text)]


def named(paths: list[Path]) -> list[object]:
    return [pytest.param(path, id=str(path.relative_to(ROOT))) for path in paths]


def test_there_is_something_to_look_at() -> None:
    assert SHEETS
    assert TEMPLATES


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", named(SHEETS))
def test_a_sheet_uses_nothing_young(path: Path) -> None:
    assert young(without_comments(path.read_text()), YOUNG_CSS) == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", named(SHEETS))
def test_gap_in_a_flex_box_has_a_margin_to_fall_back_on(path: Path) -> None:
    """Chromium 81 knows `gap` in a grid only; a flex box must not rest on it."""
    for rule in re.findall(r"([^{}]+)\{([^{}]*)\}", without_comments(path.read_text())):
        selector, body = rule
        if re.search(r"display\s*:\s*(inline-)?flex", body):
            assert not re.search(r"(?<![\w-])(row-|column-)?gap\s*:", body), selector.strip()


@pytest.mark.sqlite_only
def test_scripts_are_es2019() -> None:
    found = {path.name: young(without_comments(path.read_text()), YOUNG_JS) for path in SCRIPTS}
    assert {name: tokens for name, tokens in found.items() if tokens} == {}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", named(SHEETS + SCRIPTS + TEMPLATES))
def test_nothing_comes_from_outside(path: Path) -> None:
    text = without_comments(path.read_text()).replace("http://www.w3.org/2000/svg", "")
    assert OUTSIDE.findall(text) == []


@pytest.mark.sqlite_only
@pytest.mark.parametrize("path", named([p for p in TEMPLATES if "wagtailadmin" not in p.parts]))
def test_a_page_of_the_desk_holds_no_inline_script_or_style(path: Path) -> None:
    """The content security policy of the desk would switch them off."""
    assert young(without_comments(path.read_text()), INLINE) == []


@pytest.mark.parametrize(
    ("text", "tokens", "found"),
    [
        ("a:has(b) {}", YOUNG_CSS, [":has"]),
        ("p { inset: 0 }", YOUNG_CSS, ["inset"]),
        ("p { box-shadow: inset 0 0 1px }", YOUNG_CSS, []),
        ("@media (width >= 40em) {}", YOUNG_CSS, ["range in a media query"]),
        ("const a = b?.c", YOUNG_JS, ["optional chaining"]),
        ("const a = b ? .5 : 1", YOUNG_JS, []),
        ("<p style='x'>", INLINE, ["inline style"]),
        ('<script src="a.js"></script>', INLINE, []),
    ],
)
def test_the_patterns_find_what_they_should(
    text: str, tokens: dict[str, str], found: list[str]
) -> None:
    assert young(text, tokens) == found
