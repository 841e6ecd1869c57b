"""The clause "adoption rate": a deduction or a consequence when too little is adopted. Pure.

The rate is adopted ÷ submitted items of a period, compared exactly; booked on its last day once
it is over. Source: domain rules §4.1, adoption-rate gate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.adoptions.rules import FactKind

from ..engine import Clause, Context, EntryDraft, about_period, clause_type
from ..rules import parse_percent, parse_points, points_text
from ..which import Which
from .numbers import count_items, per_text, percent_text


class NothingSent(models.TextChoices):
    """What holds for a unit that has submitted nothing in a period."""

    PASSES = "passes", gettext_lazy("不适用本条")
    BELOW = "below", gettext_lazy("按未达到处理（同期有采用的除外）")


@clause_type
@dataclass(frozen=True, slots=True)
class RateGate:
    """The clause itself; `least` is a part of 1, `points` what is deducted in hundredths."""

    block_type: ClassVar[str] = "rate_gate"

    block_id: str
    per: str
    least: Fraction
    which: Which
    once: bool
    nothing_sent: NothingSent
    points: int
    flag: str

    @classmethod
    def from_config(cls, block_id: str, config: Mapping[str, Any]) -> Clause:
        """Make the clause from plain data: per, percent, which (adoptions), once, nothing_sent,
        points and flag.

        Raises:
            ValueError: a number cannot be read.
        """
        return cls(
            block_id=block_id,
            per=config.get("per") or "",
            least=parse_percent(str(config["percent"])),
            which=Which.from_config(config.get("which")),
            once=bool(config.get("once")),
            nothing_sent=NothingSent(config.get("nothing_sent") or NothingSent.PASSES),
            points=parse_points(str(config.get("points") or "0")),
            flag=str(config.get("flag") or "").strip(),
        )

    def apply(self, context: Context) -> Iterable[EntryDraft]:
        """Deduct from, or mark, each unit below the rate in a period that is over."""
        kind = self.per or context.period
        sent = count_items(context, Which(), FactKind.SUBMISSION, kind)
        adopted = count_items(context, self.which, FactKind.ADOPTION, kind, once=self.once)
        for span in context.spans(self.per):
            for unit in context.units_in(span):
                why = self._why(sent.get((unit.id, span), 0), adopted.get((unit.id, span), 0))
                if why:
                    yield EntryDraft(
                        unit_id=unit.id,
                        about=about_period(span.end),
                        date=span.end,
                        hundredths=-self.points,
                        block_id=self.block_id,
                        block_type=self.block_type,
                        sentence=f"{span.text}{why}，{self._consequence()}。",
                        flag=self.flag,
                    )

    def _why(self, sent: int, adopted: int) -> str:
        """Return why a unit is below the rate, "" when it is not."""
        if not sent:
            if adopted or self.nothing_sent == NothingSent.PASSES:
                return ""
            return _("没有报送，按采用率未达到%(least)s处理") % {"least": percent_text(self.least)}
        rate = Fraction(adopted, sent)
        if rate >= self.least:
            return ""
        return _("报送%(sent)s条，采用%(adopted)s条，采用率%(rate)s，低于%(least)s") % {
            "sent": sent,
            "adopted": adopted,
            "rate": percent_text(rate),
            "least": percent_text(self.least),
        }

    def _consequence(self) -> str:
        parts = []
        if self.points:
            parts.append(_("扣%(points)s分") % {"points": points_text(self.points)})
        if self.flag:
            parts.append(self.flag)
        return "，".join(parts) or str(_("不扣分"))

    def ends_with(self, own: str) -> str:
        """Return the kind of period that must end while the scheme is in force."""
        return self.per or own

    def describe(self) -> list[str]:
        """Return the rule as sentences."""
        lines = [
            _("%(per)s采用率（采用条数÷报送条数）低于%(least)s的，%(consequence)s。")
            % {
                "per": per_text(self.per),
                "least": percent_text(self.least),
                "consequence": self._consequence(),
            },
            _("当期没有报送的：%(rule)s。") % {"rule": self.nothing_sent.label},
        ]
        if self.which != Which():
            lines.append(_("计入采用的：%(what)s。") % {"what": self.which.text})
        if self.once:
            lines.append(_("同一稿件采用多次只算1条。"))
        return lines
