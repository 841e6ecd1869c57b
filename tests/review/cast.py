"""The people of `test_machine.py`: two units, the office, and some with too many roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from cms.items.models import ItemPage
from cms.review import actions, rules
from cms.review.models import GatedPage
from cms.review.rules import PART_OF_STEP, Part, Step
from infoflow.units import actions as unit_actions
from infoflow.units.models import Unit, User
from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role
from tests.builders import Office, fresh, own_bulletin, person


@dataclass
class Team:
    """A unit, with everybody who may speak for it."""

    unit: Unit
    officers: list[User]
    signatories: list[User]
    posts: list[User] = field(init=False)

    def __post_init__(self) -> None:
        self.posts = [*self.officers, *self.signatories]


class Cast:
    """Two units and their office; read once, so that no act reads anybody's roles again."""

    def __init__(self) -> None:
        office = Office()
        other = Office()
        self.bulletin = own_bulletin()
        self.admin = person(Role.SYSTEM_ADMIN)
        root = User.objects.create_superuser("root", password="x" * 12, name="超级管理员")
        jack = person(Role.OFFICER, Role.EDITOR, Role.REVIEWER, at=office.unit, name="多面手")
        # Writes in one unit and signs in the other: may not speak for both in one text.
        both = person(Role.OFFICER, at=office.unit, name="两头兼")
        unit_actions.appoint_signatory(unit=other.unit, user=both, since=date(2020, 1, 1))
        # Writes and signs in one and the same unit: never both in one text.
        alone = person(Role.OFFICER, Role.SIGNATORY, at=other.unit, name="一肩挑")
        both, alone = fresh(both), fresh(alone)
        self.teams = [
            Team(
                office.unit,
                [office.officer, jack, both],
                [office.signatory, person(Role.SIGNATORY, at=office.unit)],
            ),
            Team(
                other.unit,
                [other.officer, alone],
                [other.signatory, person(Role.SIGNATORY, at=other.unit), both, alone],
            ),
        ]
        self.people = [
            *dict.fromkeys(user for team in self.teams for user in team.posts),
            office.editor,
            office.reviewer,
            office.issuer,
            person(Role.EDITOR, Role.ISSUER),
            # Three confidentiality reviewers beside the many-sided one: with the second level
            # switched on and off in mid-road two of them may have cleared and the third must
            # be left to recheck.
            other.reviewer,
            person(Role.REVIEWER),
            person(Role.REVIEWER),
            other.editor,
            other.issuer,
            root,
        ]
        self.editors = [user for user in self.people if has_role(user, Role.EDITOR)]
        self.signers = {
            team.unit.pk: [
                user for user in self.people if team.unit.pk in unit_ids_of(user, Role.SIGNATORY)
            ]
            for team in self.teams
        }
        self.holders = {
            step: [user for user in self.people if has_role(user, role)]
            for step, role in actions.ROLE_OF_STEP.items()
        }

    def team_of(self, unit_id: int) -> Team:
        return next(team for team in self.teams if team.unit.pk == unit_id)

    def other_than(self, unit_id: int) -> Team:
        return next(team for team in self.teams if team.unit.pk != unit_id)

    def able(self, page: GatedPage, step: Step, acts: set[tuple[int, Part]]) -> list[User]:
        """Who may take a step: `actions.why_not`, with what it reads read once for all."""
        holders = self.holders[step]
        if step == Step.SIGN:
            assert isinstance(page, ItemPage)
            holders = self.signers[page.unit_id]
        part = PART_OF_STEP[step]
        return [user for user in holders if not rules.other_part(user.pk, part, acts)]
