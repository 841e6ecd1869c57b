"""Who may see which ranking. 值班员 and the three administrators see none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import OFFICE_ROLES, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User


def sees_all_rankings(user: User | AnonymousUser) -> bool:
    """Tell whether a person sees every group and the facts behind every number."""
    return has_role(user, Role.LEADER, Role.SCORER, *OFFICE_ROLES)


def sees_rankings(user: User | AnonymousUser) -> bool:
    """Tell whether a person sees any ranking; unit people see their own group's."""
    return sees_all_rankings(user) or bool(unit_ids_of(user))


def opens_details_of(user: User | AnonymousUser, unit_id: int) -> bool:
    """Tell whether a person may see the facts behind a unit's numbers."""
    return sees_all_rankings(user) or unit_id in unit_ids_of(user)
