"""Changes of the roster. Whoever changes it holds the one row of settings, so that two never
enter the same shift; what was changed meanwhile is refused and named, never overwritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.models import User

from .models import DutySettings, RosterChange, Shift, ShiftPerson, told
from .permissions import LEADING, ON_DUTY, holders, keeps_roster
from .rules import (
    PERSONS_MAX,
    WHY_MAX,
    Line,
    Span,
    Watch,
    changes_of,
    overlapping,
    why_no_span,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


class Faulty(Exception):
    """Rows of a roster cannot be saved; nothing was. `faults` holds (row, why), in order."""

    def __init__(self, faults: Sequence[tuple[int, str]]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = list(faults)


@dataclass(frozen=True)
class Saved:
    """What saving a roster changed."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def _hold() -> DutySettings:
    DutySettings.objects.get_or_create(pk=1)
    return DutySettings.objects.select_for_update(no_key=True).get(pk=1)


def _may(person: User) -> None:
    if not keeps_roster(person):
        raise Refused(_("只有值班员和编辑可以排班。"))


class _Names:
    """Who may stand on the roster, read once for all rows."""

    def __init__(self, watches: Iterable[Watch], standing: Iterable[Shift]) -> None:
        wanted = {pk for w in watches for pk in (w.leader, *w.persons) if pk is not None}
        self.users = User.objects.in_bulk(wanted)
        self.leading = set(holders(LEADING).filter(pk__in=wanted).values_list("pk", flat=True))
        self.on_duty = set(holders(ON_DUTY).filter(pk__in=wanted).values_list("pk", flat=True))
        # Who stands there already may stay, whatever has become of the account since.
        self.kept = {shift.span: shift.watch for shift in standing}

    def told(self, watch: Watch) -> str:
        leader = self.users.get(watch.leader) if watch.leader else None
        return told(leader, [self.users[pk] for pk in watch.persons if pk in self.users])

    def why_not(self, span: Span, watch: Watch) -> str:
        """Return why these people cannot have a shift; "" when they can."""
        before = self.kept.get(span, Watch())
        if watch.is_empty:
            return ""
        if not watch.persons:
            return _("没有值班人员，只有带班领导不成一班。")
        if len(watch.persons) > PERSONS_MAX:
            return _("一班最多%(max)s名值班人员。") % {"max": PERSONS_MAX}
        if len(set(watch.persons)) < len(watch.persons):
            return _("同一人填了两次。")
        leader = watch.leader
        if leader is not None and leader != before.leader and leader not in self.leading:
            return self._refusal(leader, _("带班领导"))
        for pk in watch.persons:
            if pk not in self.on_duty and pk not in before.persons:
                return self._refusal(pk, _("值班人员"))
        return ""

    def _refusal(self, pk: int, part: str) -> str:
        user = self.users.get(pk)
        if user is None:
            return _("没有找到这个人的账号，请刷新后重选。")
        if not user.is_active:
            return _("%(name)s的账号已停用，请换人。") % {"name": user}
        return _("%(name)s没有可以担任%(part)s的角色，请系统管理员先加上“值班员”角色。") % {
            "name": user,
            "part": part,
        }


@transaction.atomic
def save_roster(*, lines: Sequence[Line], person: User) -> Saved:
    """Save rows of a roster, all or none. A second identical call changes nothing.

    An empty watch takes a shift out. A shift that has ended is changed only by `change_shift`,
    with a reason; one that was never entered may be entered afterwards.

    Raises:
        Refused: not a keeper of the roster.
        Faulty: rows that cannot be saved, each with its reason: a span that is none, people
            who cannot be on duty, two rosters at once, changed by somebody meanwhile.
    """
    _may(person)
    _hold()
    now = timezone.now()
    faults = [(line.row, why) for line in lines if (why := why_no_span(line.span))]
    if faults:
        raise Faulty(faults)
    if not lines:
        return Saved()
    standing = list(_around(lines))
    names = _Names([line.watch for line in lines] + [s.watch for s in standing], standing)
    exact = {shift.span: shift for shift in standing}
    wanted = [line for line in lines if _differs(line, exact)]
    for line in wanted:
        if why := _why_not(line, exact.get(line.span), names, now):
            faults.append((line.row, why))
    faults += _two_at_once(lines, standing, names)
    if faults:
        raise Faulty(sorted(faults))
    saved = [_write(line.span, line.watch, exact.get(line.span), names, person) for line in wanted]
    return Saved(saved.count("added"), saved.count("changed"), saved.count("removed"))


def _around(lines: Sequence[Line]) -> Iterable[Shift]:
    start = min(line.span.start for line in lines)
    end = max(line.span.end for line in lines)
    found = Shift.objects.between(start, end).select_related("leader")
    return found.prefetch_related("posts__person")


def _differs(line: Line, exact: dict[Span, Shift]) -> bool:
    standing = exact.get(line.span)
    return line.watch != (standing.watch if standing is not None else Watch())


