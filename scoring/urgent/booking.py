"""Facts for the scheme's urgent blocks: booked once, when certain, corrected by withdrawal.

By itself the system books 按时完成 or 迟报 only, when an event is ended and its first report has
come. What never came is named in the note and left to a person's finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from scoring.adoptions.actions import record_facts, withdraw_fact
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import NOTE_MAX, FactKind, FactRow, Mark, Source, subject_of

from . import queries
from .models import Finding, GradeDecision, Piece, UrgentEvent
from .rules import Kind, finding_key, verdict_key
from .rules_clocks import Clock, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infoflow.units.models import User

_START = "urgent:{}:verdict:"


def _newest_piece(event: UrgentEvent) -> Piece | None:
    return Piece.objects.filter(event=event).order_by("-pk").first()


def _row(event: UrgentEvent, mark: str, key: str, note: str, piece: Piece | None) -> FactRow:
    """Return the fact; about the item that carries the event, where there is one."""
    item = piece.item_id if piece else None
    return FactRow(
        kind=FactKind.URGENT,
        date=timezone.localtime(event.opened_at).date(),
        title=event.number_label,
        units=(event.unit_id,),
        key=key,
        source=Source.ROAD,
        mark=mark,
        note=note[:NOTE_MAX],
        subject=subject_of(item, "") if item else f"urgent:{event.pk}",
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
    piece = _newest_piece(event)
    key = verdict_key(event.pk, last.pk if last else 0, piece.pk if piece else 0)
    record_facts([_row(full, mark, key, note, piece)])


def correct_verdict(event: UrgentEvent, person: User) -> None:
    """After another decision on the grade: take back what was booked, book what holds now."""
    _take_back(event, person, _("级别更正，重新核定报送时限"))
    book_verdict(event)


def _take_back(event: UrgentEvent, person: User, reason: str) -> bool:
    """Withdraw the verdict that stands; tell whether there was one."""
    standing = list(Fact.objects.standing().filter(key__startswith=_START.format(event.pk)))
    for fact in standing:
        withdraw_fact(fact_id=fact.pk, person=person, reason=reason)
    return bool(standing)


def move_to_piece(event: UrgentEvent, person: User) -> None:
    """After another word on the item that carries the event: book the same about that item."""
    reason = _("对应稿件更正")
    if _take_back(event, person, reason):
        book_verdict(event)
    for finding in Finding.objects.filter(event=event).exclude(ruling__lifted=True):
        if _withdraw_finding(finding, person, reason):
            book_finding(event, finding)


def book_finding(event: UrgentEvent, finding: Finding) -> None:
    """Book what a person has found."""
    piece = _newest_piece(event)
    key = finding_key(finding.pk, piece.pk if piece else 0)
    record_facts([_row(event, finding.kind, key, finding.reason, piece)])


def _withdraw_finding(finding: Finding, person: User, reason: str) -> bool:
    key = finding_key(finding.pk)
    fact = Fact.objects.standing().filter(Q(key=key) | Q(key__startswith=f"{key}:")).first()
    if fact is not None:
        withdraw_fact(fact_id=fact.pk, person=person, reason=reason[:NOTE_MAX])
    return fact is not None


def lift_finding(finding: Finding, person: User, why: str) -> None:
    """Take back what a lifted finding had booked."""
    _withdraw_finding(finding, person, _("认定复核撤销：%(why)s") % {"why": why})
