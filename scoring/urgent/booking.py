"""Facts for the scheme's urgent blocks: booked once, when certain, corrected by withdrawal.

By itself the system books 按时完成 or 迟报 only, when an event is ended and its first report has
come. What never came is named in the note and left to a person's finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from scoring.adoptions.actions import record_facts, withdraw_fact
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import NOTE_MAX, FactKind, FactRow, Mark, Source

from . import queries
from .models import Finding, GradeDecision, UrgentEvent
from .rules import Kind, finding_key, verdict_key
from .rules_clocks import Clock, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infoflow.units.models import User

_START = "urgent:{}:verdict:"


def _row(event: UrgentEvent, mark: str, key: str, note: str) -> FactRow:
    return FactRow(
        kind=FactKind.URGENT,
        date=timezone.localtime(event.opened_at).date(),
        title=event.number_label,
        units=(event.unit_id,),
        key=key,
        source=Source.ROAD,
        mark=mark,
        note=note[:NOTE_MAX],
        subject=f"urgent:{event.pk}",
    )


def verdict_of(clocks: Sequence[Clock]) -> tuple[Mark, str]:
    """Return 按时完成 or 迟报 for what has come, and why."""
    late = [clock for clock in clocks if clock.met_at and clock.verdict is Verdict.LATE]
    never = [clock for clock in clocks if not clock.met_at and clock.verdict is Verdict.LATE]
    missing = _("；另有%(n)d次应报未收到") % {"n": len(never)} if never else ""
    if not late:
        return Mark.DONE, _("各次报告按时%(more)s") % {"more": missing}
    worst = max(late, key=lambda clock: clock.late_minutes)
    more = _("等%(n)d次") % {"n": len(late)} if len(late) > 1 else ""
    return Mark.LATE, f"{worst.sentence}{more}{missing}"


def book_verdict(event: UrgentEvent) -> None:
    """Book how an ended event was reported, under the decision on its grade that holds now.

    An event without a written first report has nothing certain to book.
    """
    full = queries.with_all(UrgentEvent.objects.all()).get(pk=event.pk)
    if not any(report.kind == Kind.FIRST for report in full.reports.all()):
        return
    clocks = queries.clocks_for(full, queries.rule_rows())
    if not clocks:
        return
    mark, note = verdict_of(clocks)
    last = GradeDecision.objects.filter(event=event).order_by("-pk").first()
    record_facts([_row(full, mark, verdict_key(event.pk, last.pk if last else 0), note)])


def correct_verdict(event: UrgentEvent, person: User) -> None:
    """After another decision on the grade: take back what was booked, book what holds now."""
    standing = Fact.objects.standing().filter(key__startswith=_START.format(event.pk))
    for fact in standing:
        withdraw_fact(fact_id=fact.pk, person=person, reason=_("级别更正，重新核定报送时限"))
    book_verdict(event)


def book_finding(event: UrgentEvent, finding: Finding) -> None:
    """Book what a person has found."""
    record_facts([_row(event, finding.kind, finding_key(finding.pk), finding.reason)])


def lift_finding(finding: Finding, person: User, why: str) -> None:
    """Take back what a lifted finding had booked."""
    fact = Fact.objects.standing().filter(key=finding_key(finding.pk)).first()
    if fact is not None:
        reason = _("认定复核撤销：%(why)s") % {"why": why}
        withdraw_fact(fact_id=fact.pk, person=person, reason=reason[:NOTE_MAX])
