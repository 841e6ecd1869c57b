"""Findings shown in the text: at their place, in headings and tables too, nothing else changed."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cms.items import marking, text
from cms.scanning.rules import Finding

LINES = st.lists(
    st.sampled_from(
        [
            "一、布署情况", "（一）主要布署", "各单位布署工作", "# 布署", "## 布署",
            "甲\t布署\t13800000000",
            "\t布署", "布署\t", "", "&lt;布署&amp;", "布署布署",
        ]
    ),
    max_size=12,
)  # fmt: skip


def finding(start: int, words: str) -> Finding:
    return Finding("typo", "word.1", "body", start, start + len(words), words, "应为“部署”")


@given(LINES)
def test_every_finding_is_marked_where_it_stands(lines: list[str]) -> None:
    stored = text.to_html("\n".join(lines))
    plain = text.to_text(stored)
    found = [finding(match.start(), match[0]) for match in re.finditer("布署", plain)]
    shown = marking.render_marked(stored, found)
    assert shown.count("<mark ") == len(found)
    assert re.findall(r"<mark [^>]*>([^<]*)</mark>", shown) == [f.words for f in found]
    assert re.sub(r"</?mark[^>]*>", "", shown) == stored


@given(LINES)
def test_pieces_stand_where_their_places_say(lines: list[str]) -> None:
    stored = text.to_html("\n".join(lines))
    plain = text.to_text(stored)
    for item in marking.placed(text.parse_html(stored)):
        rows = item.block.rows or ((item.block.text,),)
        for row, places in zip(rows, item.places, strict=True):
            for cell, place in zip(row, places, strict=True):
                assert plain[place : place + len(cell)] == cell
