"""The facts workbook: one row a fact. From cells to facts, with remarks by row and column. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from infoflow.units.models import EARLIEST_DATE
from infoflow.uploads.reading import Sheet
from scoring.adoptions.rules import (
    HUNDREDTHS_MAX,
    AdoptionForm,
    FactKind,
    FactRow,
    Source,
    faults_of,
)

from .cells import count_of, day_of, points_of, text_of
from .columns import BY_FIELD, COLUMNS, EXAMPLE, field_of, values_of
from .names import SKIP, Names
from .rules import (
    ROWS_MAX,
    Form,
    Look,
    NameChoice,
    Weight,
    column_letter,
    column_name,
    content_key,
    outside_scheme,
    plain_name,
)

HEADER_WITHIN = 10
# A name that somebody still has to choose for.
ASKED = -2
_BETWEEN_UNITS = re.compile(r"[、,，;；\n]+")
Span = tuple[date, date | None]


@dataclass(frozen=True)
class Setting:
    """What a look at a table depends on besides its cells."""

    names: Names
    today: date
    year: int
    governed: tuple[Span, ...] = ()

    def is_governed(self, day: date) -> bool:
        """Tell whether a scheme is in force on a day."""
        return any(start <= day and (end is None or day <= end) for start, end in self.governed)


def header_of(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """Return the row of the headings and the column of each field, or None.

    It is a facts workbook when it has a column for kind, day and unit.
    """
    for number, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        places: dict[str, int] = {}
        for column, cell in enumerate(row):
            field = field_of(text_of(cell))
            if field is not None:
                places.setdefault(field, column)
        if {"kind", "date", "units"} <= places.keys():
            return number, places
    return None


class Reader:
    """Reads the rows of one sheet; equal cells are worked out once."""

    def __init__(self, sheet: Sheet, setting: Setting) -> None:
        found = header_of(sheet)
        assert found is not None  # noqa: S101 - the caller has asked
        self.sheet, self.setting = sheet, setting
        self.header, self.places = found
        self.look = Look(Form.FACTS, sheet=sheet.name)
        self.seen: dict[str, int] = {}
        self.values = {
            field: values_of(BY_FIELD[field])
            for field in ("kind", "form", "genre", "mark", "level")
        }
        self.traits = values_of(BY_FIELD["traits"])
        self._cache: dict[tuple[str, type, Any], Any] = {}
        self.row = 0
        self.unsolved = {row for row, _column in sheet.unsolved}
        self.width = max(self.places.values()) + 1
        self._named: dict[str, tuple[tuple[int, ...] | None, list[NameChoice]]] = {}
        self._governed: dict[date, bool] = {}
        self._bounded = {u.id for u in setting.names.units if u.active_from or u.active_until}

    def read(self) -> Look:
        """Return the look at all rows."""
        self._merged()
        heads = self.sheet.rows[self.header]
        for column, head in enumerate(heads):
            label = text_of(head)
            if label and field_of(label) is None:
                message = _("不认识“%(label)s”这一列，没有导入它。") % {"label": label[:20]}
                self._say(column, message, Weight.HINT, row=self.header)
        for number in range(self.header + 1, len(self.sheet.rows)):
            self.row = number
            cells = self.sheet.rows[number]
            if number not in self.unsolved and not any(cell != "" for cell in cells):
                continue
            if len(self.look.rows) >= ROWS_MAX:
                message = _("一次最多导入%(max)d行，请分成几个文件。") % {"max": ROWS_MAX}
                self.look.say(number + 1, "", message)
                break
            self._read_row(cells)
        self._ask_for_names()
        return self.look

    def _merged(self) -> None:
        for (top, left), (bottom, right) in self.sheet.merged:
            if bottom > self.header:
                first = f"{column_letter(left)}{top + 1}"
                last = f"{column_letter(right)}{bottom + 1}"
                message = _(
                    "%(first)s至%(last)s是合并单元格，看不出各行是什么。请取消合并，每行都填上内容。"
                ) % {"first": first, "last": last}
                self._say(left, message, row=top)

    def _say(
        self, column: int | None, message: str, weight: str = Weight.FAULT, row: int | None = None
    ) -> None:
        label = ""
        if column is not None:
            head = self.sheet.cell(self.header, column)
            label = column_name(column, text_of(head)[:20])
        self.look.say((self.row if row is None else row) + 1, label, message, weight)

    def _said(self, field: str, message: str, weight: str = Weight.FAULT) -> None:
        self._say(self.places.get(field), message, weight)

    def _read_row(self, cells: list[Any]) -> None:
        self.look.table_rows += 1
        if len(cells) < self.width:
            cells = [*cells, *[""] * (self.width - len(cells))]
        given = _BLANK | {field: cells[place] for field, place in self.places.items()}
        title, named = text_of(given["title"]), text_of(given["units"])
        if title == EXAMPLE["title"] and named == EXAMPLE["units"]:
            self.look.table_rows -= 1
            self._say(None, _("这是模板里的样例，没有导入。"), Weight.HINT)
            return
        before = len(self.look.remarks)
        if self.row in self.unsolved:
            self._formulas()
        kind = self._chosen("kind", given["kind"], required=True)
        day = self._day(given["date"])
        units = self._units(named)
        bulletin = self._bulletin(text_of(given["bulletin"]))
        if units is None or bulletin in (SKIP, ASKED):
            return
        details = self._details(kind, given)
        if kind is None or day is None or self._faulty(before):
            return
        if kind == FactKind.CHECK and not title:
            title = details["check"]
        fields = {
            "kind": kind,
            "date": day,
            "title": title,
            "units": units,
            "bulletin": bulletin,
            **details,
        }
        key = content_key("table", [fields[name] for name in _KEY_FIELDS])
        self._keep(FactRow(key=key, source=Source.TABLE, **fields), before)

    def _details(self, kind: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what only some kinds have; what is wrong with it is said."""
        return {
            "form": self._form(kind, given["form"]),
            "issue_label": text_of(given["issue_label"]),
            "note": text_of(given["note"]),
            "genre": self._chosen("genre", given["genre"]) or "",
            "level": self._chosen("level", given["level"]),
            "leader": text_of(given["leader"]),
            "mark": self._chosen("mark", given["mark"]) or "",
            "check": text_of(given["check"]),
            "words": self._number("words", given["words"]),
            "hundredths": self._points(given["hundredths"]),
            "traits": self._traits(text_of(given["traits"])),
        }

    def _faulty(self, before: int) -> bool:
        told = self.look.remarks
        return len(told) > before and any(r.weight == Weight.FAULT for r in told[before:])

    def _keep(self, row: FactRow, before: int) -> None:
        """Check a whole row and put it with the others."""
        for field, message in faults_of(row, earliest=EARLIEST_DATE, today=self.setting.today):
            self._said(field, message)
        self._check_units(row)
        if row.hundredths is not None and abs(row.hundredths) <= HUNDREDTHS_MAX:
            if row.kind not in (FactKind.ADJUSTMENT, FactKind.ADOPTION):
                self._said("hundredths", _("这个事项不能填分值，分值由计分办法决定。请留空。"))
            elif row.kind == FactKind.ADOPTION and not row.note:
                self._said("note", _("选定分值要写明理由，单位和领导会看到。"))
        if row.kind == FactKind.QUALITY and not row.note:
            self._said("note", _("请填写理由，单位和领导会看到。"))
        if self._faulty(before):
            return
        if not self._is_governed(row.date):
            self._said("date", outside_scheme(row.date), Weight.HINT)
        if row.key in self.seen:
            message = _("与第%(row)d行完全相同，只登记一次。") % {"row": self.seen[row.key]}
            self._say(None, message, Weight.HINT)
            return
        self.seen[row.key] = self.row + 1
        self.look.rows.append(row)
        self.look.places.append(self.row + 1)

    def _is_governed(self, day: date) -> bool:
        if day not in self._governed:
            self._governed[day] = self.setting.is_governed(day)
        return self._governed[day]

    def _check_units(self, row: FactRow) -> None:
        if self._bounded.isdisjoint(row.units):
            return
        gone = [
            unit.name
            for unit in (self.setting.names.by_id[pk] for pk in row.units)
            if not unit.active_on(row.date)
        ]
        if gone:
            message = _("%(units)s在这一天不是在用单位，请检查日期或单位。")
            self._said("units", message % {"units": "、".join(gone)})

    def _formulas(self) -> None:
        for (row, column), error in self.sheet.unsolved.items():
            if row == self.row:
                if error:
                    message = _("公式出错（%(error)s），请改成数值。") % {"error": error}
                else:
                    message = _("公式没有计算结果。请用 Excel 打开、保存后再上传，或改成数值。")
                self._say(column, message)

    def _once(self, field: str, cell: Any, work: Callable[[], Any]) -> Any:
        """Return the value of a cell, worked out once for equal cells."""
        key = (field, type(cell), cell)
        if key not in self._cache:
            try:
                self._cache[key] = work()
            except ValueError as wrong:
                self._cache[key] = wrong
        found = self._cache[key]
        if isinstance(found, ValueError):
            self._said(field, str(found))
            return None
        return found

    def _chosen(self, field: str, cell: Any, required: bool = False) -> Any:
        words = text_of(cell)
        if not words:
            if required:
                self._said(field, _("请填写%(label)s。") % {"label": BY_FIELD[field].label})
            return None

        def work() -> Any:
            known = self.values[field]
            found = known.get(plain_name(words))
            if found is None:
                raise ValueError(
                    _("没有“%(value)s”这个%(label)s，请从这些中选：%(all)s。")
                    % {
                        "value": words[:20],
                        "label": BY_FIELD[field].label,
                        "all": "、".join(str(c.label) for c in BY_FIELD[field].choices or ()),
                    }
                )
            return found

        return self._once(field, words, work)

    def _form(self, kind: str | None, cell: Any) -> str:
        found = self._chosen("form", cell)
        if found and kind not in (None, FactKind.ADOPTION):
            self._said("form", _("只有采用才分采用形式，其他事项请留空。"))
            return ""
        return found or (AdoptionForm.SINGLE if kind == FactKind.ADOPTION else "")

    def _day(self, cell: Any) -> date | None:
        found = self._once("date", cell, lambda: day_of(cell, self.setting.year))
        if found is None:
            return None
        day, guessed = found
        if day is None:
            self._said("date", _("请填写日期。"))
        elif guessed:
            message = _("没有写年份，按%(year)d年登记。") % {"year": self.setting.year}
            self._said("date", message, Weight.HINT)
        return day

    def _number(self, field: str, cell: Any) -> int | None:
        return None if cell == "" else self._once(field, cell, lambda: count_of(cell))

    def _points(self, cell: Any) -> int | None:
        return None if cell == "" else self._once("hundredths", cell, lambda: points_of(cell))

    def _traits(self, words: str) -> tuple[str, ...]:
        if not words:
            return ()
        found: list[str] = []
        for word in filter(None, _BETWEEN_UNITS.split(words)):
            trait = self.traits.get(plain_name(word))
            if trait is None:
                self._said("traits", _("没有“%(name)s”这个特征。") % {"name": word[:20]})
            else:
                found.append(trait)
        return tuple(sorted(set(found)))

    def _units(self, words: str) -> tuple[int, ...] | None:
        """Return the units of a row; None when the row is left out, by choice or to be asked."""
        if not words:
            self._said("units", _("请填写单位。"))
            return None
        if words not in self._named:
            self._named[words] = self._units_named(words)
        found, choices = self._named[words]
        for choice in choices:
            choice.rows += 1
        return found

    def _units_named(self, words: str) -> tuple[tuple[int, ...] | None, list[NameChoice]]:
        """Return the units that a cell names, and the choices that stand behind them."""
        if plain_name(words) in self.setting.names.same:
            whole = self._unit(words)
            if whole.chosen is not None:
                return (None if whole.chosen == SKIP else (whole.chosen,)), [whole]
        parts = filter(None, (part.strip() for part in _BETWEEN_UNITS.split(words)))
        choices = [self._unit(part) for part in parts]
        units = tuple(c.chosen for c in choices if c.chosen is not None and c.chosen != SKIP)
        return (units if units and len(units) == len(choices) else None), choices

    def _unit(self, word: str) -> NameChoice:
        choice = self.look.units.get(word)
        if choice is None:
            choice = self.look.units[word] = self.setting.names.unit(word, self.row + 1)
        return choice

    def _bulletin(self, word: str) -> int | None:
        if not word:
            return None
        choice = self.look.bulletins.get(word)
        if choice is None:
            choice = self.look.bulletins[word] = self.setting.names.bulletin(word, self.row + 1)
        choice.rows += 1
        return ASKED if choice.chosen is None else choice.chosen

    def _ask_for_names(self) -> None:
        for field, choices, what in (
            ("units", self.look.units, _("单位")),
            ("bulletin", self.look.bulletins, _("刊物")),
        ):
            for choice in choices.values():
                if choice.chosen is None:
                    self.row = choice.first_row - 1
                    self._said(field, unknown_name(choice, what), Weight.ASK)


def unknown_name(choice: NameChoice, what: str) -> str:
    """Return what is said of a name that is not ours, with how many rows have it."""
    if choice.suggestions:
        return _("没有叫“%(name)s”的%(what)s（%(rows)d行），是不是“%(guess)s”？请在下面确认。") % {
            "name": choice.written[:40],
            "what": what,
            "rows": choice.rows,
            "guess": choice.suggestions[0].name,
        }
    return _("没有叫“%(name)s”的%(what)s（%(rows)d行），请在下面选择。") % {
        "name": choice.written[:40],
        "what": what,
        "rows": choice.rows,
    }


_BLANK = {spec.field: "" for spec in COLUMNS}
_KEY_FIELDS = (
    "kind", "date", "units", "title", "bulletin", "form", "issue_label", "genre", "mark",
    "leader", "level", "check", "words", "hundredths", "traits", "note",
)  # fmt: skip
