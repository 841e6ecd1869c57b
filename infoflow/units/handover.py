"""交接: one act gives a person's post in a unit, and all that hangs on it, to a successor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from . import actions
from .models import HandOver, HandOverLine, Officer, Signatory, Unit, User
from .models_handover import NOTE_MAX
from .permissions import has_role, unit_ids_of
from .roles import UNIT_ROLES, Role
from .signals import handed_over, holdings_asked, holdings_named

MODEL_OF_ROLE: dict[Role, type[Officer] | type[Signatory]] = {
    Role.OFFICER: Officer,
    Role.SIGNATORY: Signatory,
}


@dataclass(frozen=True)
class Holding:
    """Things of one kind that hang on a post."""

    kind: str
    label: str
    ids: tuple[int, ...]
    # False: the successor is told of them, but they stay where they are.
    moves: bool = True


def may_hand_over(by: User, unit_id: int, role: Role) -> bool:
    """Tell who may hand over a post: system administrators every one, a unit's signatory
    those of its officers."""
    if has_role(by, Role.SYSTEM_ADMIN):
        return True
    return role == Role.OFFICER and unit_id in unit_ids_of(by, Role.SIGNATORY)


def people_of(unit: Unit) -> QuerySet[User]:
    """Return the people who hold a post in a unit today."""
    today = timezone.localdate()
    held = Q()
    for model in MODEL_OF_ROLE.values():
        posts = model.objects.in_force_on(today).filter(unit=unit)
        held |= Q(pk__in=posts.values("user_id"))
    return User.objects.filter(held).order_by("name", "username")


def _flat(answers: Any) -> list[Holding]:
    """Return what all receivers of a signal found, without empty kinds."""
    return [holding for _receiver, found in answers for holding in found or [] if holding.ids]


def holdings(*, unit: Unit, person: User, role: Role) -> list[Holding]:
    """Return what a hand-over would move or tell of now."""
    return _flat(holdings_asked.send(sender=HandOver, unit=unit, person=person, role=role))


def names_of(kind: str, ids: Iterable[int], viewer: User) -> dict[int, tuple[str, str]]:
    """Return title and address of those of the things that a person may see."""
    found: dict[int, tuple[str, str]] = {}
    wanted = list(ids)
    answers: Any = holdings_named.send(sender=HandOver, kind=kind, ids=wanted, viewer=viewer)
    for _receiver, named in answers:
        found |= named or {}
    return found


@transaction.atomic
def hand_over(
    *,
    unit: Unit,
    leaver: User,
    successor: User,
    by: User | None,
    note: str = "",
    role: Role = Role.OFFICER,
) -> HandOver:
    """End a person's posts of one kind in a unit, appoint the successor, move what hangs on it.

    The leaver's open sessions end at their next request; without another post or role the
    account is closed. What the leaver has written stays written: authorship of revisions and
    decisions is never changed, and the successor becomes an author of what is taken over.
    To undo it, hand over back.

    Args:
        by: who does it; None is the command line.

    Raises:
        PermissionDenied: `by` may not hand over this post.
        ValidationError: no such post (any more), or a successor who cannot have it.
    """
    if by is not None and not may_hand_over(by, unit.pk, role):
        raise PermissionDenied
    note = note.strip()
    if len(note) > NOTE_MAX:
        raise ValidationError(_("说明不能超过%(max)s字。"), params={"max": NOTE_MAX})
    leaver, successor = _locked(leaver, successor)
    _check_successor(unit, leaver, successor, by)
    posts = _posts(role, unit, leaver)
    if not posts:
        raise ValidationError(
            _("%(name)s在本单位已没有%(role)s任职，可能已经交接，请返回列表查看。"),
            params={"name": leaver, "role": role.label},
        )
    now = timezone.now()
    for post in posts:
        _end_now(post, now)
    appointed = _appoint_like(posts, successor)
    closed = not leaver.is_superuser and not _is_needed(leaver)
    made = HandOver.objects.create(
        unit=unit,
        role=role,
        leaver=leaver,
        successor=successor,
        by=by,
        note=note,
        appointed=appointed,
        account_closed=closed,
        at=now,
    )
    _write_lines(made, _flat(handed_over.send(sender=HandOver, hand_over=made)))
    leaver.session_round += 1
    leaver.is_active = not closed and leaver.is_active
    leaver.save(update_fields=["session_round", "is_active"])
    log(instance=made, action="units.hand_over", user=by)
    return made


def _locked(leaver: User, successor: User) -> tuple[User, User]:
    """Lock both people, always in the same order, and return them as they are now."""
    if leaver.pk == successor.pk:
        raise ValidationError(_("移交人和接手人不能是同一个人，请重新选择接手人。"))
    people = {
        user.pk: user
        for user in User.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[leaver.pk, successor.pk])
        .order_by("pk")
    }
    return people[leaver.pk], people[successor.pk]


def _check_successor(unit: Unit, leaver: User, successor: User, by: User | None) -> None:
    if not successor.is_active:
        raise ValidationError(_("接手人的账号已停用，请先请系统管理员恢复使用，或另选接手人。"))
    if by is None or has_role(by, Role.SYSTEM_ADMIN):
        return
    if not people_of(unit).filter(pk=successor.pk).exists():
        raise ValidationError(
            _("接手人在本单位没有任职，请先请信息科系统管理员登记任职，或另选接手人。")
        )


def _posts(role: Role, unit: Unit, person: User) -> list[Officer] | list[Signatory]:
    """Return a person's posts of one kind that are not over, those that begin later included."""
    model: Any = MODEL_OF_ROLE[role]
    found: list[Officer] | list[Signatory] = list(
        model.objects.select_for_update(of=("self",))
        .not_over_on(timezone.localdate())
        .filter(unit=unit, user=person)
        .select_related("unit__group")
        .order_by("pk")
    )
    return found


