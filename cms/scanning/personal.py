"""Personal data: resident ID, telephone, bank card, address finer than 乡镇/街道. Pure.

Source: domain rules on confidentiality; GB 11643 (resident ID) and ISO 7064 MOD 11-2; Luhn.
Numbers are looked for in a text with plain digits but nothing left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from stdnum.iso7064 import mod_11_2

from .normalise import Reading, plain_digits, windows

ID, MOBILE, LANDLINE, CARD, ADDRESS = (
    "personal.id",
    "personal.mobile",
    "personal.landline",
    "personal.card",
    "personal.address",
)
LABELS = {
    ID: _("居民身份证号"),
    MOBILE: _("手机号码"),
    LANDLINE: _("固定电话"),
    CARD: _("银行卡号"),
    ADDRESS: _("详细住址"),
}


@cache
def _hint(code: str, language: str | None) -> str:
    return _now("%(what)s，确需保留请核实，否则请遮盖") % {"what": LABELS[code]}


def hint_of(code: str) -> str:
    """Return what a clerk is told where personal data stands."""
    return _hint(code, get_language())


PHONES = frozenset({MOBILE, LANDLINE})

# First two digits of the administrative code, GB/T 2260.
_PROVINCES = frozenset(
    [11, 12, 13, 14, 15, 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55)]
) | frozenset([61, 62, 63, 64, 65, 71, 81, 82, 83])
_CARD_WORDS = re.compile(
    r"卡号|银行|账号|帐号|账户|帐户|开户|储蓄|信用社|社保卡|工行|农行|建行|中行"
)
_ID_WORDS = re.compile(r"身份证|证件号|公民身份")
_PHONE_WORDS = re.compile(r"电话|座机|传真|热线|联系|手机|致电|拨打")
# Card prefixes: 62 UnionPay, 4 Visa, 51–55 Mastercard, 35 JCB, 3[47] Amex, 60, 68–69, 9 local.
_CARD_PREFIX = re.compile(r"(?:62|4|5[1-5]|35|3[47]|60|6[89]|9)")
# Digits with at most one blank or dash between two of them, not part of a longer number.
_CLUSTER = re.compile(
    r"(?<![0-9A-Za-z.])(?:\+?86[- ]?|\(0[0-9]{2,3}\)[- ]?)?"
    r"[0-9](?:[- ]?[0-9]){5,21}[Xx]?(?![0-9A-Za-z])"
)
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_AREA = re.compile(r"\(?(0[0-9]{2,3})\)?[- ]?([1-9][0-9]{6,7})(?:-[0-9]{1,6})?")
_ADDRESS = re.compile(
    r"(?:[路街巷弄村苑园里坊庄屯寨]|胡同|大道|社区|小区|花园|新村|公寓)[^,。;:!?、()\n\t，；：！？（）]{0,8}?"
    r"(?:[0-9]{1,5}|[一二三四五六七八九十百]{1,4})(?:-[0-9]{1,4})?"
    r"(?:号楼|号院|号|弄|栋|幢|单元|室|组)"
    r"(?:[0-9一二三四五六七八九十东西南北]{1,5}(?:号楼|号|栋|幢|单元|楼|层|室))*"
)
_CONTEXT = 16
# A number has seven digits within eight characters; a date such as 2026年11月25日 has not.
_DIGITS, _WITHIN = 7, 8
# How far around such a place the rules look.
_AROUND = 40


def numbers_of(reading: Reading) -> Iterator[tuple[str, int, int]]:
    """Yield the numbers in a text that are personal data: (rule's code, start, end)."""
    digits = reading.digits.nonzero()[0]
    if len(digits) < _DIGITS:
        return
    reach = _DIGITS - 1
    close = digits[reach:] - digits[:-reach] < _WITHIN
    if not close.any():
        return
    for begin, stop in windows(digits[:-reach][close].tolist(), _AROUND):
        plain = plain_digits(reading.source[begin:stop])
        for code, start, end in numbers_in(plain):
            yield code, begin + start, begin + end


def addresses_of(reading: Reading, places: Iterable[int]) -> Iterator[tuple[str, int, int]]:
    """Yield the addresses around some places of the source: (rule's code, start, end)."""
    for begin, stop in windows(places, _AROUND):
        plain = plain_digits(reading.source[begin:stop])
        for code, start, end in addresses_in(plain):
            yield code, begin + start, begin + end


def valid_id(number: str) -> bool:
    """Tell whether 18 characters are a resident ID: province, birth date, check character."""
    if len(number) != 18 or not number[:2].isdigit() or int(number[:2]) not in _PROVINCES:
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return born >= date(1900, 1, 1) and bool(mod_11_2.is_valid(number.upper()))


def _old_id(number: str) -> bool:
    """Tell whether 15 digits may be an ID of the first generation (no check character)."""
    try:
        date(1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))
    except ValueError:
        return False
    return int(number[:2]) in _PROVINCES


def luhn(number: str) -> bool:
    """Tell whether a card number's last digit checks."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def numbers_in(plain: str) -> Iterator[tuple[str, int, int]]:
    """Yield the numbers that are personal data: (rule's code, start, end).

    Args:
        plain: text with plain digits (`normalise.plain_digits`).
    """
    for match in _CLUSTER.finditer(plain):
        code = _kind_of(match[0], plain, match.start(), match.end())
        if code:
            yield code, match.start(), match.end()


def _kind_of(said: str, plain: str, start: int, end: int) -> str:
    """Return which personal datum a cluster of digits is, empty for none."""
    number = said.replace(" ", "").replace("-", "")
    before = plain[max(0, start - _CONTEXT) : start]
    around = before + plain[end : end + _CONTEXT]
    if valid_id(number):
        return ID
    if len(number) == 15 and number.isdigit() and _ID_WORDS.search(before) and _old_id(number):
        return ID
    if _MOBILE.fullmatch(number):
        return MOBILE
    if 16 <= len(number) <= 19 and number.isdigit():
        known = _CARD_PREFIX.match(number) and luhn(number) and _CARD_WORDS.search(around)
        return CARD if known else ""
    area = _AREA.fullmatch(said)
    if area and ("-" in said or ")" in said or " " in said or _PHONE_WORDS.search(before)):
        return LANDLINE
    local = re.fullmatch(r"[2-8][0-9]{6,7}", said)
    return LANDLINE if local and re.search(r"(?:电话|座机|传真)[:：]?$", before.strip()) else ""


def addresses_in(plain: str) -> Iterator[tuple[str, int, int]]:
    """Yield addresses finer than 乡镇/街道: (rule's code, start, end)."""
    for match in _ADDRESS.finditer(plain):
        yield ADDRESS, _name_start(plain, match.start()), match.end()


def _name_start(plain: str, start: int) -> int:
    """Return where the name of the road or village before `start` begins, ten characters back."""
    begin = start
    while begin > 0 and start - begin < 10 and "\u4e00" <= plain[begin - 1] <= "\u9fff":
        if plain[begin - 1] in "县区市镇乡省在于住到从往至为是的":
            break
        begin -= 1
    return begin
