"""密级标志: signs that a text is a state secret. Pure.

Source: domain rules on confidentiality (refuse 绝密|机密|秘密 with ★ and period, date or
condition; 密级: with a value; 机密级), 国家秘密标志 as it stands on documents, and the ways in
which it gets typed: other stars, brackets, blanks, a line of its own. Ordinary words
(保密宣传, 秘密调查, 保守国家秘密, 商业秘密) are no signs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .normalise import Reading, windows

# What may stand between two characters of a sign without breaking it. Bounded: an endless
# gap would let a page of line ends hold a worker for minutes.
_GAP = r"[\n\t/|\\+'\"=]{0,6}"
# Simplified and traditional.
_LEVEL = rf"(?:[绝絕]{_GAP}密|[机機]{_GAP}密|[秘祕]{_GAP}密)"
# Stars of the sign and what stands for them on a keyboard without one. Those in FILLING
# (such as *) are gone from the words; `_starred` looks for them in the source.
_SURE_STARS = "★☆⭐✩✪✫✬✭✮✯✰⚝🌟🟊🟉"
_LIKE_STARS = "※⋆✦✧✱✲✳✴✵✶✷✸✹✺✻✼✽❂❃❇❈❉❊❋◆◇●○■□▲△☉⊙@#"
_DROPPED_STARS = "*⁎∗﹡＊·•‧・･⋅∙●"
_STARS = rf"[{re.escape(_SURE_STARS + _LIKE_STARS)}]+{_GAP}"
_NUMBER = r"(?:[0-9]{1,3}|[〇零一二三四五六七八九十百两半]{1,4})"
_PERIOD = (
    rf"(?:{_NUMBER}{_GAP}(?:年|个?月|天|日|周|小时)|长期|永久|无限期"
    rf"|(?:19|20)[0-9]{{2}}{_GAP}(?:年|[0-9]{{4}}(?![0-9]))"
    # "会议开始前", "启用前", "解密前", "正式公布前": a condition, to the end of its words.
    r"|[^\n\t\ue000,。;:!?、()]{1,16}?(?:前|后|之日|时)(?![\u4e00-\u9fff]))"
)
# A line that begins here, or ends there.
_START = r"(?:(?<=[\n\t\ue000])|^)"
_END = r"(?=[\n\t\ue000]|$)"
# Words after which a level is an ordinary word: "保守国家秘密★" is an ornament.
_ORDINARY_BEFORE = r"(?<!国家)(?<!商业)(?<!工作)(?<!保守)(?<!严守)(?<!泄露)(?<!个人)"
# "拒绝密级", "司机密集": the level's characters belong to two words.
_TORN = r"(?<![拒谢杜断隔禁司飞手动相])"
# What follows 机密级 where people speak about secrets instead of marking one.
_ABOUT = (
    r"(?:以上|以下|别|及|和|或|与|[、/,]|的?(?:国家秘密|涉密|载体|事项|信息系统|资质|计算机|"
    r"人员|会议|场所|保密|防护|网络|泄密|要害|部门|部位|管理|标准|单位))"
)
_NEXT_LEVEL = rf"(?:[、,/或和及与]{{0,2}}{_LEVEL})"


@dataclass(frozen=True)
class Mark:
    """A rule: its code, what a clerk calls it, and what it looks for."""

    code: str
    label: Promise
    pattern: re.Pattern[str]


STAR = Mark(
    "mark.star",
    _("密级加★"),
    re.compile(rf"{_LEVEL}{_GAP}(?:[{re.escape(_SURE_STARS)}]+|{_STARS}(?:{_PERIOD}|{_END}))"),
)
PERIOD = Mark(
    "mark.period",
    _("密级加保密期限"),
    re.compile(rf"({_LEVEL})({_GAP}[:：]?{_GAP})({_PERIOD})"),
)
ALONE = Mark(
    "mark.alone",
    _("单独标注的密级"),
    re.compile(
        rf"{_START}{_GAP}{_TORN}{_LEVEL}(?:[件级]|{_PERIOD})?{_GAP}{_END}"
        rf"|[\[【〔〖『〈<]{_GAP}{_LEVEL}[件级]?{_GAP}(?:{_PERIOD})?{_GAP}[\]】〕〗』〉>]"
        rf"|{_START}\({_LEVEL}[件级]?{_GAP}(?:{_PERIOD})?\)"
        rf"|\({_LEVEL}[件级]?{_GAP}(?:{_PERIOD})?\){_END}"
    ),
)
FIELD = Mark(
    "mark.field",
    _("“密级：”一栏填有密级"),
    re.compile(
        rf"(?:密{_GAP}级|[秘保]{_GAP}密{_GAP}(?:等{_GAP}级|级{_GAP}别)|密{_GAP}别){_GAP}"
        rf"(?:[:：]|为|是|定为)?{_GAP}[\[(【]?{_GAP}"
        rf"(?:{_LEVEL}(?!{_GAP}{_NEXT_LEVEL})|[绝絕机機秘祕A-Ca-c](?={_GAP}[级★\])】]|{_END}))"
    ),
)
GRADE = Mark(
    "mark.grade",
    _("“绝密级、机密级、秘密级”"),
    re.compile(rf"{_TORN}{_LEVEL}{_GAP}级(?!{_ABOUT})"),
)
SIGN = Mark("mark.sign", _("“㊙”符号"), re.compile("㊙"))

MARKS = {mark.code: mark for mark in (STAR, PERIOD, ALONE, FIELD, GRADE, SIGN)}
_LETTER = re.compile(r"[\u4e00-\u9fff]")
_FOLLOWING = re.compile(_GAP + _PERIOD)
# What stands beside a 密 that may be part of a sign.
BEFORE = frozenset("绝絕机機秘祕\n\t/|\\+'\"=")
AFTER = frozenset("级别等\n\t/|\\+'\"=")
_AROUND = 90
_ORDINARY = re.compile(rf"{_ORDINARY_BEFORE}$")


def label_of(code: str) -> str:
    """Return what a rule is called; the code itself when the rule is gone."""
    mark = MARKS.get(code)
    return str(mark.label) if mark else code


def marks_in(
    reading: Reading, secret: Iterable[int] | None = None
) -> Iterator[tuple[str, int, int]]:
    """Yield the signs in a text: (rule's code, start, end) in offsets of the source.

    The rules look only around a 密 whose neighbours allow a sign: in a text about 保密 the
    whole of it would cost ten times as much as all the rest of the scan.

    Args:
        secret: places of 密 in the text as read, when they are known.
    """
    words = reading.words
    places: list[int] = []
    for place in _places_of("密", words) if secret is None else secret:
        before, after = words[place - 1 : place], words[place + 1 : place + 2]
        if not before or not after or before in BEFORE or after in AFTER:
            places.append(place)
    if places:
        for begin, stop in windows(places, _AROUND):
            yield from _in_window(reading, begin, stop)
    if "㊙" in reading.source:
        for match in SIGN.pattern.finditer(reading.source):
            yield SIGN.code, match.start(), match.end()


def _places_of(char: str, words: str) -> Iterator[int]:
    place = words.find(char)
    while place >= 0:
        yield place
        place = words.find(char, place + 1)


def _in_window(reading: Reading, begin: int, stop: int) -> Iterator[tuple[str, int, int]]:
    whole = stop >= len(reading.words)
    for mark in (STAR, PERIOD, ALONE, FIELD, GRADE):
        for match in mark.pattern.finditer(reading.words, begin, stop):
            # The end of the window is no end of a line.
            if (whole or match.end() < stop) and _holds(mark, match, reading):
                said = match[0]
                before = len(said) - len(said.lstrip("\n\t"))
                after = len(said) - len(said.rstrip("\n\t"))
                place = reading.span(match.start() + before, match.end() - after)
                yield mark.code, *place


def _holds(mark: Mark, match: re.Match[str], reading: Reading) -> bool:
    """Tell whether what looks like a sign is one, from what stands around it."""
    if mark is STAR:
        said = match[0]
        # An ornament behind an ordinary word; with a period it is a sign after all.
        bare = said[-1] in _SURE_STARS + _LIKE_STARS
        following = _FOLLOWING.match(reading.words, match.end())
        return not bare or bool(following) or _stands_free(reading.words, match.start())
    if mark is PERIOD:
        return _starred(match, reading)
    return True


def _stands_free(words: str, start: int) -> bool:
    return bool(_ORDINARY.search(words[max(0, start - 2) : start]))


def _starred(match: re.Match[str], reading: Reading) -> bool:
    """Tell whether a star that reading leaves out, or a colon, stands before the period."""
    _start, after = reading.span(match.start(1), match.end(1))
    until, _end = reading.span(match.start(3), match.end(3))
    between = reading.source[after:until]
    if any(char in _DROPPED_STARS for char in between):
        return True
    joined = bool(match[2].strip("\n\t")) or any(c in "-—–―~/|" for c in between)
    # "公开一个秘密：出发前" and "揭开秘密——十年坚守" are sentences.
    counted = not match[3].endswith(("前", "后", "时"))
    ends = not _LETTER.match(reading.words, match.end())
    return joined and counted and ends and _stands_free(reading.words, match.start())
