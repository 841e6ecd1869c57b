"""Whom to tell: ids of people with an active account."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from infoflow.units.models import Officer, Signatory, User
from infoflow.units.roles import Role


def _posts(model: type[Officer] | type[Signatory], units: Iterable[int]) -> dict[int, list[int]]:
    # A post counts only together with the role's group, as in units.permissions.
    found: dict[int, list[int]] = {unit: [] for unit in units}
    rows = model.objects.in_force_on(timezone.localdate()).filter(
        unit__in=found, user__groups__name=model.role
    )
    people = rows.order_by("unit_id", "user_id").values_list("unit_id", "user_id").distinct()
    for unit, person in people:
        found[unit].append(person)
    return found


def officers_by_unit(units: Iterable[int]) -> dict[int, list[int]]:
    """Return the people who are 信息员 of some units today, by unit."""
    return _posts(Officer, units)


def signatories_by_unit(units: Iterable[int]) -> dict[int, list[int]]:
    """Return the people who are 审签人 of some units today, by unit."""
    return _posts(Signatory, units)


def officers_of(unit_id: int) -> list[int]:
    """Return the people who are 信息员 of a unit today."""
    return officers_by_unit([unit_id])[unit_id]


def signatories_of(unit_id: int) -> list[int]:
    """Return the people who are 审签人 of a unit today."""
    return signatories_by_unit([unit_id])[unit_id]


def holders_of(*roles: Role) -> list[int]:
    """Return the people who hold at least one of the roles. Superusers hold none this way."""
    found = User.objects.filter(is_active=True, groups__name__in=roles)
    return list(found.order_by("pk").values_list("pk", flat=True).distinct())


def active(people: Iterable[int]) -> list[int]:
    """Return those of the people whose account is active, each once."""
    found = User.objects.filter(pk__in=set(people), is_active=True)
    return list(found.order_by("pk").values_list("pk", flat=True))
