"""Who may do what, where. Every room asks here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from .roles import ADMIN_ROLES, OFFICE_ROLES, READING_ROLES, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from .models import User


def roles_of(user: User | AnonymousUser) -> frozenset[str]:
    """Return the role names a person holds; read once per request object.

    A superuser holds every office role (break-glass), never a unit's role: those need an
    appointment. An inactive account holds none.
    """
    if not user.is_active or not user.is_authenticated:
        return frozenset()
    cached: frozenset[str] | None = user.__dict__.get("_infoflow_roles")
    if cached is None:
        names = set(user.groups.values_list("name", flat=True)) & set(Role.values)
        if user.is_superuser:
            names |= set(Role.values) - {Role.OFFICER, Role.SIGNATORY}
        cached = frozenset(names)
        user.__dict__["_infoflow_roles"] = cached
    return cached


def person_of(request: HttpRequest) -> User:
    """Return who is logged in, for views behind the login.

    Raises:
        PermissionDenied: nobody is.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def has_role(user: User | AnonymousUser, *roles: str) -> bool:
    """Tell whether a person holds at least one of the roles."""
    return not roles_of(user).isdisjoint(roles)


def works_in_office(user: User | AnonymousUser) -> bool:
    """Tell whether a person handles what units have sent in (编辑, 保密审查员, 签发人)."""
    return has_role(user, *OFFICE_ROLES)


def enters_admin(user: User | AnonymousUser) -> bool:
    """Tell whether a person works in Wagtail's admin at all."""
    return has_role(user, *ADMIN_ROLES)


def reads_bulletins(user: User | AnonymousUser) -> bool:
    """Tell whether a person may read issued bulletins."""
    return has_role(user, *READING_ROLES)


def sees_all_units(user: User | AnonymousUser) -> bool:
    """Tell whether all units' names and figures are open to a person."""
    return has_role(user, *OFFICE_ROLES, Role.SCORER, Role.LEADER, Role.DUTY, Role.SYSTEM_ADMIN)


def unit_ids_of(user: User | AnonymousUser, role: Role | None = None) -> frozenset[int]:
    """Return ids of the units where a person holds a post today.

    Args:
        role: only posts of this unit role (信息员 or 审签人); both when None.

    The post counts only together with the role's group: taking either away ends the right.
    """
    from .models import Officer, Signatory

    held = roles_of(user)
    if user.pk is None:
        return frozenset()
    wanted: Iterable[type[Officer] | type[Signatory]] = [
        model for model in (Officer, Signatory) if role in (None, model.role)
    ]
    cache: dict[str, frozenset[int]] = user.__dict__.setdefault("_infoflow_units", {})
    found: set[int] = set()
    for model in wanted:
        if model.role not in held:
            continue
        if model.role not in cache:
            cache[model.role] = frozenset(
                model.objects.in_force_on(timezone.localdate())
                .filter(user_id=user.pk)
                .values_list("unit_id", flat=True)
            )
        found |= cache[model.role]
    return frozenset(found)
