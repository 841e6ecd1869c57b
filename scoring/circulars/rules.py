"""What a 通报 says, from counted numbers: headings, paragraphs, tables. Pure.

Structure after published notices (domain rules §4.4): period and basis, overall numbers
compared with the last period, adoption by level with units of equal counts merged, commissions,
good units, weak units and zero list, requirements, annexes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from infoflow.papers.parts import Heading, Paragraph, Part, Table


@dataclass(frozen=True, slots=True)
class UnitNumbers:
    """One unit in a period."""

    name: str
    group: str
    rank: int
    submitted: int
    adopted: int
    hundredths: int
    points: str
    silent: bool  # neither submitted nor answered


@dataclass(frozen=True, slots=True)
class LevelNumbers:
    """What bulletins of one level carried: unit → number, in the units' order."""

    level: str
    by_unit: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(number for _unit, number in self.by_unit)


@dataclass(frozen=True, slots=True)
class CircularData:
    """All that a 通报 is made from."""

    period: str
    basis: tuple[str, ...]
    units: tuple[UnitNumbers, ...]
    submitted_before: int
    adopted_before: int
    levels: tuple[LevelNumbers, ...]
    commissions: tuple[int, int, int]  # done, late, missed
    instructions: int
    rate: str
    items: tuple[tuple[str, ...], ...]  # date, unit, bulletin, title
    score_tables: tuple[tuple[str, Table], ...]
    top: int = 3
    urgent: tuple[str, ...] = ()  # what is said of urgent reports
    urgent_table: Table | None = None


_NUMBERS = "一二三四五六七八九十"
NO_RATE = "—"


def rate_shown(submitted: int, adopted: int, rate: str) -> str:
    """Return an adoption rate for a paper; NO_RATE when more was adopted than was submitted.

    Superiors also carry what never came through this system; a share of what was submitted
    says nothing then.
    """
    return NO_RATE if adopted > submitted else rate


def merged_counts(counts: Iterable[tuple[str, int]]) -> str:
    """Return "甲、乙各3条，丙1条": units of equal counts together, most first.

    Units with nothing are left out; "" when nobody has anything.
    """
    found = [(name, number) for name, number in counts if number > 0]
    found.sort(key=lambda pair: -pair[1])
    parts = []
    for number, several in groupby(found, key=lambda pair: pair[1]):
        names = [name for name, _number in several]
        each = _("各") if len(names) > 1 else ""
        parts.append(
            _("%(names)s%(each)s%(n)s条")
            % {
                "names": "、".join(names),
                "each": each,
                "n": number,
            }
        )
    return "，".join(parts)


def first_of(units: Sequence[UnitNumbers], top: int) -> list[UnitNumbers]:
    """Return the first `top` ranks of a group; a tie at the cut lists all. Nobody without
    points."""
    return [unit for unit in units if unit.rank <= top and unit.hundredths > 0]


def compared(now: int, before: int) -> str:
    """Return how a number stands against the last period's, in words."""
    if now == before:
        return _("与上期持平")
    change = abs(now - before)
    if before == 0:
        return _("上期为0条")
    percent = (2000 * change + before) // (2 * before)
    share = f"{percent // 10}.{percent % 10}".removesuffix(".0")
    word = _("增加") if now > before else _("减少")
    return _("比上期%(word)s%(n)s条（%(share)s%%）") % {"word": word, "n": change, "share": share}


def compose(data: CircularData) -> list[Part]:
    """Return a 通报's text; the sections of which there is nothing to say are left out."""
    sections: list[tuple[str, list[Part]]] = [
        (_("总体情况"), _overall(data)),
        (_("采用情况"), _adopted(data)),
        (_("约稿办理情况"), _commissions(data)),
        (_("紧急信息报送情况"), [Paragraph(sentence) for sentence in data.urgent]),
        (_("工作较好的单位"), _good(data)),
        (_("存在的问题"), _weak(data)),
        (_("下一步要求"), _asked(data)),
    ]
    basis = "、".join(f"《{name}》" for name in data.basis)
    opening = (
        _("根据%(basis)s，现将%(period)s政务信息工作情况通报如下：")
        if basis
        else _("现将%(period)s政务信息工作情况通报如下：")
    )
    parts: list[Part] = [Paragraph(opening % {"basis": basis, "period": data.period})]
    shown = [(title, body) for title, body in sections if body]
    for number, (title, body) in zip(_NUMBERS, shown, strict=False):
        parts += [Heading(f"{number}、{title}"), *body]
    return parts + _annexes(data)


def _overall(data: CircularData) -> list[Part]:
    submitted = sum(unit.submitted for unit in data.units)
    adopted = sum(unit.adopted for unit in data.units)
    text = _(
        "%(period)s共收到信息%(submitted)s条，%(submitted_change)s；采用%(adopted)s条次，"
        "%(adopted_change)s；采用率%(rate)s。"
    ) % {
        "period": data.period,
        "submitted": submitted,
        "submitted_change": compared(submitted, data.submitted_before),
        "adopted": adopted,
        "adopted_change": compared(adopted, data.adopted_before),
        "rate": _rate_words(submitted, adopted, data.rate),
    }
    if data.instructions:
        text += _("获领导批示%(n)s条次。") % {"n": data.instructions}
    parts: list[Part] = [Paragraph(text)]
    for name, group in _by_group(data):
        parts.append(
            Paragraph(
                _("%(group)s%(units)s个单位，报送%(submitted)s条，采用%(adopted)s条次。")
                % {
                    "group": name,
                    "units": len(group),
                    "submitted": sum(unit.submitted for unit in group),
                    "adopted": sum(unit.adopted for unit in group),
                }
            )
        )
    return parts


