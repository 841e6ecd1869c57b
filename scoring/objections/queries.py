"""Reads of objections: lists, deadlines, what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.units.permissions import unit_ids_of
from infoflow.worktime.queries import calendar
from infoflow.worktime.rules import Deadline, add_working_days
from scoring.ledger.models import Entry
from scoring.schemes.queries import specs_between

from .models import Objection, ObjectionQuerySet, ObjectionSettings
from .rules import ADJUSTMENT_CLAUSE

if TYPE_CHECKING:
    from infoflow.units.models import User


def objections_for(user: User) -> ObjectionQuerySet:
    """Return the objections that a person may read, with all that a list shows."""
    found: ObjectionQuerySet = Objection.objects.visible_to(user).select_related(
        "unit", "entry__fact", "by", "answer__by"
    )
    return found


def open_in_period(start: date, end: date) -> ObjectionQuerySet:
    """Return the unanswered objections to entries that count in a period."""
    found: ObjectionQuerySet = Objection.objects.open().filter(entry__date__range=(start, end))
    return found


def until(entry_at: datetime) -> Deadline:
    """Return until when an entry that was booked at a moment may be objected to."""
    days = ObjectionSettings.current().raise_days
    return add_working_days(entry_at, days, calendar(), event=_("入账"))


def answer_deadline(raised_at: datetime) -> Deadline:
    """Return until when an objection is to be answered."""
    days = ObjectionSettings.current().answer_days
    return add_working_days(raised_at, days, calendar(), event=_("提出异议"))


def why_not(entry: Entry, user: User, now: datetime | None = None) -> str:
    """Return why a person cannot object to an entry, in one sentence, or nothing."""
    if entry.unit_id not in unit_ids_of(user):
        return _("只有本单位的信息员和审签人可以对本单位的得分提出异议。")
    if Objection.objects.filter(entry=entry).exists():
        return _("这笔得分已经提过异议，请在“得分异议”中看答复。")
    if Entry.objects.filter(reverses=entry).exists():
        return _("这笔得分已经冲回，不用再提异议；请对新的得分提出。")
    deadline = until(entry.at)
    if (now or timezone.now()) > deadline.at:
        return _("已过提出异议的期限（%(rule)s）。如确有错误，请直接联系信息科。") % {
            "rule": deadline.sentence
        }
    return ""


def can_adjust(day: date) -> bool:
    """Tell whether a scheme in force on a day has a clause that turns adjustments into points."""
    return any(
        clause.block_type == ADJUSTMENT_CLAUSE
        for scheme in specs_between(day, day)
        for clause in scheme.spec.blocks
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """What a list of entries shows beside one: the link to object, or to the objection."""

    url: str
    label: str


def marks_for(entries: Iterable[Entry], user: User) -> dict[int, Mark]:
    """Return for each entry of a person's own units what to show beside it; a few queries."""
    own = unit_ids_of(user)
    mine = [entry for entry in entries if entry.unit_id in own]
    if not mine:
        return {}
    ids = [entry.pk for entry in mine]
    raised = {
        objection.entry_id: objection
        for objection in Objection.objects.filter(entry__in=ids).select_related("answer")
    }
    gone = set(Entry.objects.filter(reverses__in=ids).values_list("reverses_id", flat=True))
    days, known, now = ObjectionSettings.current().raise_days, calendar(), timezone.now()
    marks: dict[int, Mark] = {}
    for entry in mine:
        if entry.pk in raised:
            objection = raised[entry.pk]
            url = reverse("objection", args=[objection.pk])
            marks[entry.pk] = Mark(url, str(objection.state(now).label))
        elif entry.pk not in gone and now <= add_working_days(entry.at, days, known).at:
            marks[entry.pk] = Mark(reverse("objection_new", args=[entry.pk]), _("提出异议"))
    return marks
