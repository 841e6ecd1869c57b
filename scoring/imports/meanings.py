"""What a column of a notice counts, as a code that a form can carry. Pure.

"submission"; "adoption:12:merged"; "forwarding:12"; "commission:done"; totals that are only
compared: "total:adoption", "total:all"; "unit" for the names; "skip" for what is not imported.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from scoring.adoptions.rules import MARKS_OF, AdoptionForm, FactKind, Mark

from .rules import plain_name

UNIT, SKIP, TOTAL = "unit", "skip", "total"
TOTAL_ADOPTION, TOTAL_ALL = "total:adoption", "total:all"
# A heading that is at least so alike to a bulletin's name is suggested to be that bulletin.
BULLETIN_SCORE = 70

_UNIT = re.compile(r"^(?:报送|采用|供稿|信息|来源)?(?:单位|部门|乡镇街?道?|县市区?|县区)(?:名称)?$")
_SKIPPED = re.compile(
    r"得分|分值|积分|计分|累计|排名|名次|位次|序号|编号|备注|采[用纳]率|比率|^分$|^率$|说明"
)
_TOTAL = re.compile(r"合计|总计|小计|总数|共计")
_ADOPTED = re.compile(r"采[用纳]")
_SUBMITTED = re.compile(r"^(?:本[月季期年]|总)?报送(?:信息)?(?:条?数|篇数|数量|情况|总数)?$")


@dataclass(frozen=True)
class Meaning:
    """A column's meaning taken apart."""

    kind: str
    bulletin: int | None = None
    form: str = ""
    mark: str = ""

    @property
    def counts(self) -> bool:
        """Tell whether the column's numbers become facts."""
        return self.kind in FactKind.values


def read_meaning(code: str, bulletins: Mapping[int, str]) -> Meaning | None:
    """Return the meaning that a code names, or None for one that means nothing here."""
    kind, _colon, rest = code.partition(":")
    if code in (UNIT, SKIP, TOTAL_ADOPTION, TOTAL_ALL):
        return Meaning(code)
    if kind == FactKind.SUBMISSION and not rest:
        return Meaning(kind)
    number, _colon, form = rest.partition(":")
    if kind in (FactKind.ADOPTION, FactKind.FORWARDING):
        pk = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        if pk not in bulletins or (form and form not in AdoptionForm.values):
            return None
        if kind == FactKind.FORWARDING:
            return Meaning(kind, pk)
        return Meaning(kind, pk, form or AdoptionForm.SINGLE)
    marked = kind in (FactKind.COMMISSION, FactKind.URGENT, FactKind.QUALITY)
    if marked and rest in [mark.value for mark in MARKS_OF[kind]]:
        return Meaning(kind, mark=rest)
    return None


def meaning_label(meaning: Meaning, bulletins: Mapping[int, str]) -> str:
    """Return a meaning in a clerk's words."""
    words = {
        UNIT: _("单位名称"),
        SKIP: _("不导入"),
        TOTAL_ADOPTION: _("采用合计（只核对）"),
        TOTAL_ALL: _("各列合计（只核对）"),
    }
    if meaning.kind in words:
        return words[meaning.kind]
    label = str(FactKind(meaning.kind).label)
    if meaning.bulletin is not None:
        label += f"《{bulletins[meaning.bulletin]}》"
    if meaning.form and meaning.form != AdoptionForm.SINGLE:
        label += f"（{AdoptionForm(meaning.form).label}）"
    if meaning.mark:
        label += str(Mark(meaning.mark).label)
    return label


def all_meanings(bulletins: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return every code with its words, in the order in which a form offers them."""
    codes = [SKIP, FactKind.SUBMISSION.value]
    codes += [f"adoption:{pk}" for pk in bulletins]
    codes += [
        f"adoption:{pk}:{form.value}"
        for pk in bulletins
        for form in AdoptionForm
        if form != AdoptionForm.SINGLE
    ]
    codes += [f"forwarding:{pk}" for pk in bulletins]
    codes += [
        f"{kind}:{mark.value}"
        for kind in (FactKind.COMMISSION, FactKind.URGENT, FactKind.QUALITY)
        for mark in MARKS_OF[kind]
    ]
    codes += [TOTAL_ADOPTION, TOTAL_ALL, UNIT]
    found = []
    for code in codes:
        meaning = read_meaning(code, bulletins)
        if meaning is not None:
            found.append((code, meaning_label(meaning, bulletins)))
    return found


def is_unit_heading(label: str) -> bool:
    """Tell whether a heading stands over the names of units."""
    return bool(_UNIT.match(plain_name(label)))


def suggest(path: tuple[str, ...], bulletins: Mapping[int, str]) -> tuple[str, bool]:
    """Return what a column probably counts and whether that is sure: ("", False) when unknown.

    Sure is only what a column's heading says word for word.

    Args:
        path: the headings over the column, the widest first.
    """
    last = path[-1] if path else ""
    words = plain_name(last)
    whole = plain_name("".join(path))
    if is_unit_heading(last):
        return UNIT, True
    same = {plain_name(name): pk for pk, name in bulletins.items()}
    if words in same:
        return f"adoption:{same[words]}", True
    if _SKIPPED.search(words):
        return SKIP, True
    if _TOTAL.search(words) or words in (
        "采用条数",
        "采用数",
        "采纳数",
        "采用",
        "采纳",
        "本级采用条数",
    ):
        return (TOTAL_ADOPTION if _ADOPTED.search(whole) else TOTAL_ALL), False
    if _SUBMITTED.match(words):
        return FactKind.SUBMISSION.value, True
    if words == "约稿":
        return f"{FactKind.COMMISSION.value}:{Mark.DONE.value}", False
    return _alike(path, bulletins), False


def _alike(path: tuple[str, ...], bulletins: Mapping[int, str]) -> str:
    if not bulletins or not path:
        return ""
    kind = FactKind.FORWARDING if path[-1].strip().startswith("上报") else FactKind.ADOPTION
    tried = [path[-1], "".join(path)]
    best = max(
        (
            found
            for text in tried
            if (
                found := process.extractOne(
                    plain_name(text), bulletins, scorer=fuzz.WRatio, processor=plain_name
                )
            )
        ),
        key=lambda found: found[1],
        default=None,
    )
    if best is None or best[1] < BULLETIN_SCORE:
        return ""
    return f"{kind.value}:{best[2]}"
