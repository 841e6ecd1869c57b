"""What this room says to the ground floor: deadlines to keep, people to tell.

Lock order everywhere: asked unit, then units (facts), then the deadline's row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from infoflow.notices.actions import Announcement, announce_all
from infoflow.notices.people import holders_of, officers_by_unit, signatories_by_unit
from infoflow.notices.rules import TEXT_MAX
from infoflow.units.roles import Role
from infoflow.worktime.actions_dues import move_due, reopen_due, set_due, settle_due
from infoflow.worktime.due_kinds import Reminder
from infoflow.worktime.models_dues import Due
from infoflow.worktime.reckoning import moment_rule, term_rule
from infoflow.worktime.rules_dues import Stage, late_words
from infoflow.worktime.terms import Kind, Term

from .models import AskedUnit, Commission, CommissionSettings
from .rules import KIND, Asked, clock_words, moment_words, still_owes
from .standing import standing, standings

if TYPE_CHECKING:
    from infoflow.units.models import User
    from infoflow.worktime.models_dues import DueChange
    from infoflow.worktime.rules import Deadline

# How many units a sentence to the office names.
NAMED = 10


def desk_url(asked: AskedUnit) -> str:
    """Return the address of a commission at an asked unit's desk."""
    return reverse("commission", args=[asked.pk])


def office_url(commission: Commission) -> str:
    """Return the address of a commission in the office."""
    return f"{reverse('wagtailadmin_home')}commissions/{commission.pk}/"


def people_of(rows: Iterable[AskedUnit]) -> dict[int, list[int]]:
    """Return who hears of what asked units owe: officers, signatories, the named person."""
    asked = list(rows)
    units = {row.unit_id for row in asked}
    officers, signatories = officers_by_unit(units), signatories_by_unit(units)
    return {
        row.pk: [
            *officers[row.unit_id],
            *signatories[row.unit_id],
            *([row.person_id] if row.person_id is not None else []),
        ]
        for row in asked
    }


def office_of(commission: Commission, editors: list[int]) -> list[int]:
    """Return who hears of it in the office: who sent it, or all editors when that one left."""
    return [commission.sent_by_id] if commission.sent_by_id in editors else editors


def to_unit(
    asked: AskedUnit, people: Iterable[int], *, key: str, text: str, urgent: bool = False
) -> Announcement:
    """Return one sentence for people of an asked unit."""
    return Announcement(
        key=f"{KIND}:{asked.pk}:{key}",
        kind=KIND,
        people=people,
        number=asked.commission.number_text,
        text=text[:TEXT_MAX],
        url=desk_url(asked),
        due_at=asked.due_at,
        urgent=urgent,
    )


def to_office(asked: AskedUnit, editors: list[int], *, key: str, text: str) -> Announcement:
    """Return one sentence about an asked unit for the office."""
    return Announcement(
        key=f"{KIND}:{asked.pk}:{key}",
        kind=KIND,
        people=office_of(asked.commission, editors),
        number=asked.commission.number_text,
        text=text[:TEXT_MAX],
        url=office_url(asked.commission),
        due_at=asked.due_at,
    )


def tell_unit(asked: AskedUnit, *, key: str, text: str, urgent: bool = False) -> None:
    """Tell the people of an asked unit one sentence."""
    people = people_of([asked])[asked.pk]
    announce_all([to_unit(asked, people, key=key, text=text, urgent=urgent)])


def tell_office(asked: AskedUnit, *, key: str, text: str) -> None:
    """Tell the office one sentence about an asked unit."""
    announce_all([to_office(asked, holders_of(Role.EDITOR), key=key, text=text)])


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


def asked_of(dues: Iterable[Due]) -> dict[int, AskedUnit]:
    """Return the asked units that deadlines belong to, by deadline."""
    ids = {due.pk: int(due.key.rpartition(":")[2]) for due in dues}
    rows = AskedUnit.objects.select_related("commission", "unit").in_bulk(ids.values())
    return {due: rows[pk] for due, pk in ids.items() if pk in rows}


def remind(reminders: Sequence[Reminder], now: datetime) -> None:
    """Tell the units, and from the deadline on the office, what is due; nothing when it came."""
    asked = asked_of(one.due for one in reminders)
    standing_of = standings(list(asked.values()), now)
    people, editors = people_of(asked.values()), holders_of(Role.EDITOR)
    told: list[Announcement] = []
    # The office hears once of all units that one sentence is true of.
    over: dict[tuple[int, str, str], list[AskedUnit]] = {}
    for one in reminders:
        row = asked.get(one.due.pk)
        if row is None or row.pk not in standing_of:
            continue
        facts, stage = standing_of[row.pk].facts, one.stage
        if not still_owes(facts):
            continue
        text = _reminder(row, facts, stage, now) + (late_words(stage, now) if one.late else "")
        key = f"remind:{stage.offset}:{int(stage.at.timestamp())}"
        told.append(to_unit(row, people[row.pk], key=key, text=text))
        if stage.offset >= 0:
            over.setdefault((row.commission_id, key, text), []).append(row)
    for (_pk, key, text), rows in over.items():
        words = _of_units([row.unit.name for row in rows], text)
        told.append(to_office(rows[0], editors, key=f"{key}:office", text=words))
    announce_all(told)


def _of_units(names: list[str], text: str) -> str:
    """Return one sentence for the office about the units that it is said of."""
    if len(names) == 1:
        return _("%(unit)s：%(text)s") % {"unit": names[0], "text": text}
    shown = "、".join(names[:NAMED]) + ("等" if len(names) > NAMED else "")
    told = {"text": text, "n": len(names), "units": shown}
    return _("%(text)s%(n)d家：%(units)s。") % told


def _reminder(asked: AskedUnit, facts: Asked, stage: Stage, now: datetime) -> str:
    over = stage.offset >= 0
    if facts.submitted is not None:
        words = _("%(number)s的稿件已退改，还没有重新报出（截止时间%(clock)s）。")
    elif over and now - asked.due < timedelta(minutes=1):
        words = _("%(number)s到截止时间还没有报送。")
    elif over:
        words = _("%(number)s还没有报送，%(clock)s。")
    else:
        words = _("%(number)s%(clock)s截止，还没有报送。")
    return words % {"number": asked.commission.number_text, "clock": clock_words(asked.due, now)}


def hold(keys: Sequence[str]) -> None:
    """Hold the asked units of deadlines, as every action does before it touches the deadline."""
    pks = [int(key.rpartition(":")[2]) for key in keys]
    held = AskedUnit.objects.select_for_update(of=("self",), no_key=True)
    list(held.filter(pk__in=pks).order_by("pk").only("pk"))


def moved(due: Due, change: DueChange) -> None:
    """Follow a deadline that a newly loaded list of days off has moved, and tell it."""
    asked = asked_of([due]).get(due.pk)
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
    announce_all([to_unit(asked, [person.pk], key=key, text=text)])


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
