"""Reads of versions in force, as the engine takes them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db import models
from django.db.models.functions import Cast

from infoflow.prepared import PreparedRead

from .engine import SchemeSpec
from .models import Scheme
from .specs import spec_of


class InForce(NamedTuple):
    """A version in force: its days, and what the engine takes."""

    pk: int
    valid_from: date
    valid_until: date | None
    spec: SchemeSpec


class Stored(NamedTuple):
    """All of a version that `spec_of` reads, as its row has it: the blocks as JSON text."""

    pk: int
    name: str
    version: int
    rounding: str
    period: str
    blocks: str


# Specs by everything that they are made of; a handful of versions are in force at a time.
_SPECS: dict[Stored, SchemeSpec] = {}
_SPECS_MAX = 64

# Asked at every single booking.
_IN_FORCE = PreparedRead(
    lambda start, end: (
        Scheme.objects.in_force_between(start, end)
        .annotate(text=Cast("blocks", models.TextField()))
        .values_list(
            *("pk", "name", "version", "rounding", "period", "text", "valid_from", "valid_until")
        )
    )
)


def specs_between(start: date, end: date) -> list[InForce]:
    """Return the versions in force on at least one day of a period, in their order; one query.

    Raises:
        SchemeFault, ValueError, KeyError, TypeError: one of them cannot be read.
    """
    found = []
    for *stored, valid_from, valid_until in _IN_FORCE.rows(Scheme, start, end):
        spec = _spec_for(Stored(*stored))
        found.append(InForce(spec.id, valid_from, valid_until, spec))
    return found


def _spec_for(stored: Stored) -> SchemeSpec:
    """Return the spec of a row; kept between calls while nothing that it is made of changes.

    Turning a scheme's blocks into clauses costs more than scoring a unit's year.
    """
    found = _SPECS.get(stored)
    if found is None:
        blocks = Scheme._meta.get_field("blocks").to_python(stored.blocks)
        found = spec_of(Scheme(**{**stored._asdict(), "blocks": blocks}))
        if len(_SPECS) >= _SPECS_MAX:
            _SPECS.clear()
        _SPECS[stored] = found
    return found
