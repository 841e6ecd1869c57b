"""The clause "to the parent": facts of a 直报点 count for the unit above it. Pure.

Changes no points by itself: the clauses after it see the parent among the units. The parent of
a joint item counts once, in the place of its first 直报点. Only one step up: what a unit has from
below goes no higher, by another such clause neither.
Points go up, and what later clauses of the scheme count (targets, rates). The numbers of items
in rankings and lists stay with the unit that sent them: "a 直报点's points may go to the county
where it lies" (domain rules §1), and a county did not write what it did not write.
Source: domain rules §1, 直报点, and §4.1, joint items credited to the parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.units.models import UnitKind

from ..engine import Clause, Context, EntryDraft, FactView, clause_type
from ..facts import UnitView, Via, World


class Credited(models.TextChoices):
    """Who counts the facts."""

    PARENT = "parent", gettext_lazy("只计上级单位")
    BOTH = "both", gettext_lazy("上级和直报点都计")


@clause_type
@dataclass(frozen=True, slots=True)
class Credit:
    """The clause itself; `credits` are the kinds of units whose facts go up."""

    block_type: ClassVar[str] = "credit"

    block_id: str
    credits: tuple[str, ...] = (UnitKind.DIRECT,)
    to: Credited = Credited.PARENT

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: kinds and to."""
        kinds = tuple(str(kind) for kind in config.get("kinds") or (UnitKind.DIRECT,))
        return cls(block_id, kinds, Credited(config.get("to") or Credited.PARENT))

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Give no entries."""
        return ()

    def redirect(self, context: Context) -> tuple[FactView, ...]:
        """Return the facts with parents beside or in the place of their 直报点."""
        return tuple(self._credited(fact, context.world) for fact in context.facts)

    def _credited(self, fact: FactView, world: World) -> FactView:
        from_below = {via.unit for via in fact.via}
        senders = {
            pk: unit
            for pk in fact.units
            if pk not in from_below and (unit := self._sender(world.unit(pk)))
        }
        if not senders:
            return fact
        units: list[int] = []
        both = self.to == Credited.BOTH
        # Who was beside a sender that goes now stands in its place.
        via = [
            old._replace(beside=old.beside and (both or old.sender not in senders))
            for old in fact.via
        ]
        for pk in fact.units:
            sender = senders.get(pk)
            if sender is None or sender.parent_id is None:
                units.append(pk)
                continue
            signed = sender.parent_id in fact.units
            if both:
                units.append(pk)
            # Beside its senders who has signed itself stands where it signed.
            if not (both and signed):
                units.append(sender.parent_id)
            if not signed:
                via.append(Via(sender.parent_id, pk, sender.name, both))
        return fact._replace(units=tuple(dict.fromkeys(units)), via=tuple(via))

    def _sender(self, unit: UnitView | None) -> UnitView | None:
        is_one = unit is not None and unit.kind in self.credits and unit.parent_id is not None
        return unit if is_one else None

    def describe(self) -> list[str]:
        """Return the rule as sentences."""
        kinds = "、".join(str(kind.label) for kind in UnitKind if kind.value in self.credits)
        told = (
            _("%(kinds)s的报送、采用等事项计入其上级单位，自己不计。")
            if self.to == Credited.PARENT
            else _("%(kinds)s的报送、采用等事项自己计，也计入其上级单位。")
        )
        return [
            told % {"kinds": kinds},
            _("联合署名中有同一上级的，上级只算一个署名单位。基础分等按期计的条款不受影响。"),
            _("归上级的是得分；排名表上的报送、采用条数仍记在报送的单位名下。"),
        ]
