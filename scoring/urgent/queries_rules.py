"""Reads about the rule table: which events a span of days has judged."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import DateTimeField, Max, QuerySet
from django.utils.translation import gettext as _

from infoflow.worktime.rules import CHINA, day_words, local

from .models import Report, UrgentEvent
from .models_rules import Dated

ONE_DAY = timedelta(days=1)


def last_event_day(first: date, last: date | None) -> date | None:
    """Return the day of the newest event that happened in a span of days, if there is one.

    A moment that a later report corrected counts as well: the rules of both days have judged.
    """
    span: dict[str, datetime] = {"happened_at__gte": datetime.combine(first, time(), CHINA)}
    if last is not None:
        span["happened_at__lt"] = datetime.combine(last + ONE_DAY, time(), CHINA)
    sources: tuple[QuerySet[UrgentEvent] | QuerySet[Report], ...] = (
        UrgentEvent.objects.all(),
        Report.objects.all(),
    )
    newest = [
        rows.filter(**span).aggregate(at=Max("happened_at", output_field=DateTimeField()))["at"]
        for rows in sources
    ]
    return max((local(at).date() for at in newest if at is not None), default=None)


def judged_until(row: Dated) -> date | None:
    """Return the day of the newest event that a stored row has judged, if there is one."""
    return last_event_day(row.valid_from, row.valid_to)


def judged_words(day: date) -> str:
    """Return in words that events have been judged, and until when."""
    return _("已有紧急信息按当时的规定判定，最近一件在%(day)s") % {
        "day": day_words(day, with_year=True, with_weekday=False)
    }
