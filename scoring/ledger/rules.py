"""Rules of the ledger: keys, and what separates desired from standing entries. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from scoring.schemes.facts import EntryDraft
from scoring.schemes.rules import points_text

# Scheme, block, about, unit: one entry stands for each.
Place = tuple[int, str, str, int]


class Standing(NamedTuple):
    """An entry that stands in the ledger."""

    id: int
    place: Place
    counted: date
    earned: date
    hundredths: int
    block_type: str
    fact_id: int | None = None
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rebuild has to write: entries to take back with the reason, and new ones."""

    back: tuple[tuple[Standing, str], ...]
    new: tuple[tuple[Place, EntryDraft], ...]


def entry_key(place: Place, generation: int) -> str:
    """Return the unique key of an entry; a second generation replaces one taken back."""
    scheme, block, about, unit = place
    return f"{scheme}:{block}:{about}:{unit}:{generation}"


def reversal_key(entry_id: int) -> str:
    """Return the unique key of the entry that takes another back."""
    return f"back:{entry_id}"


def withdrawal_sentence(hundredths: int, reason: str) -> str:
    """Return why points were taken back when a fact was withdrawn."""
    return _("登记已撤销，扣回%(points)s分。理由：%(reason)s") % {
        "points": points_text(hundredths),
        "reason": reason,
    }


def _same(wanted: EntryDraft, entry: Standing) -> bool:
    return (wanted.hundredths, wanted.date, wanted.flag) == (
        entry.hundredths,
        entry.earned,
        entry.flag,
    )


def to_take_back(
    desired: Mapping[Place, EntryDraft], standing: Mapping[Place, Standing]
) -> Iterable[Standing]:
    """Yield the standing entries that nothing asks for any more."""
    return (entry for place, entry in standing.items() if place not in desired)


def plan(
    desired: Mapping[Place, EntryDraft],
    standing: Mapping[Place, Standing],
    reasons: Mapping[int, str],
) -> Plan:
    """Return what makes the standing entries the desired ones.

    Args:
        reasons: fact id → reason, for facts that were withdrawn.

    Points, day and flag decide; a sentence that reads differently today changes nothing.
    """
    back: list[tuple[Standing, str]] = []
    new: list[tuple[Place, EntryDraft]] = []
    for place, entry in standing.items():
        wanted = desired.get(place)
        if wanted is None:
            if entry.fact_id is not None and entry.fact_id in reasons:
                sentence = withdrawal_sentence(entry.hundredths, reasons[entry.fact_id])
            else:
                sentence = _("重算：原条款不再适用，冲回%(points)s分。") % {
                    "points": points_text(entry.hundredths)
                }
            back.append((entry, sentence))
        elif not _same(wanted, entry):
            sentence = _("重算：应计%(now)s分，冲回原计%(before)s分。") % {
                "now": points_text(wanted.hundredths),
                "before": points_text(entry.hundredths),
            }
            back.append((entry, sentence))
            new.append((place, wanted))
    new.extend(
        [pair for pair in desired.items() if pair[0] not in standing]
        if standing
        else desired.items()
    )
    return Plan(back=tuple(back), new=tuple(new))
