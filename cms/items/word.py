"""A Word file as an item: title, body in our five elements, and what was changed. Pure.

What an officer would retype: the title out of the centred lines, headings by style, by
automatic numbers and by 一、 (一) 1., tables with merged cells taken apart. What does not
belong into an item goes, and the notes say so: 红头, 文号, 主送, 落款, pictures, comments.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from infoflow.uploads.kinds import Limits

from . import markup, text
from .markup import TooMuch
from .rules import TITLE_MAX
from .text import Block
from .word_reader import Paragraph, Table, WordFile, read_word, too_long

# Elements of one file: 50,000 characters in 12,000 runs need half of it.
LIMITS = Limits(elements=200_000, characters=text.BODY_MAX + 5_000)
# Lines at the top among which the title is looked for.
_TOP = 8
_SHORT = 30
_SIZE_OF_TITLE = 36  # half points: 小二 and larger

_SENTENCE_END = tuple("。；;！!？?：:，,、")
_NUMBER_HEAD = re.compile(r"^\d{1,2}[.．、](?!\d)\s*\S")
_HEADING_MARK = re.compile(r"^(?:[一二三四五六七八九十百]+、|[(（][一二三四五六七八九十百]+[)）])")
_DOCUMENT_NUMBER = re.compile(
    r"^\S{0,20}[〔\[【(（]\s*\d{4}\s*[〕\]】)）]\s*第?\s*\d{1,4}\s*[号期]$"
)
_RED_HEAD = re.compile(r"^\S{2,30}(?:文件|信息|简报|专报|快报|动态|办公室)$")
_ISSUE_NUMBER = re.compile(r"^[(（]?第?\s*\d{1,4}\s*期")
_ADDRESSEE = re.compile(r"^\S{2,60}[：:]$")
_YEAR = r"(?:\d{4}|[〇○Ｏ零一二三四五六七八九]{4})"
_DATE = re.compile(
    rf"^[(（]?{_YEAR}年[\d一二三四五六七八九十]{{1,3}}月[\d一二三四五六七八九十]{{1,3}}日[)）]?$"
)
_CONTACT = re.compile(
    r"^[(（]?(?:联系人|撰稿人?|供稿人?)\s*[：:]\s*(?P<name>[\u4e00-\u9fff·]{2,10})"
    r"[\s,，;；、]*(?:(?:联系)?电话|手机|联系方式)?\s*[：:]?\s*"
    r"(?P<phone>[\d（(+][\d（）()+ -]{5,18}\d)?\s*[)）]?[。.]?$"
)


@dataclass(frozen=True)
class WordText:
    """What a Word file says. `body_html` is clean (text.to_html); the title may be empty."""

    title: str
    body_html: str
    notes: list[str] = field(default_factory=list)
    contact: str = ""


def read_docx(data: bytes) -> WordText:
    """Read a Word file as an item.

    Raises:
        BadFile: it is no Word file, it must not be taken, or it is too long for an item.
    """
    file = read_word(data, LIMITS)
    notes: list[str] = []
    blocks = [b for b in file.blocks if isinstance(b, Table) or not _table_of_contents(b, notes)]
    title, blocks = _take_title(blocks, notes)
    blocks = _take_addressee(blocks, notes)
    blocks, contact = _take_end(blocks, notes)
    made = _blocks(blocks)
    made += [Block("p", f"注{n}：{words}") for n, words in enumerate(file.notes, 1) if words]
    try:
        body = text.to_html(text.render_html(made))
    except TooMuch:
        raise too_long() from None
    notes += _left_out(file)
    return WordText(title, body, list(dict.fromkeys(notes)), contact)


def _table_of_contents(paragraph: Paragraph, notes: list[str]) -> bool:
    found = paragraph.style_name.startswith("toc")
    if found:
        notes.append(_("目录已去除。"))
    return found


def _clean(paragraph: Paragraph) -> str:
    return text.one_line(paragraph.text)


def _top(blocks: list[Paragraph | Table]) -> list[Paragraph]:
    """Return the lines before the text begins: at most eight, none after a long one."""
    lines: list[Paragraph] = []
    for block in blocks[:_TOP]:
        if isinstance(block, Table):
            break
        words = _clean(block)
        lines.append(block)
        if words.endswith("。") or _ADDRESSEE.match(words):
            break
    return lines


def _heads(lines: list[Paragraph]) -> int:
    """Return how many lines at the top are the letterhead: 红头, 文号, 期号, date line."""
    count = 0
    for line in lines[:-1]:
        words = _clean(line)
        dated = _DATE.search(words[-14:].replace(" ", "")) is not None and len(words) <= 40
        red = line.centred and _RED_HEAD.match(words) is not None and not _titled(words)
        numbered = _DOCUMENT_NUMBER.match(words) or _ISSUE_NUMBER.match(words)
        if numbered or (dated and count) or (red and not count):
            count += 1
        else:
            break
    return count


def _titled(words: str) -> bool:
    return words.startswith("关于") or "的" in words


def _take_title(
    blocks: list[Paragraph | Table], notes: list[str]
) -> tuple[str, list[Paragraph | Table]]:
    """Take the title out of the first lines; it may be broken over several of them."""
    lines = _top(blocks)
    if not lines:
        return "", blocks
    heads = _heads(lines)
    lines = lines[heads:]
    end = _title_end(lines)
    if heads and end:
        notes.append(_("文件头（红头、文号、期号）已去除。"))
    if not end:
        return "", blocks
    title = text.one_line("".join(_clean(line) for line in lines[:end]))
    rest = blocks[heads + end :]
    if len(title) > TITLE_MAX:
        notes.append(_("标题超过100字，已截短，请修改。"))
        title = title[:TITLE_MAX]
    rest = _take_line_under_title(rest, notes)
    return title, rest


def _title_end(lines: list[Paragraph]) -> int:
    """Return how many of the lines are the title; 0 when none looks like one."""
    first = lines[0]
    words = _clean(first)
    if first.style_name in ("title", "标题"):
        return _run(lines, lambda line: line.style_name == first.style_name)
    if words.endswith(("。", "；", "：", ":")) or len(words) > TITLE_MAX:
        return 0
    if _HEADING_MARK.match(words):
        return 0
    if first.centred or first.size >= _SIZE_OF_TITLE:
        return _run(
            lines,
            lambda line: (
                line.centred == first.centred
                and line.size == first.size
                and not _clean(line).startswith(("(", "（"))
                and not _DATE.match(_clean(line).replace(" ", ""))
                and not _HEADING_MARK.match(_clean(line))
                and not _clean(line).endswith(_SENTENCE_END)
            ),
        )
    return 1 if len(words) <= 60 and not words.endswith(_SENTENCE_END) else 0


def _run(lines: list[Paragraph], fits: Callable[[Paragraph], bool]) -> int:
    count = 0
    for line in lines[:4]:
        if not fits(line):
            break
        count += 1
    return count


def _take_line_under_title(
    blocks: list[Paragraph | Table], notes: list[str]
) -> list[Paragraph | Table]:
    """Take off "(2026年11月20日)" and the centred name of the unit under the title."""
    while blocks and isinstance(blocks[0], Paragraph):
        words = _clean(blocks[0])
        bare = words.replace(" ", "")
        if _DATE.match(bare) or (
            blocks[0].centred and len(bare) <= 20 and not _HEADING_MARK.match(bare)
        ):
            notes.append(_("标题下面的单位、日期已去除。"))
            blocks = blocks[1:]
        else:
            break
    return blocks


def _take_addressee(blocks: list[Paragraph | Table], notes: list[str]) -> list[Paragraph | Table]:
    if blocks and isinstance(blocks[0], Paragraph) and len(blocks) > 1:
        words = _clean(blocks[0])
        if _ADDRESSEE.match(words) and not _HEADING_MARK.match(words):
            notes.append(_("主送单位一行已去除。"))
            return blocks[1:]
    return blocks


def _take_end(
    blocks: list[Paragraph | Table], notes: list[str]
) -> tuple[list[Paragraph | Table], str]:
    """Take off the contact line, the date and the name of the unit at the end."""
    contact = ""
    rest = list(blocks)
    for _line in range(4):
        if len(rest) < 2 or not isinstance(rest[-1], Paragraph):
            break
        words = _clean(rest[-1])
        bare = words.replace(" ", "")
        found = _CONTACT.match(words)
        if found and not contact:
            contact = " ".join(part.strip() for part in (found["name"], found["phone"]) if part)
            notes.append(_("联系人已填入“联系人及电话”。"))
        elif _DATE.match(bare):
            notes.append(_("落款和日期已去除。"))
            before = rest[-2]
            if isinstance(before, Paragraph) and _signature(before):
                rest.pop()
        else:
            break
        rest.pop()
    return rest, contact


def _signature(paragraph: Paragraph) -> bool:
    """Tell whether a line before the date is the name of who sends it."""
    words = _clean(paragraph)
    return (
        len(words) <= _SHORT
        and not words.endswith(_SENTENCE_END)
        and not _HEADING_MARK.match(words)
        and not _NUMBER_HEAD.match(words)
    )


def _blocks(blocks: list[Paragraph | Table]) -> list[Block]:
    made: list[Block] = []
    for place, block in enumerate(blocks):
        if isinstance(block, Table):
            made += _table(block)
            continue
        lines = [line for line in map(text.one_line, block.text.split("\n")) if line]
        if len(lines) == 1:
            after = blocks[place + 1] if place + 1 < len(blocks) else None
            made.append(Block(_kind(block, lines[0], after, made), lines[0]))
        else:
            made += [Block("p", line) for line in lines]
    return made


def _kind(
    paragraph: Paragraph, words: str, after: Paragraph | Table | None, before: list[Block]
) -> str:
    """Return whether a line is a heading: by its number, its style, or by looking like one."""
    plain = words.endswith(_SENTENCE_END) or len(words) > text.HEADING_MAX
    if plain or _HEADING_MARK.match(words):
        return "p"  # 一、 and (一) become headings in text.to_html, by the same rule for all
    if paragraph.level >= 0:
        return "h2" if paragraph.level == 0 else "h3"
    numbered = _NUMBER_HEAD.match(words) is not None
    if not paragraph.bold or len(words) > _SHORT:
        return "p"
    # Bold all over and alone: a heading only above ordinary text, never two in a row.
    follows_text = isinstance(after, Paragraph) and not after.bold
    if not follows_text or (before and before[-1].kind != "p" and not numbered):
        return "p"
    return "h3" if numbered or any(block.kind == "h2" for block in before) else "h2"


def _table(table: Table) -> list[Block]:
    """Return a table without merged cells: what reaches over several rows stands in each."""
    rows: list[tuple[str, ...]] = []
    above: list[str] = []
    cells_left, room = markup.CELLS_MAX, LIMITS.characters
    for row in table.rows:
        cells: list[str] = []
        for cell in row:
            words = text.one_line(" ".join(cell.lines))
            if cell.follows and not words:
                words = above[len(cells)] if len(cells) < len(above) else ""
            cells += [words] + [""] * (cell.span - 1)
        # One long cell repeated in 10,000 rows is 600 MB.
        cells_left, room = cells_left - len(cells), room - sum(map(len, cells))
        if cells_left < 0 or room < 0:
            raise too_long()
        above = cells
        rows.append(tuple(cells))
    width = max((len(row) for row in rows), default=0)
    if width < 2:
        # A frame around text, not a table.
        lines = [line for row in table.rows for cell in row for line in cell.lines]
        return [Block("p", words) for words in map(text.one_line, lines) if words]
    if width * len(rows) > markup.CELLS_MAX:
        raise too_long()
    full = tuple(row + ("",) * (width - len(row)) for row in rows if any(row))
    return [Block("table", rows=full)] if full else []


def _left_out(file: WordFile) -> list[str]:
    """Return what an officer must know of what was changed or left out."""
    seen = file.seen
    said = [
        ("image", _("图片%(n)d张已去除，可作为附件上传。") % {"n": seen["image"]}),
        ("merged", _("表格的合并单元格已拆开，请核对。")),
        ("nested", _("表格里的表格已并入单元格，请核对。")),
        ("box", _("文本框里的文字已并入正文，请核对位置。")),
        ("changed", _("修订痕迹已按“接受修订”处理。")),
        ("comment", _("批注没有导入。")),
        ("hidden", _("隐藏的文字没有导入。")),
        ("link", _("超链接只保留了文字。")),
    ]
    notes = [words for key, words in said if seen[key]]
    if any(file.notes):
        notes.append(_("脚注和尾注已移到文末。"))
    return notes
