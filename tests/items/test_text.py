"""The text of an item: what typing and pasting turn into, and that nothing active survives."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.items import text
from tests.properties import examples

PIECES = [
    "一、基本情况",
    "(一)做法",
    "\uff08一\uff09做法",
    "# 小标题",
    "## 次标题",
    "正文一段。",
    "增长3<5且a>b&c",
    "\t",
    "\u3000",
    "\n",
    "\r\n",
    "\x0b",
    " ",
    "<p>",
    "</p>",
    "<table><tr><td>",
    "</td><td>",
    "</td></tr></table>",
    "<h1>",
    "</h1>",
    "<script>alert(1)</script>",
    "<style>p{}</style>",
    '<img src=x onerror="alert(1)">',
    "<a href='javascript:alert(1)'>",
    "&lt;p&gt;",
    "&lt;script&gt;",
    "&amp;lt;p&gt;",
    "<\u200bp>",
    "<",
    ">",
    "<p",
    "class=x",
    "&",
    "#",
    "\u200b",
]
sources = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join),
    st.lists(
        st.one_of(st.sampled_from(PIECES), st.text(alphabet=st.characters(codec="utf-8"))),
        max_size=8,
    ).map("".join),
)
ALLOWED = re.compile(r"</?(?:h2|h3|p|table|tbody|tr|td)>")


@examples(50)
@given(sources)
def test_only_bare_known_tags_survive(source: str) -> None:
    left = ALLOWED.sub("", text.to_html(source))
    assert "<" not in left
    assert ">" not in left


@examples(50)
@given(sources)
def test_cleaning_twice_changes_nothing(source: str) -> None:
    once = text.to_html(source)
    assert text.to_html(once) == once


@examples(50)
@given(sources)
def test_opening_and_saving_changes_nothing(source: str) -> None:
    stored = text.to_html(source)
    assert text.to_html(text.to_text(stored)) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("一、基本情况", "<h2>一、基本情况</h2>"),
        ("十二、基本情况", "<h2>十二、基本情况</h2>"),
        ("(一)主要做法", "<h3>(一)主要做法</h3>"),
        ("\uff08一\uff09主要做法", "<h3>\uff08一\uff09主要做法</h3>"),
        ("\uff08二\uff09全县已完成八成\uff1b", "<p>\uff08二\uff09全县已完成八成\uff1b</p>"),
        ("一、今年以来,全县扎实推进。", "<p>一、今年以来,全县扎实推进。</p>"),
        ("# 背景", "<h2>背景</h2>"),
        ("## 经过", "<h3>经过</h3>"),
        ("第一段\n\n  第二段  ", "<p>第一段</p><p>第二段</p>"),
        ("第一段\r\n第二段", "<p>第一段</p><p>第二段</p>"),
        ("第一段\x0b第二段", "<p>第一段</p><p>第二段</p>"),
        ("a<b 且 c>d & e", "<p>a&lt;b 且 c&gt;d &amp; e</p>"),
        (
            "单位\t得分\n甲\t7.5",
            "<table><tbody><tr><td>单位</td><td>得分</td></tr>"
            "<tr><td>甲</td><td>7.5</td></tr></tbody></table>",
        ),
        ("<h1>大标题</h1><p>段<b>落</b></p>", "<h2>大标题</h2><p>段落</p>"),
        ("<p>前</p><script>alert(1)</script><p>后</p>", "<p>前</p><p>后</p>"),
        ("<p>前</p><style>p{color:red}</style>", "<p>前</p>"),
        ('<p onclick="x()">前</p><img src=x onerror=y()>', "<p>前</p>"),
        ("<svg><script>alert(1)</script></svg>", ""),
        ("  \n\t\n", ""),
    ],
)
def test_what_typing_becomes(typed: str, stored: str) -> None:
    assert text.to_html(typed) == stored


def test_table_keeps_empty_cells() -> None:
    stored = text.to_html("\t一月\t二月\n甲\t\t3")
    assert text.to_text(stored) == "\u3000\t一月\t二月\n甲\t\t3"
    assert text.to_html(text.to_text(stored)) == stored


def test_a_text_that_names_a_tag_keeps_saying_so() -> None:
    stored = text.to_html("<p>写作 &lt;p&gt; 的标记</p>")
    assert text.to_text(stored) == "写作 \uff1cp> 的标记"


@pytest.mark.parametrize("bad", ["\x00", "\x01", "\x1b", "\ud800", "\u202e", "\uffff"])
def test_unfit_characters_are_found_with_their_place(bad: str) -> None:
    typed = f"第一行\n全市信息工作{bad}会议"
    assert text.unfit_characters(typed)
    assert text.unfit_place(typed) == "全市信息工作"


@pytest.mark.parametrize("good", ["", "字\t字", "字\r\n字", "字\x0b字", "𠮷野家", "😀", "a\u3000b"])
def test_fit_characters_pass(good: str) -> None:
    assert not text.unfit_characters(good)


@pytest.mark.parametrize(
    ("pasted", "names"),
    [
        ("<p>字</p><script>x</script>", ["脚本"]),
        ('<p onclick="x()">字</p>', ["脚本"]),
        ("<style>p{}</style><p>字</p>", ["样式"]),
        ("<p>字</p><img src='file:///a.png'>", ["图片"]),
        ("<iframe src=x></iframe>", ["嵌入内容"]),
        ("<p>字</p>", []),
        ("若 a<script 则 b", []),
        ("<a href='javascript:x()'>字</a>", ["脚本"]),
        ("关于 onload=1 的说明", []),
    ],
)
def test_names_what_cleaning_removes(pasted: str, names: list[str]) -> None:
    assert text.removed_parts(pasted) == names


def test_length_counts_characters_without_blanks() -> None:
    assert text.length(text.to_html("一 二\n三四\n五\t六")) == 6
