"""Changes of units, people and posts. One function per change."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from axes.utils import reset as lift_lock
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Appointment, GroupMembership, Officer, Signatory, Unit, UnitGroup, User
from .permissions import has_role
from .roles import SEPARATE_ROLES, UNIT_ROLES, Role
from .signals import units_created

# No 0/O, 1/l/I: one-time passwords are read out over the telephone.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"


def unit_group_name(unit: Unit) -> str:
    """Return the name of the group that holds a unit's people."""
    return f"单位·{unit.code}"


@transaction.atomic
def create_units(units: Sequence[Unit]) -> list[Unit]:
    """Create units, each with its group; the rooms above add its page folder.

    Raises:
        ValidationError: a field is wrong; nothing is created.
    """
    for unit in units:
        unit.full_clean(exclude=["group"])
        unit.group = Group.objects.create(name=unit_group_name(unit))
        unit.save()
    units_created.send(sender=Unit, units=list(units))
    return list(units)


def create_unit(
    *,
    code: str,
    name: str,
    kind: str,
    parent: Unit | None = None,
    order: int = 100,
    active_from: date | None = None,
    active_until: date | None = None,
) -> Unit:
    """Create one unit with its group and its page folder."""
    unit = Unit(
        code=code,
        name=name,
        kind=kind,
        parent=parent,
        order=order,
        active_from=active_from,
        active_until=active_until,
    )
    return create_units([unit])[0]


def set_group(*, unit: Unit, group: UnitGroup, year: int) -> GroupMembership:
    """Put a unit into a group for one year; a second identical call changes nothing."""
    with transaction.atomic():
        membership = GroupMembership.objects.filter(unit=unit, year=year).first()
        if membership is None:
            membership = GroupMembership(unit=unit, year=year)
        if membership.group_id != group.pk:
            membership.group = group
            membership.full_clean()
            membership.save()
    return membership


def one_time_password() -> str:
    """Return a random first password of 12 characters (70 bits)."""
    return "".join(secrets.choice(_ALPHABET) for _index in range(12))


def check_role_set(roles: Iterable[str]) -> None:
    """Refuse sets of roles that no one person may hold (三员分立).

    Raises:
        ValidationError: an administrator's role together with any other role.
    """
    held = set(roles)
    separate = held & SEPARATE_ROLES
    if separate and len(held) > 1:
        raise ValidationError(
            _("%(role)s不能兼任其他角色（三员分立）。"), params={"role": sorted(separate)[0]}
        )


@transaction.atomic
def create_user(
    *, username: str, name: str, roles: Sequence[Role] = (), phone: str = ""
) -> tuple[User, str]:
    """Create an account and return it with its one-time password, shown once.

    Unit roles are not given here: they come with an appointment.

    Raises:
        ValidationError: bad name, or roles that exclude one another.
    """
    if set(roles) & UNIT_ROLES:
        raise ValidationError(_("信息员和审签人的角色随任职产生，请在任职处登记。"))
    check_role_set(roles)
    password = one_time_password()
    user = User(username=username, name=name, phone=phone, must_change_password=True)
    user.set_password(password)
    user.full_clean()
    user.save()
    user.groups.set(Group.objects.filter(name__in=[str(role) for role in roles]))
    return user, password


def _may_manage(by: User | None, user: User) -> None:
    """Refuse whoever may not manage an account; None is the command line.

    Raises:
        PermissionDenied: no system administrator, or the account is a superuser's.
    """
    if by is None:
        return
    if not has_role(by, Role.SYSTEM_ADMIN) or (user.is_superuser and not by.is_superuser):
        raise PermissionDenied


@transaction.atomic
def reset_password(*, user: User, by: User | None = None) -> str:
    """Give a new one-time password and lift a lock; the person must change it at once.

    Raises:
        PermissionDenied: `by` may not manage this account.
    """
    _may_manage(by, user)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    lift_lock(username=user.username)
    return password


