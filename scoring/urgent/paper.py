"""紧急信息专报: an event's chain as one Word file, laid out as offices print."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from infoflow.papers.parts import Heading, Paragraph, Part
from infoflow.papers.word import add_parts, add_signature, add_title, new_document, to_bytes

from . import queries, showing
from .models import Report, UrgentEvent
from .rules import CHINA, clock_text
from .rules_clocks import Clock

NUMERALS = "一二三四五六七八九十"


def _day(moment: datetime) -> str:
    local = moment.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日"


def parts_of(event: UrgentEvent, clocks: Iterable[Clock]) -> Iterator[Part]:
    """Yield the text: the event, each report once, instructions with answers, the limits."""
    holds = queries.standing_of(event)
    sections: list[tuple[str, list[str]]] = [(_("基本情况"), _basics(event, holds))]
    for report in event.reports.all():
        if not queries.is_stopped(report):
            sections.append((_heading(report), [f"{k}：{v}" for k, v in showing.pairs_of(report)]))
    told = [
        line
        for directive in event.directives.prefetch_related("answers")
        for line in (
            f"{directive.leader}（{clock_text(directive.given_at)}）：{directive.text}",
            *[_("落实：%(text)s") % {"text": answer.text} for answer in directive.answers.all()],
        )
    ]
    if told:
        sections.append((_("领导指示和落实"), told))
    limits = [
        f"{line.label}：{line.verdict}。{line.clock.sentence}"
        for line in showing.clock_lines(clocks)
    ]
    if limits:
        sections.append((_("报送时限"), limits))
    for n, (heading, lines) in enumerate(sections):
        mark = NUMERALS[n] if n < len(NUMERALS) else str(n + 1)
        yield Heading(f"{mark}、{heading}")
        for text in lines:
            for paragraph in text.splitlines():
                if paragraph.strip():
                    yield Paragraph(paragraph.strip())


def _heading(report: Report) -> str:
    return _("%(label)s（%(at)s收到）") % {
        "label": report.label,
        "at": clock_text(report.received_at),
    }


def _basics(event: UrgentEvent, holds: queries.Standing) -> list[str]:
    about = _("（大约）") if holds.happened_about else ""
    lines = [
        event.what,
        _("地点：%(place)s") % {"place": holds.place},
        _("事发时间：%(at)s%(about)s；获悉时间：%(learned)s")
        % {
            "at": clock_text(holds.happened_at),
            "about": about,
            "learned": clock_text(holds.learned_at) if holds.learned_at else _("不详"),
        },
    ]
    if holds.grade_label:
        by = "" if holds.graded else _("（单位初判）")
        lines.append(_("级别：%(grade)s%(by)s") % {"grade": holds.grade_label, "by": by})
    numbers = showing.numbers_text(holds.told)
    if numbers:
        lines.append(_("截至目前：%(numbers)s") % {"numbers": numbers})
    return lines


def paper_title(event: UrgentEvent) -> str:
    """Return the title of the file."""
    return _("紧急信息专报（%(number)s）") % {"number": event.number_label}


def paper_file(event: UrgentEvent, clocks: Iterable[Clock], now: datetime) -> bytes:
    """Return the event as a Word file that can be edited."""
    document = new_document()
    add_title(document, paper_title(event))
    add_parts(document, parts_of(event, clocks))
    add_signature(document, event.unit.name, _day(now))
    return to_bytes(document)