def _end_now(post: Officer | Signatory, now: datetime) -> None:
    """End a post at this moment, not at midnight."""
    today = timezone.localdate()
    post.until = max(post.since, today)
    post.ended_at = now
    post.full_clean()
    post.save()
    actions.take_rights(post, from_day=today)


def _appoint_like(posts: list[Officer] | list[Signatory], successor: User) -> bool:
    """Give the successor the post that ended, unless they hold it already.

    Returns:
        Whether an appointment was made.
    """
    first = min(posts, key=lambda post: (getattr(post, "rank", "") != Officer.Rank.FIRST, post.pk))
    today = timezone.localdate()
    held = type(first).objects.in_force_on(today).filter(unit=first.unit, user=successor).first()
    if held is None:
        if isinstance(first, Officer):
            actions.appoint_officer(
                unit=first.unit, user=successor, since=today, post=first.post, rank=first.rank
            )
        else:
            actions.appoint_signatory(unit=first.unit, user=successor, since=today)
        return True
    if (
        isinstance(held, Officer)
        and isinstance(first, Officer)
        and first.rank == Officer.Rank.FIRST != held.rank
    ):
        held.rank = Officer.Rank.FIRST
        held.save()
    return False


def _is_needed(person: User) -> bool:
    """Tell whether a person still holds a post somewhere or a role of the office."""
    today = timezone.localdate()
    if any(m.objects.not_over_on(today).filter(user=person).exists() for m in (Officer, Signatory)):
        return True
    office_roles = set(Role.values) - UNIT_ROLES
    return person.groups.filter(name__in=office_roles).exists()


def _write_lines(made: HandOver, moved: list[Holding]) -> None:
    HandOverLine.objects.bulk_create(
        HandOverLine(
            hand_over=made,
            kind=holding.kind,
            label=str(holding.label),
            moved=holding.moves,
            count=len(holding.ids),
            object_ids=list(holding.ids),
        )
        for holding in moved
    )
