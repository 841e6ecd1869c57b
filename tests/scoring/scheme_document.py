"""Reads docs/scheme-format.md: its tables of fields, and its examples as facts and entries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cms.bulletins.models import Bulletin, Level
from cms.items.rules import ItemForm
from infoflow.units.models import UnitGroup, UnitKind
from scoring.adoptions.rules import AdoptionForm, FactKind, Mark, Trait
from scoring.schemes.engine import FactView, SchemeSpec, UnitView, World
from scoring.schemes.facts import EntryDraft
from scoring.schemes.models import Scheme
from scoring.schemes.periods import PeriodKind
from scoring.schemes.rules import Measure, parse_points, parse_signed, points_text

DOCUMENT = Path(__file__).parents[2] / "docs" / "scheme-format.md"
YEAR = 2026
_FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"^#{2,4} .*?`(\w+)`\s*$", re.MULTILINE)


@dataclass
class Example:
    """One example: the file's fragment and what stands under it."""

    section: str
    data: Mapping[str, Any]
    parts: dict[str, list[list[str]]] = field(default_factory=dict)


def text() -> str:
    return DOCUMENT.read_text(encoding="utf-8")


def section_of(name: str) -> str:
    """The part of the document under the heading that names a block, up to the next heading."""
    whole = text()
    (start,) = (m.end() for m in _NAMED.finditer(whole) if m[1] == name)
    after = re.search(r"^#{1,4} ", whole[start:], re.MULTILINE)
    return whole[start : start + after.start()] if after else whole[start:]


def sections() -> list[str]:
    """The names of the blocks that have a heading."""
    return [m[1] for m in _NAMED.finditer(text())]


def fields_of(section: str) -> dict[str, list[str]]:
    """The rows of a table of fields: path → label, values, default."""
    rows = re.findall(r"^\| `([\w.\[\]]+)` \| (.*) \|$", section, re.MULTILINE)
    return {path: [cell.strip() for cell in rest.split(" | ")] for path, rest in rows}


def lines(body: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.split("|")] for line in body.splitlines() if line.strip()
    ]


def examples() -> list[Example]:
    """Every JSON of the document, each with the fenced parts that follow it."""
    found: list[Example] = []
    section = ""
    whole = text()
    names = [(m.start(), m[1]) for m in _NAMED.finditer(whole)]
    for fence in _FENCE.finditer(whole):
        section = next((name for at, name in reversed(names) if at < fence.start()), "")
        if fence[1] == "json":
            found.append(Example(section, json.loads(fence[3])))
        elif found and fence[2]:
            found[-1].parts[fence[2]] = lines(fence[3])
    return found


def units_of_document() -> list[list[str]]:
    """The units that all examples use: name, kind, group, parent."""
    (body,) = (m[3] for m in _FENCE.finditer(text()) if m[2] == "单位")
    return lines(body)


def _value(choices: Any, label: str) -> Any:
    return next(choice.value for choice in choices if str(choice.label) == label)


class Stage:
    """The world of the document: its units with numbers, its bulletins and groups stored."""

    def __init__(self) -> None:
        rows = units_of_document()
        self.ids = {row[0]: n for n, row in enumerate(rows, start=1)}
        self.views: dict[int, UnitView] = {}
        for name, kind, group, parent in rows:
            stored = UnitGroup.objects.get_or_create(name=group)[0] if group else None
            pk = self.ids[name]
            self.views[pk] = UnitView(
                pk,
                name,
                kind=_value(UnitKind, kind),
                parent_id=self.ids[parent] if parent else None,
                groups={YEAR: stored.pk} if stored else {},
            )

    def name(self, pk: int) -> str:
        return self.views[pk].name

    def fact(self, row: list[str]) -> FactView:
        """One line of 事项: number, day, kind, units, everything else as 名称=值."""
        number, day, kind, names, *rest = row
        told = dict(part.split("=", 1) for part in re.split("，", rest[0]) if part) if rest else {}
        bulletin = None
        if "刊物" in told:
            bulletin = Bulletin.objects.get(name=told.pop("刊物"))
        given: dict[str, Any] = {"subject": f"稿件{told.pop('稿件', number)}"}
        for label, key, choices in (
            ("采用形式", "form", AdoptionForm),
            ("稿件形式", "genre", ItemForm),
            ("情况", "mark", Mark),
        ):
            if label in told:
                given[key] = _value(choices, told.pop(label))
        if "特征" in told:
            given["traits"] = frozenset({_value(Trait, told.pop("特征"))})
        if "字数" in told:
            given["words"] = int(told.pop("字数"))
        if "分值" in told:
            given["hundredths"] = parse_signed(told.pop("分值"))
        level = bulletin.level if bulletin else None
        if "级别" in told:
            level = _value(Level, told.pop("级别"))
        given["check"] = told.pop("项目", "")
        given["note"] = told.pop("理由", "")
        assert not told, f"unknown in the document: {told}"
        return FactView(
            id=int(number),
            kind=_value(FactKind, kind),
            date=date.fromisoformat(f"{YEAR}-{day}"),
            bulletin_id=bulletin.pk if bulletin else None,
            bulletin=bulletin.name if bulletin else "",
            level=level,
            form=given.pop("form", ""),
            title=f"某信息{number}",
            units=tuple(self.ids[name] for name in names.split("、")),
            **given,
        )

    def targets(self, rows: list[list[str]]) -> dict[tuple[int, str, str, int], int]:
        """Lines of 任务表: unit, measure, kind of period, number."""
        return {
            (self.ids[name], _value(Measure, measure), _value(PeriodKind, per), YEAR): parse_points(
                number
            )
            for name, measure, per, number in rows
        }

    def world(self, scheme: Scheme, example: Example) -> World:
        """The units that the example names, the days of its scheme, seen from the day after."""
        told = [
            name
            for part in ("事项", "得分", "任务表", "折算")
            for row in example.parts.get(part, ())
            for cell in row
            for name in cell.removesuffix("合计").split("、")
        ]
        assert scheme.valid_until is not None
        return World(
            start=scheme.valid_from,
            end=scheme.valid_until,
            as_of=scheme.valid_until + timedelta(days=1),
            units={pk: self.views[pk] for name, pk in self.ids.items() if name in told},
            targets=self.targets(example.parts.get("任务表", [])),
            others=self.views,
        )

    def told(self, spec: SchemeSpec, drafts: tuple[EntryDraft, ...]) -> Iterator[list[str]]:
        """Entries as the document writes them: unit, day, clause, points, sentence, result."""
        for draft in sorted(drafts, key=lambda d: (d.unit_id, d.date, spec_place(spec, d))):
            yield [
                self.name(draft.unit_id),
                f"{draft.date:%m-%d}",
                spec.names[draft.block_id],
                points_text(draft.hundredths),
                draft.sentence,
                *([draft.flag] if draft.flag else []),
            ]
        for pk, view in self.views.items():
            mine = [draft.hundredths for draft in drafts if draft.unit_id == pk]
            if mine:
                yield [f"{view.name}合计", points_text(sum(mine))]


def spec_place(spec: SchemeSpec, draft: EntryDraft) -> tuple[int, int, str]:
    ids = [clause.block_id for clause in spec.blocks]
    return (ids.index(draft.block_id), draft.fact_id or 0, draft.about)
