"""Random settings of a block, made from the block itself.

A new kind of clause is covered as soon as it has a block. By a seed, and not part by part by
hypothesis: it draws the same few settings again and again, and most of the time would be its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from wagtail import blocks

from scoring.adoptions.rules import FactKind, Trait
from scoring.schemes.blocks import SchemeBlocks
from scoring.schemes.blocks.common import (
    FactorBlock,
    NumberTextBlock,
    SignedPointsBlock,
    TargetBlock,
    TargetsBlock,
    WhichBlock,
)
from scoring.schemes.blocks.groups import AmountBlock, GroupBlock, PercentBlock
from scoring.schemes.blocks.instructions import BulletinBlock, FurtherBlock
from scoring.schemes.clauses.checklist import Tick
from scoring.schemes.clauses.numbers import Basis
from scoring.schemes.clauses.points_table import SIGNED
from scoring.schemes.engine import SchemeFault, build_clause
from scoring.schemes.rules import parse_signed, points_text

BULLETINS = (1, 2, 3)
GROUPS = ("1", "2", "3")
CHECKS = ("台账", "信息员会议")
PLACES = [*(f"level:{n}" for n in (1, 2, 3)), *(f"bulletin:{n}" for n in BULLETINS)]
LOSING = (FactKind.COMMISSION, FactKind.URGENT, FactKind.QUALITY)

# Fields that are text to a block and something else to its clause; by name, the same everywhere.
TEXTS: dict[str, Sequence[str]] = {
    "source": ("",),
    "joint_ratio": ("3:2", "5:3:2", "1:0:2"),
    "flag": ("", "通报批评", "取消评先"),
    "check": CHECKS,
    "item": CHECKS,
    "checks": CHECKS,
}


class Settings:
    """Makes settings; `earlier` are short names to refer to."""

    def __init__(self, random: Random, earlier: Sequence[str]) -> None:
        self.random, self.earlier = random, earlier

    def of(self, kind: str) -> dict[str, Any]:
        """Return settings of a kind of clause of which the clause can be built."""
        block = SchemeBlocks().child_blocks[kind]
        while True:
            config: dict[str, Any] = self.part("", block)
            try:
                build_clause(kind, "b", config)
            except (ValueError, KeyError, SchemeFault):
                continue
            return config

    def part(self, name: str, block: Any) -> Any:
        """Return settings for one part of a block."""
        if name in ("clauses", "base"):
            many = min(self.random.choice([0, 0, 1, 2]), len(self.earlier))
            return "、".join(self.random.sample(self.earlier, many))
        if name in TEXTS:
            return self.random.choice(TEXTS[name])
        if isinstance(block, blocks.ListBlock):
            least = block.meta.min_num or 0
            many = self.random.randint(least, max(4, least))
            return [self.part("", block.child_block) for _n in range(many)]
        if isinstance(block, WhichBlock) and self.random.random() < 0.7:
            # Otherwise nearly nothing would ever match.
            return {}
        if isinstance(block, blocks.StructBlock):
            made = {key: self.part(key, child) for key, child in block.child_blocks.items()}
            return self.mended(made)
        return self.single(block)

    def single(self, block: Any) -> Any:
        """Return a value that has no parts."""
        random = self.random
        if isinstance(block, BulletinBlock):
            return random.choice(["all", "all", *(f"bulletin:{n}" for n in BULLETINS)])
        if isinstance(block, TargetBlock):
            return random.choice(["all", "all", "all", *PLACES])
        if isinstance(block, TargetsBlock):
            return self.few(PLACES)
        if isinstance(block, GroupBlock):
            return random.choice(GROUPS)
        if isinstance(block, blocks.BooleanBlock):
            return random.random() < 0.5
        if isinstance(block, blocks.MultipleChoiceBlock):
            return self.few(choices_of(block))
        if not block.field.required and random.random() < 0.6:
            return "" if isinstance(block, blocks.ChoiceBlock) else None
        if isinstance(block, blocks.ChoiceBlock):
            return random.choice(choices_of(block))
        if isinstance(block, blocks.IntegerBlock):
            least = block.field.min_value or 0
            return random.randint(least, least + 3)
        return self.number(block) if isinstance(block, NumberTextBlock) else "甲"

    def few(self, values: Sequence[Any]) -> list[Any]:
        """Mostly none, which means any."""
        return self.random.sample(values, self.random.choice([0, 0, 0, 0, 1, 1, 2, 3]))

    def number(self, block: Any) -> str:
        """Return a number as its block has it."""
        random = self.random
        if isinstance(block, FactorBlock):
            return random.choice(["0", "0.5", "1/3", "1", "2", "20%"])
        if isinstance(block, PercentBlock):
            return random.choice(["0", "20", "33.3", "50", "100"])
        if isinstance(block, FurtherBlock) and random.random() < 0.5:
            return random.choice(["0%", "50%", "33.3%"])
        if isinstance(block, AmountBlock) and random.random() < 0.7:
            return random.choice(["0", "1", "2", "3"])
        least = -1_000 if isinstance(block, SignedPointsBlock) else 0
        return points_text(random.randint(least, 1_500))

    def points(self) -> str:
        """Return points above zero."""
        return points_text(self.random.randint(1, 1_000))

    def mended(self, value: dict[str, Any]) -> dict[str, Any]:
        """Put right what the form would refuse and what is likely in random settings."""
        points = value.get("points")
        if "kind" in value and value["kind"] not in SIGNED and points:
            value["points"] = points.removeprefix("-")
        if "kind" in value and value.get("most"):
            more = parse_signed(value["points"]) + abs(parse_signed(value["most"])) + 1
            value["most"] = points_text(more)
        if value.get("joint") == "fixed" and not value.get("joint_points"):
            value["joint_points"] = self.points()
        if value.get("tick") == Tick.STANDING:
            value["points"] = value["points"].removeprefix("-")
        if "counts" in value and not any(value["which"].values()):
            value["which"] = {"traits": [Trait.SPEECH, Trait.REPOST]}
        if value.get("basis") == Basis.ONE and "number" in value and not value["number"]:
            value["number"] = self.random.choice(["1", "2", "3"])
        if "shortfall" in value and not points:
            value["points"] = self.points()
        if value.get("rows") and "check" in value["rows"][0]:
            value["rows"] = list({row["check"]: row for row in value["rows"]}.values())
        return value


def choices_of(block: Any) -> list[str]:
    """Return the values of a choice, without headings of groups."""
    found: list[str] = []
    for value, label in block.field.choices:
        found.extend([v for v, _label in label] if isinstance(label, (list, tuple)) else [value])
    return [value for value in found if value != ""]


def rows_for_all(random: Random) -> list[dict[str, str]]:
    """Return a row of a points table for every kind of fact."""
    return [
        {
            "kind": kind,
            "target": "all",
            "points": points_text(random.randint(0, 1_000) * (-1 if kind in LOSING else 1)),
        }
        for kind in FactKind.values
    ]
