"""值班日志 as a Word file that can be edited and bound."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.papers.parts import Heading, Paragraph, Part, Table
from infoflow.papers.word import add_parts, add_title, new_document, to_bytes
from infoflow.worktime.rules import WEEKDAY_NAMES

from . import queries
from .models import HandoverNote, LogEntry, Shift

if TYPE_CHECKING:
    from infoflow.units.models import User

DAYS_MAX = 92
HEADINGS = ("时间", "来电单位、人员", "内容", "报告、指示和落实", "记录人")


def log_file(person: User, start: date, end: date) -> bytes:
    """Return the log of days (both included), by days: shifts, calls, what was handed over."""
    first, last = queries.day_bounds(start, end)
    entries = list(queries.found_entries(person, start=start, end=end).order_by("called_at", "pk"))
    shifts = list(queries.shifts().filter(start__gte=first, start__lt=last))
    told = HandoverNote.objects.visible_to(person).select_related("by", "taken__by")
    notes = list(told.filter(at__gte=first, at__lt=last).order_by("at", "pk"))
    document = new_document()
    add_title(document, _("值班日志"))
    for n in range((end - start).days + 1):
        day = start + timedelta(days=n)
        add_parts(
            document,
            _day(
                day,
                [s for s in shifts if timezone.localtime(s.start).date() == day],
                [e for e in entries if timezone.localtime(e.called_at).date() == day],
                [x for x in notes if timezone.localtime(x.at).date() == day],
            ),
        )
    return to_bytes(document)


def _day(
    day: date, shifts: list[Shift], entries: list[LogEntry], notes: list[HandoverNote]
) -> Iterable[Part]:
    weekday = WEEKDAY_NAMES[day.weekday()]
    yield Heading(f"{day.year}年{day.month}月{day.day}日（周{weekday}）")
    for shift in shifts:
        yield Paragraph(f"{shift.span.label}：{shift.told()}。")
    if not shifts:
        yield Paragraph(_("未排班。"))
    if entries:
        yield Table(tuple(map(_, HEADINGS)), tuple(_row(entry) for entry in entries))
    else:
        yield Paragraph(_("无来电记录。"))
    for note in notes:
        yield Paragraph(_note(note))


def _row(entry: LogEntry) -> tuple[str, ...]:
    at = timezone.localtime(entry.called_at)
    people = [entry.unit_name, entry.caller, entry.post, entry.phone]
    marks = ""
    if entry.corrects is not None:
        marks = _("【更正%(at)s所记：%(why)s】") % {"at": _hour(entry.corrects), "why": entry.why}
    if getattr(entry, "corrected_by", None) is not None:
        marks += _("【已更正，见后】")
    told = [_("已报告：%(text)s") % {"text": entry.reported}] if entry.reported else []
    for given in entry.instructions.all():
        told.append(f"{given.leader}指示：{given.text}")
        answer = getattr(given, "answer", None)
        told.append(_("落实：%(text)s") % {"text": answer.text} if answer else _("待落实"))
    content = f"{marks}{entry.content}"
    if entry.about_label:
        content += f"（{entry.about_label}）"
    return (
        f"{at:%H:%M}",
        "，".join(filter(None, people)),
        content,
        "；".join(told),
        f"{entry.by} {timezone.localtime(entry.at):%H:%M}",
    )


def _hour(entry: LogEntry) -> str:
    return f"{timezone.localtime(entry.at):%H:%M}"


def _note(note: HandoverNote) -> str:
    text = _("交班：%(at)s %(who)s。%(text)s") % {
        "at": f"{timezone.localtime(note.at):%H:%M}",
        "who": note.by,
        "text": note.text,
    }
    taken = getattr(note, "taken", None)
    if taken is None:
        return text + _("（未接班）")
    return text + _("（%(who)s %(at)s接班）") % {
        "who": taken.by,
        "at": f"{timezone.localtime(taken.at):%H:%M}",
    }
