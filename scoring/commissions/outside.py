"""What this room says to the ground floor: deadlines to keep, people to tell.

Lock order everywhere: asked unit, then units (facts), then the deadline's row.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.notices.actions import announce
from infoflow.notices.people import active, holders_of, officers_of, signatories_of
from infoflow.notices.rules import TEXT_MAX
from infoflow.units.roles import Role
from infoflow.worktime.actions_dues import move_due, reopen_due, set_due, settle_due
from infoflow.worktime.models_dues import Due
from infoflow.worktime.reckoning import moment_rule, term_rule
from infoflow.worktime.rules_dues import Stage, late_words
from infoflow.worktime.terms import Kind, Term

from .models import AskedUnit, Commission, CommissionSettings
from .rules import KIND, clock_words, moment_words, still_owes
from .standing import standing

if TYPE_CHECKING:
    from infoflow.units.models import User
    from infoflow.worktime.models_dues import DueChange
    from infoflow.worktime.rules import Deadline


def desk_url(asked: AskedUnit) -> str:
    """Return the address of a commission at an asked unit's desk."""
    return reverse("commission", args=[asked.pk])


def office_url(commission: Commission) -> str:
    """Return the address of a commission in the office."""
    return f"{reverse('wagtailadmin_home')}commissions/{commission.pk}/"


def people_of(asked: AskedUnit) -> list[int]:
    """Return who hears of what an asked unit owes: officers, signatories, the named person."""
    named = [asked.person_id] if asked.person_id is not None else []
    units = [*officers_of(asked.unit_id), *signatories_of(asked.unit_id)]
    return active([*units, *named])


def office_of(commission: Commission) -> list[int]:
    """Return who hears of it in the office: who sent it, or all editors when that one left."""
    editors = holders_of(Role.EDITOR)
    return [commission.sent_by_id] if commission.sent_by_id in editors else editors


def tell_unit(asked: AskedUnit, *, key: str, text: str, urgent: bool = False) -> None:
    """Tell the people of an asked unit one sentence."""
    announce(
        key=f"{KIND}:{asked.pk}:{key}",
        kind=KIND,
        people=people_of(asked),
        number=asked.commission.number_text,
        text=text[:TEXT_MAX],
        url=desk_url(asked),
        due_at=asked.due_at,
        urgent=urgent,
    )


def tell_office(asked: AskedUnit, *, key: str, text: str) -> None:
    """Tell the office one sentence about an asked unit."""
    announce(
        key=f"{KIND}:{asked.pk}:{key}",
        kind=KIND,
        people=office_of(asked.commission),
        number=asked.commission.number_text,
        text=text[:TEXT_MAX],
        url=office_url(asked.commission),
        due_at=asked.due_at,
    )


def keep_due(asked: AskedUnit, deadline: Deadline, *, days: int | None) -> None:
    """Have the deadline of an asked unit watched; days are reckoned again with the calendar."""
    event = _("下达")
    rule = term_rule(Term(Kind.WORKING_DAYS, days), event) if days else moment_rule(event)
    set_due(
        key=asked.due_key,
        kind=KIND,
        unit=asked.unit_id,
        started=asked.asked_at or timezone.now(),
        rule=rule,
        at=deadline.at,
        sentence=deadline.sentence,
        provisional=deadline.provisional,
        points=CommissionSettings.current().reminders,
        url=desk_url(asked),
    )


def shift_due(asked: AskedUnit, *, why: str, by: User) -> None:
    """Move the deadline to where the asked unit says it is now."""
    move_due(key=asked.due_key, at=asked.due, sentence=asked.due_sentence, why=why, by=by)
    sync_due(asked)


def sync_due(asked: AskedUnit) -> None:
    """Stop the reminders when the unit owes nothing now, start them again when it does.

    The deadline's row is held before looking, so that two who look at once agree.
    """
    Due.objects.select_for_update(of=("self",), no_key=True).filter(key=asked.due_key).first()
    if still_owes(standing(asked).facts):
        reopen_due(key=asked.due_key)
    else:
        settle_due(key=asked.due_key, at=timezone.now())


def asked_of(due: Due) -> AskedUnit | None:
    """Return the asked unit that a deadline belongs to."""
    rows = AskedUnit.objects.select_related("commission", "unit")
    return rows.filter(pk=int(due.key.rpartition(":")[2])).first()


def remind(due: Due, stage: Stage, now: datetime, late: bool) -> None:
    """Tell the unit, and from the deadline on the office, what is due; nothing when it came."""
    asked = asked_of(due)
    if asked is None or asked.due_at is None:
        return
    facts = standing(asked, now).facts
    if not still_owes(facts):
        return
    over = stage.offset >= 0
    if facts.submitted is not None:
        words = _("%(number)s的稿件已退改，还没有重新报出（截止时间%(clock)s）。")
    elif over and now - asked.due < timedelta(minutes=1):
        words = _("%(number)s到截止时间还没有报送。")
    elif over:
        words = _("%(number)s还没有报送，%(clock)s。")
    else:
        words = _("%(number)s%(clock)s截止，还没有报送。")
    told = {"number": asked.commission.number_text, "clock": clock_words(asked.due, now)}
    text = words % told
    text += late_words(stage, now) if late else ""
    key = f"remind:{stage.offset}:{int(stage.at.timestamp())}"
    tell_unit(asked, key=key, text=text)
    if over:
        unit = asked.unit.name
        tell_office(
            asked, key=f"{key}:office", text=_("%(unit)s：%(text)s") % {"unit": unit, "text": text}
        )


def moved(due: Due, change: DueChange) -> None:
    """Follow a deadline that a newly loaded list of days off has moved, and tell it."""
    asked = asked_of(due)
    if asked is None:
        return
    asked.due_at, asked.due_sentence = due.at, due.sentence
    asked.save(update_fields=["due_at", "due_sentence"])
    Commission.objects.filter(pk=asked.commission_id, due_at=change.old_at).update(
        due_at=due.at, due_sentence=due.sentence, due_provisional=due.provisional
    )
    text = _("%(number)s的截止时间按新录入的放假安排改为%(at)s。") % {
        "number": asked.commission.number_text,
        "at": moment_words(due.at),
    }
    tell_unit(asked, key=f"moved:{change.pk}", text=text)
    tell_office(asked, key=f"moved:{change.pk}:office", text=text)


def settle_all(rows: Iterable[AskedUnit]) -> None:
    """Stop the reminders of asked units, in the order of their keys."""
    for row in sorted(rows, key=lambda row: row.pk):
        settle_due(key=row.due_key, at=timezone.now())


def tell_person(asked: AskedUnit, person: User, *, key: str, text: str) -> None:
    """Tell one person of an asked unit."""
    announce(
        key=f"{KIND}:{asked.pk}:{key}",
        kind=KIND,
        people=[person.pk],
        number=asked.commission.number_text,
        text=text[:TEXT_MAX],
        url=desk_url(asked),
        due_at=asked.due_at,
    )


def tell_submitted(asked: AskedUnit, at: datetime, *, key: str) -> None:
    """Tell the office that a piece has come; in time or late is said, its title is not."""
    words = (
        _("%(unit)s报出%(number)s的稿件，%(at)s，按时。")
        if at <= asked.due
        else _("%(unit)s报出%(number)s的稿件，%(at)s，晚于截止时间。")
    )
    told = {
        "unit": asked.unit.name,
        "number": asked.commission.number_text,
        "at": moment_words(at),
    }
    tell_office(asked, key=key, text=words % told)