def _rate_words(submitted: int, adopted: int, rate: str) -> str:
    shown = rate_shown(submitted, adopted, rate)
    if shown == NO_RATE:
        return _("—（采用含未经本系统报送的稿件）")
    return f"{shown}%"


def _by_group(data: CircularData) -> list[tuple[str, list[UnitNumbers]]]:
    found: dict[str, list[UnitNumbers]] = {}
    for unit in data.units:
        found.setdefault(unit.group, []).append(unit)
    return list(found.items())


def _adopted(data: CircularData) -> list[Part]:
    return [
        Paragraph(
            _("%(level)s采用%(n)s条次：%(units)s。")
            % {"level": level.level, "n": level.total, "units": merged_counts(level.by_unit)}
        )
        for level in data.levels
        if level.total
    ]


def _commissions(data: CircularData) -> list[Part]:
    done, late, missed = data.commissions
    if not done + late + missed:
        return []
    return [
        Paragraph(
            _("约稿共%(all)s次，按时完成%(done)s次，迟报%(late)s次，未报%(missed)s次。")
            % {"all": done + late + missed, "done": done, "late": late, "missed": missed}
        )
    ]


def _good(data: CircularData) -> list[Part]:
    parts: list[Part] = []
    for name, group in _by_group(data):
        first = first_of(group, data.top)
        if first:
            units = "、".join(f"{unit.name}（{unit.points}分）" for unit in first)
            parts.append(
                Paragraph(
                    _("%(group)s得分前%(top)s名：%(units)s。")
                    % {"group": name, "top": data.top, "units": units}
                )
            )
    return parts


def _weak(data: CircularData) -> list[Part]:
    silent = [unit for unit in data.units if unit.silent]
    unused = [unit.name for unit in data.units if unit.submitted and not unit.adopted]
    parts: list[Part] = []
    if silent:
        both = [unit.name for unit in silent if not unit.adopted]
        only = [unit.name for unit in silent if unit.adopted]
        if both:
            parts.append(
                Paragraph(
                    _("零报送、零采用的单位%(n)s个：%(units)s。")
                    % {"n": len(both), "units": "、".join(both)}
                )
            )
        if only:
            parts.append(
                Paragraph(
                    _("零报送的单位%(n)s个：%(units)s。")
                    % {"n": len(only), "units": "、".join(only)}
                )
            )
    if unused:
        parts.append(
            Paragraph(
                _("有报送但没有采用的单位%(n)s个：%(units)s。")
                % {"n": len(unused), "units": "、".join(unused)}
            )
        )
    return parts


def _asked(data: CircularData) -> list[Part]:
    parts: list[Part] = [
        Paragraph(_("请各单位对照本通报查找差距，按时报送信息，提高信息质量，报送前做好保密审查。"))
    ]
    if any(unit.silent for unit in data.units):
        parts.append(
            Paragraph(_("零报送的单位请明确信息员和审签人，下一期开始前至少报送一条信息。"))
        )
    return parts


def _annexes(data: CircularData) -> list[Part]:
    annexes: list[tuple[str, Table]] = [
        (_("得分一览表（%(group)s）") % {"group": name}, table) for name, table in data.score_tables
    ]
    if data.urgent_table is not None:
        annexes.append((_("紧急信息报送情况统计表"), data.urgent_table))
    if data.items:
        headings = (_("日期"), _("单位"), _("刊物"), _("标题"))
        annexes.append((_("采用条目"), Table(headings, data.items)))
    silent = [unit for unit in data.units if unit.silent]
    if silent:
        rows = tuple((str(n), u.name, u.group) for n, u in enumerate(silent, start=1))
        annexes.append((_("零报送单位名单"), Table((_("序号"), _("单位"), _("分组")), rows)))
    parts: list[Part] = []
    for number, (title, table) in enumerate(annexes, start=1):
        parts += [Heading(_("附件%(n)s　%(title)s") % {"n": number, "title": title}, 0), table]
        if any(NO_RATE in row for row in table.rows):
            parts.append(Paragraph(_("注：采用率为“—”的，采用含未经本系统报送的稿件。")))
    return parts


def zero_letter(unit: str, period: str, in_a_row: int) -> list[Part]:
    """Return the text of a 零报送单位告知书."""
    text = _(
        "%(period)s，你单位没有报送政务信息，也没有作零报告。请查明原因，明确信息员和审签人，"
        "及时报送信息；确无信息可报的，请在工作台作零报告。"
    ) % {"period": period}
    parts: list[Part] = [Paragraph(_("%(unit)s：") % {"unit": unit}), Paragraph(text)]
    if in_a_row > 1:
        parts.append(
            Paragraph(
                _("你单位已连续%(n)s期没有报送，请在5个工作日内书面说明情况。") % {"n": in_a_row}
            )
        )
    return parts