@transaction.atomic
def update_user(
    *, user: User, name: str, phone: str, roles: Iterable[str], by: User | None = None
) -> User:
    """Change a person's name, telephone and office roles; unit roles stay as they are.

    Raises:
        PermissionDenied: `by` may not manage this account.
        ValidationError: roles that exclude one another, or one's own roles.
    """
    _may_manage(by, user)
    held = set(user.groups.values_list("name", flat=True)) & set(Role.values)
    office = held - UNIT_ROLES
    wanted = set(roles) - UNIT_ROLES
    if by is not None and by.pk == user.pk and wanted != office:
        raise ValidationError(_("不能修改自己的角色，请由另一位系统管理员办理。"))
    check_role_set(wanted | (held & UNIT_ROLES))
    user.name, user.phone = name, phone
    user.full_clean(exclude=["password"])
    user.save()
    user.groups.remove(*Group.objects.filter(name__in=office - wanted))
    user.groups.add(*Group.objects.filter(name__in=wanted - office))
    return user


@transaction.atomic
def set_active(*, user: User, active: bool, by: User | None = None) -> None:
    """Stop an account or open it again; a second identical call changes nothing.

    Raises:
        PermissionDenied: `by` may not manage this account.
        ValidationError: one's own account.
    """
    _may_manage(by, user)
    if by is not None and by.pk == user.pk:
        raise ValidationError(_("不能停用自己的账号，请由另一位系统管理员办理。"))
    if user.is_active != active:
        user.is_active = active
        user.save(update_fields=["is_active"])


@transaction.atomic
def change_own_password(*, user: User, password: str) -> None:
    """Set the password that a person has chosen and lift the duty to change it."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        raise PermissionDenied
    locked.set_password(password)
    locked.must_change_password = False
    locked.save(update_fields=["password", "must_change_password"])
    user.password = locked.password
    user.must_change_password = False


def _appoint(appointment: Appointment) -> None:
    appointment.full_clean()
    same = type(appointment).objects.filter(unit=appointment.unit, user=appointment.user)
    if appointment.until is not None:
        same = same.filter(since__lte=appointment.until)
    if same.not_over_on(appointment.since).exists():
        raise ValidationError(_("此人在该单位已有同一职务，任期重叠，不用重复登记。"))
    roles = set(appointment.user.groups.values_list("name", flat=True)) & set(Role.values)
    check_role_set(roles | {appointment.role})
    appointment.save()
    unit_group = appointment.unit.group
    groups = [Group.objects.get(name=appointment.role)]
    if unit_group is not None:
        groups.append(unit_group)
    appointment.user.groups.add(*groups)


@transaction.atomic
def appoint_officer(
    *,
    unit: Unit,
    user: User,
    since: date,
    until: date | None = None,
    post: str = Officer.Post.PART_TIME,
    rank: str = Officer.Rank.FIRST,
) -> Officer:
    """Name a unit's officer; gives the role and the unit's group."""
    officer = Officer(unit=unit, user=user, since=since, until=until, post=post, rank=rank)
    _appoint(officer)
    return officer


@transaction.atomic
def appoint_signatory(
    *, unit: Unit, user: User, since: date, until: date | None = None
) -> Signatory:
    """Name a unit's signatory; gives the role and the unit's group."""
    signatory = Signatory(unit=unit, user=user, since=since, until=until)
    _appoint(signatory)
    return signatory


@transaction.atomic
def end_appointment(*, appointment: Officer | Signatory, last_day: date) -> None:
    """End a post after its last day; takes role and unit group away when no post is left.

    Raises:
        ValidationError: the last day lies before the first, or the post has ended already.
    """
    today = timezone.localdate()
    ended = appointment.until is not None and appointment.until < today
    if ended or appointment.ended_at is not None:
        raise ValidationError(_("这一任职已经结束；重新任职请另行登记。"))
    appointment.until = last_day
    appointment.full_clean()
    appointment.save()
    if last_day < today:  # else still in force; its rights end by date (permissions.unit_ids_of)
        take_rights(appointment, from_day=last_day + timedelta(days=1))


def take_rights(appointment: Officer | Signatory, *, from_day: date) -> None:
    """Take role and unit group from a person who holds no such post from a day on."""
    user, unit = appointment.user, appointment.unit
    role_left = type(appointment).objects.not_over_on(from_day).filter(user=user)
    if not role_left.exists():
        user.groups.remove(Group.objects.get(name=appointment.role))
    unit_left = any(
        model.objects.not_over_on(from_day).filter(user=user, unit=unit).exists()
        for model in (Officer, Signatory)
    )
    if not unit_left and unit.group is not None:
        user.groups.remove(unit.group)
