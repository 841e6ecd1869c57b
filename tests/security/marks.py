"""Who may see which of unit B's marks, and whether an answer tells more."""

from __future__ import annotations

from infoflow.units.roles import Role

from .answers import Answer
from .mark import NOBODYS, OF_UNIT, Mark
from .world import ANONYMOUS, SUPERUSER

EVERYTHING = frozenset(Mark) - NOBODYS
IN_ISSUES = frozenset({Mark.ISSUED})
IN_RANKINGS = frozenset({Mark.UNIT, Mark.TITLE, Mark.AGREED, Mark.POINTS, Mark.ISSUED})
IN_URGENT = frozenset({Mark.UNIT, Mark.PERSON, Mark.URGENT, Mark.POINTS})
# Who wrote what is counted: names, no titles.
IN_PEOPLE = frozenset({Mark.UNIT, Mark.PERSON})
# What a unit says against its points is between it and the scorers.
OF_OFFICE = EVERYTHING - OF_UNIT - {Mark.OBJECTION}

# Who may see which marks, by the start of the address; the longest start counts.
MAY_SEE: dict[str, dict[str, frozenset[Mark]]] = {
    ANONYMOUS: {},
    # The ranking of the own group names all its units, with figures.
    Role.OFFICER: {
        "/": frozenset({Mark.OWN_TYPED}),
        # A joint commission names who else has a part in it.
        "/commissions/": frozenset({Mark.UNIT, Mark.OWN_TYPED}),
        "/ranking/": frozenset({Mark.UNIT, Mark.OWN_TYPED}),
        # Of the persons only those of the own unit.
        "/ranking/people/": frozenset({Mark.OWN_TYPED}),
    },
    Role.SIGNATORY: {
        "/commissions/": frozenset({Mark.UNIT}),
        "/ranking/": frozenset({Mark.UNIT}),
        "/ranking/people/": frozenset(),
    },
    Role.EDITOR: {"/": OF_OFFICE - {Mark.SCHEME_DRAFT}},
    Role.REVIEWER: {"/": OF_OFFICE - {Mark.SCHEME_DRAFT}},
    Role.ISSUER: {"/": OF_OFFICE - {Mark.SCHEME_DRAFT}},
    # Scorers read no texts; facts carry titles.
    Role.SCORER: {
        "/": IN_RANKINGS | {Mark.SCHEME_DRAFT},
        "/office/objections/": IN_RANKINGS | {Mark.OBJECTION, Mark.PERSON},
        "/ranking/people/": IN_PEOPLE,
    },
    # Urgent events of all units, with who reports them.
    Role.DUTY: {
        "/": IN_ISSUES | {Mark.UNIT, Mark.URGENT},
        "/duty/": frozenset({Mark.UNIT, Mark.DUTY, Mark.URGENT}),
        "/urgent/": IN_URGENT,
    },
    # The board names units, and nothing of what they wrote.
    Role.LEADER: {
        "/": IN_ISSUES | {Mark.UNIT, Mark.URGENT},
        "/urgent/": IN_URGENT,
        "/board/": frozenset({Mark.UNIT}),
        "/duty/": frozenset({Mark.UNIT, Mark.DUTY, Mark.URGENT}),
        "/ranking/": IN_RANKINGS,
        "/ranking/people/": IN_PEOPLE,
    },
    # Three separate administrators: units and accounts for one, no text for any.
    Role.SYSTEM_ADMIN: {"/office/": frozenset({Mark.UNIT, Mark.PERSON})},
    # Who was refused at the door, and when: never with what.
    Role.SECURITY_ADMIN: {"/office/refusals/": frozenset({Mark.UNIT, Mark.PERSON})},
    Role.AUDITOR: {},
    SUPERUSER: {"/": EVERYTHING},
}


def marks_in(text: str) -> set[Mark]:
    """Return unit B's marks that stand in a text."""
    return {mark for mark in Mark if mark in text}


def may_see(name: str, path: str) -> frozenset[Mark]:
    """Return what a visitor may read at an address."""
    starts = [start for start in MAY_SEE[name] if path.startswith(start)]
    return MAY_SEE[name][max(starts, key=len)] if starts else frozenset()


def leaks(name: str, answer: Answer) -> set[Mark]:
    """Return the marks in an answer that a visitor must not see."""
    return marks_in(answer.text) - may_see(name, answer.path)