def _why_not(line: Line, standing: Shift | None, names: _Names, now: datetime) -> str:
    if why := names.why_not(line.span, line.watch):
        return f"{line.span.label}：{why}"
    before = standing.watch if standing is not None else Watch()
    if line.seen is not None and line.seen != before.code:
        if standing is None:
            return _("%(span)s原有的安排刚才已被别人取消，请刷新后再排。") % {
                "span": line.span.label
            }
        return _(
            "%(span)s刚才已排：%(there)s；您要排的是：%(mine)s。请刷新后核对，需要换人的点开这一班修改。"
        ) % {"span": line.span.label, "there": standing.told(), "mine": names.told(line.watch)}
    if standing is not None and standing.end <= now:
        return _("%(span)s已经结束，请点开这一班写明原因再更正。") % {"span": line.span.label}
    return ""


def _two_at_once(
    lines: Sequence[Line], standing: Sequence[Shift], names: _Names
) -> list[tuple[int, str]]:
    """Return the rows that hold a moment of another row or of a standing shift, both named."""
    mine = {line.span for line in lines}
    rows = [(line.span, (line.row, line.span, names.told(line.watch))) for line in lines]
    filled = [pair for pair, line in zip(rows, lines, strict=True) if not line.watch.is_empty]
    others = [(s.span, (0, s.span, s.told())) for s in standing if s.span not in mine]
    return [
        (
            max(a[0], b[0]),
            _("同一时间有两个班次：%(first)s（%(one)s）与%(second)s（%(two)s），请只留一个。")
            % {"first": a[1].label, "one": a[2], "second": b[1].label, "two": b[2]},
        )
        for a, b in overlapping([*filled, *others])
        if a[0] or b[0] or a[1] in mine or b[1] in mine
    ]


def _write(span: Span, watch: Watch, standing: Shift | None, names: _Names, person: User) -> str:
    """Write one shift and its change; return what happened to it."""
    before = standing.told() if standing is not None else ""
    if watch.is_empty and standing is not None:
        standing.removed_at = timezone.now()
        standing.save(update_fields=["removed_at"])
        done = "removed"
    else:
        shift = standing or Shift(start=span.start, end=span.end)
        shift.leader_id = watch.leader
        shift.save()
        shift.posts.all().delete()
        ShiftPerson.objects.bulk_create(
            ShiftPerson(shift=shift, person_id=pk, position=n) for n, pk in enumerate(watch.persons)
        )
        done = "changed" if standing is not None else "added"
    _noted(span, before, "" if watch.is_empty else names.told(watch), person)
    return done


def _noted(span: Span, before: str, after: str, person: User, why: str = "") -> None:
    RosterChange.objects.create(
        start=span.start, end=span.end, before=before, after=after, why=why, by=person
    )


@door.guarded(Entrance.DUTY)
@transaction.atomic
def change_shift(*, shift_id: int, watch: Watch, seen: str, why: str, person: User) -> Shift:
    """Change who is on duty in one shift, also in one that has ended; the reason is kept.

    Args:
        seen: the code of what stood there when the form was drawn.

    Raises:
        Refused: not a keeper of the roster, unknown, changed meanwhile, no reason, or people
            who cannot be on duty.
    """
    _may(person)
    why = why.strip()
    if not why:
        raise Refused(_("请写明换班或更正的原因。"))
    if len(why) > WHY_MAX:
        raise Refused(_("原因不能超过%(max)s字。") % {"max": WHY_MAX})
    if watch.is_empty:
        raise Refused(_("请至少选一名值班人员。"))
    _hold()
    found = Shift.objects.standing().select_related("leader").prefetch_related("posts__person")
    shift = found.filter(pk=shift_id).first()
    if shift is None:
        raise Refused(_("没有找到这一班，可能刚被取消，请返回值班表刷新。"))
    if shift.watch == watch:
        return shift
    if seen != shift.watch.code:
        raise Refused(_("这一班刚才已改为：%(there)s。请核对后再改。") % {"there": shift.told()})
    names = _Names([watch, shift.watch], [shift])
    if refusal := names.why_not(shift.span, watch):
        raise Refused(refusal)
    before = shift.told()
    shift.leader_id = watch.leader
    shift.save(update_fields=["leader"])
    shift.posts.all().delete()
    ShiftPerson.objects.bulk_create(
        ShiftPerson(shift=shift, person_id=pk, position=n) for n, pk in enumerate(watch.persons)
    )
    _noted(shift.span, before, names.told(watch), person, why)
    return shift


@door.guarded(Entrance.DUTY)
@transaction.atomic
def save_settings(*, changes: str, person: User) -> DutySettings:
    """Set the times of day at which shifts change; shifts that stand keep theirs.

    Raises:
        Refused: not a keeper of the roster, or no times of day.
    """
    _may(person)
    try:
        wanted = changes_of(changes)
    except ValueError as error:
        raise Refused(str(error)) from None
    row = _hold()
    row.changes = list(wanted)
    row.save(update_fields=["changes"])
    return row
