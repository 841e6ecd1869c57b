"""Who keeps the log and the roster, and who may read them.

值班员 and the office (编辑, 保密审查员, 签发人) write, because the office answers the phone by
day; leaders read. 值班员 and 编辑 keep the roster.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from infoflow.units.models import User
from infoflow.units.permissions import has_role
from infoflow.units.roles import OFFICE_ROLES, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

WRITERS = frozenset({Role.DUTY, *OFFICE_ROLES})
READERS = WRITERS | {Role.LEADER}
KEEPERS = frozenset({Role.DUTY, Role.EDITOR})
# Who may stand on the roster: as one of the people, and as the leader of a shift.
ON_DUTY = WRITERS
LEADING = WRITERS | {Role.LEADER}


def reads_duty(user: User | AnonymousUser) -> bool:
    """Tell whether a person may see the duty room."""
    return has_role(user, *READERS)


def writes_log(user: User | AnonymousUser) -> bool:
    """Tell whether a person takes calls and hands over."""
    return has_role(user, *WRITERS)


def keeps_roster(user: User | AnonymousUser) -> bool:
    """Tell whether a person says who is on duty when."""
    return has_role(user, *KEEPERS)


def holders(roles: Iterable[str]) -> QuerySet[User]:
    """Return active accounts that hold one of the roles."""
    found = User.objects.filter(is_active=True, groups__name__in=list(roles))
    return found.distinct().order_by("name", "username")
