"""Who may take which step of a text: the role, the unit, and no two parts by one person."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from infoflow.units.permissions import has_role, unit_ids_of
from infoflow.units.roles import Role

from . import rules
from .records import Decision
from .rules import PART_OF_STEP, Part, Step

if TYPE_CHECKING:
    from infoflow.units.models import User

    from .models import GatedPage

ROLE_OF_STEP = {
    Step.SIGN: Role.SIGNATORY,
    Step.SCREEN: Role.EDITOR,
    Step.CLEAR: Role.REVIEWER,
    Step.RECHECK: Role.REVIEWER,
    Step.ISSUE: Role.ISSUER,
}


def acts_on(page: GatedPage, road: Iterable[Decision] | None = None) -> set[tuple[int, Part]]:
    """Return who has played which part in a text so far: (person id, part).

    Args:
        road: the decisions on it, when they have been read already.
    """
    acts = _acts_of_others(page, road)
    writers = (
        page.revisions.exclude(user=None).order_by().values_list("user_id", flat=True).distinct()
    )
    acts |= {(writer, page.author_part) for writer in writers}
    if page.owner_id:
        acts.add((page.owner_id, page.author_part))
    return acts


def _acts_of_others(page: GatedPage, road: Iterable[Decision] | None) -> set[tuple[int, Part]]:
    """Return the acts on a text but the writing of it: what has been decided, what went before."""
    acts: set[tuple[int, Part]] = set(page.earlier_acts())
    decisions: Iterable[tuple[int, str]]
    if road is None:
        decisions = Decision.objects.filter(page_id=page.pk).values_list("person_id", "step")
    else:
        decisions = [(decision.person_id, decision.step) for decision in road]
    for person, step in decisions:
        part = page.author_part if step == Step.SUBMIT else PART_OF_STEP[Step(step)]
        acts.add((person, part))
    return acts


def why_not(
    *, page: GatedPage, step: Step, person: User, road: Iterable[Decision] | None = None
) -> str | None:
    """Return why a person may not take a step of a text, or None when they may.

    Source: domain rules on review: the role's holder only, the unit's own signatory only,
    and no two steps of one text by the same person, superusers included.
    """
    role = ROLE_OF_STEP[step]
    if step == Step.SIGN:
        unit = page.signing_unit()
        if unit is None or unit.pk not in unit_ids_of(person, Role.SIGNATORY):
            return _("只有本单位的审签人可以审签。")
    elif not has_role(person, role):
        return _("此环节由%(role)s办理，您没有这个角色。") % {"role": role.label}
    other = rules.other_part(person.pk, PART_OF_STEP[step], acts_on(page, road))
    if other is not None:
        return _("您已参与本稿的“%(part)s”，同一人不得办理同一稿件的两个环节，请由其他人办理。") % {
            "part": other.label
        }
    return None


def why_not_write(
    page: GatedPage, person: User, road: Iterable[Decision] | None = None
) -> str | None:
    """Return why a person may not change or send a text, or None when they may.

    Writing is a part like any other: who signed, screened or reviewed a text is not its author.
    """
    # Who else wrote it is no question here: writing is the part that is asked for.
    other = rules.other_part(person.pk, page.author_part, _acts_of_others(page, road))
    if other is None:
        return None
    return _("您已参与本稿的“%(part)s”，不能再修改或提交本稿，请由其他人办理。") % {
        "part": other.label
    }
