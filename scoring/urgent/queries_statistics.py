"""From the events of a period to what a 通报 says of them. A few queries, however many events."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db.models import Prefetch
from django.utils import timezone

from infoflow.worktime.rules import CHINA

from . import queries
from .models import Finding, UrgentEvent
from .models_rules import rule_rows
from .queries_rules import ONE_DAY
from .rules import Fault
from .rules_clocks import clocks_of
from .rules_statistics import Outcome, Statistics, statistics_of


def period_statistics(start: date, end: date, now: datetime | None = None) -> Statistics:
    """Return the statistics of the events that were opened from `start` to `end` (both included).

    The day of opening is the day on which the points of an event count. A finding that was
    lifted does not count; what is unmet is judged at `now`.
    """
    opened = UrgentEvent.objects.filter(
        opened_at__gte=datetime.combine(start, time(), CHINA),
        opened_at__lt=datetime.combine(end + ONE_DAY, time(), CHINA),
    )
    standing = Finding.objects.exclude(ruling__lifted=True).order_by("pk")
    events = (
        queries.with_all(opened)
        .prefetch_related(Prefetch("findings", standing, to_attr="standing_findings"))
        .order_by("unit__order", "unit__name", "year", "number")
    )
    rules, moment = rule_rows(), now or timezone.now()
    outcomes = []
    for event in events:
        facts = queries.facts_of(event)
        outcomes.append(
            Outcome(
                number=event.number_label,
                unit_id=event.unit_id,
                unit=event.unit.name,
                grade=facts.grade,
                reported=facts.first_at is not None,
                clocks=tuple(clocks_of(facts, rules, as_of=moment)),
                ahead=queries.online_gap(event, facts.first_at) if facts.first_at else None,
                online=bool(event.seen.all()),
                findings=tuple(finding.kind for finding in event.standing_findings),
            )
        )
    return statistics_of(outcomes, {fault.value: str(fault.label) for fault in Fault})
