"""Two texts side by side: nothing is lost, nothing is invented, nothing is executed."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.review import diff
from cms.review.diff import Change, differs, rows

TEXTS = st.text(alphabet="一二三年共计件，<&b\n", max_size=60)


def plain(side: str | None) -> str:
    return html.unescape(re.sub(r"</?(?:ins|del)>", "", side or ""))


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    found = rows(old, new)
    assert [plain(row.old) for row in found if row.old is not None] == old.splitlines()
    assert [plain(row.new) for row in found if row.new is not None] == new.splitlines()


@given(TEXTS, TEXTS)
def test_what_is_not_marked_is_the_same_on_both_sides(old: str, new: str) -> None:
    for row in rows(old, new):
        if row.old is not None and row.new is not None:
            kept_old = re.sub(r"<del>.*?</del>", "", row.old)
            kept_new = re.sub(r"<ins>.*?</ins>", "", row.new)
            assert kept_old == kept_new


@given(TEXTS)
def test_a_text_beside_itself_has_no_difference(text: str) -> None:
    assert not differs(rows(text, text))


@pytest.mark.parametrize(
    ("old", "new", "left", "right"),
    [
        (
            "今年共检查300户",
            "今年共检查380户",
            "今年共检查3<del>0</del>0户",
            "今年共检查3<ins>8</ins>0户",
        ),
        ("加强检查，压实责任。", "加强检查。", "加强检查<del>，压实责任</del>。", "加强检查。"),
        ("<b>共1件</b>今年", "<b>共2件</b>今年", "<del>1</del>", "&lt;b&gt;共<ins>2</ins>件"),
    ],
)
def test_one_changed_word_is_one_mark(old: str, new: str, left: str, right: str) -> None:
    [row] = rows(old, new)
    assert row.change == Change.CHANGED
    assert left in (row.old or "")
    assert right in (row.new or "")


def test_a_new_paragraph_moves_no_other() -> None:
    old = "一、基本情况\n全县春耕进展顺利。\n二、下一步打算"
    new = "一、基本情况\n全县春耕进展顺利。\n已播种12万亩，占计划的八成。\n二、下一步打算"
    changes = [row.change for row in rows(old, new)]
    assert changes == [Change.SAME, Change.SAME, Change.ADDED, Change.SAME]


def test_a_very_long_line_is_marked_as_a_whole() -> None:
    [row] = rows("甲" * 6000, "乙" * 6000)
    assert row.old == f"<del>{'甲' * 6000}</del>"


def test_many_short_lines_are_not_all_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """25,000 lines of one character took more than two minutes with every pair looked at."""
    lines, compared, alike = 4_000, 0, diff._alike
    dearest = 2 * lines * (1 + diff.LOOK_AHEAD)

    def counted(left: str, right: str) -> bool:
        nonlocal compared
        compared += 1
        assert compared <= dearest, "more and more pairs are looked at"
        return alike(left, right)

    monkeypatch.setattr(diff, "_alike", counted)
    # No line has its like on the other side: each is looked for as far as it is looked for at all.
    old = "\n".join("甲乙丙丁"[n * n % 4] for n in range(lines))
    new = "\n".join("戊己庚"[n * 3 % 3] for n in range(lines))
    found = rows(old, new)
    assert compared >= lines, "the lines were not compared one by one"
    assert [plain(row.old) for row in found if row.old is not None] == old.splitlines()
