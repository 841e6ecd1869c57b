"""Who keeps which words: reviewers what stops a text, editors what is written wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from wagtail.permission_policies import BasePermissionPolicy

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .models import ListKind, Word, WordList

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from infoflow.units.models import User

KEEPERS = {ListKind.STOP: Role.REVIEWER, ListKind.TYPO: Role.EDITOR}


def keeps(user: User | AnonymousUser, kind: str) -> bool:
    """Tell whether a person may change words of a kind."""
    return has_role(user, KEEPERS[ListKind(kind)])


def kinds_kept(user: User | AnonymousUser) -> list[str]:
    """Return the kinds of lists that a person keeps."""
    return [kind.value for kind in ListKind if keeps(user, kind)]


def sees_refusals(user: User | AnonymousUser) -> bool:
    """Tell whether a person may read who was refused at the door."""
    return has_role(user, Role.REVIEWER, Role.SECURITY_ADMIN)


class KeeperPolicy(BasePermissionPolicy):
    """Words are listed, added and changed by their keepers; nobody deletes them.

    A word that has stopped a text stays readable: it is switched off instead.
    """

    def __init__(self, model: type[models.Model], kind: str = "") -> None:
        super().__init__(model)
        self.kind = kind

    def user_has_permission(self, user: User, action: str) -> bool:
        kinds = kinds_kept(user)
        return action != "delete" and (self.kind in kinds if self.kind else bool(kinds))

    def user_has_permission_for_instance(self, user: User, action: str, instance: Any) -> bool:
        kind = instance.kind if isinstance(instance, WordList) else instance.word_list.kind
        fits = not self.kind or kind == self.kind
        return action != "delete" and fits and keeps(user, kind)

    def users_with_any_permission(self, actions: list[str]) -> models.QuerySet[User]:
        from infoflow.units.models import User

        roles = [role for kind, role in KEEPERS.items() if self.kind in ("", kind)]
        return User.objects.filter(groups__name__in=roles, is_active=True)


word_policy = KeeperPolicy(Word)
list_policy = KeeperPolicy(WordList)
