"""The facts workbook: one row a fact. From cells to facts, with remarks by row and column. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from infoflow.units.models import EARLIEST_DATE
from infoflow.uploads.reading import Sheet
from scoring.adoptions.rules import (
    HUNDREDTHS_MAX,
    FactKind,
    FactRow,
    Source,
    faults_of,
)

from .cells import text_of
from .columns import EXAMPLE, field_of
from .facts_cells import BETWEEN, DESCRIBING, VALUING, FactCells, Told, Worth
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
# Columns that are looked at one by one; the others some at a time.
_SINGLE = ("kind", "date", "units", "title", "bulletin", "words", "note")
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
        self.cells = FactCells(setting.year)
        self.row = 0
        self.unsolved = {row for row, _column in sheet.unsolved}
        # One more cell than the columns have, always blank, for the columns that are missing.
        self.width = max(self.places.values()) + 1
        self._single, self._describing, self._valuing = (
            itemgetter(*(self.places.get(field, self.width) for field in fields))
            for fields in (_SINGLE, DESCRIBING, VALUING)
        )
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
            if number not in self.unsolved and cells.count("") == len(cells):
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
        cells = cells[: self.width]
        cells += [""] * (self.width + 1 - len(cells))
        kind_cell, day_cell, units_cell, title_cell, paper_cell, words_cell, note_cell = (
            self._single(cells)
        )
        title, named = text_of(title_cell), text_of(units_cell)
        if title == EXAMPLE["title"] and named == EXAMPLE["units"]:
            self.look.table_rows -= 1
            self._say(None, _("这是模板里的样例，没有导入。"), Weight.HINT)
            return
        before = len(self.look.remarks)
        if self.row in self.unsolved:
            self._formulas()
        kind = self._heard(self.cells.kind(kind_cell))
        day = self._heard(self.cells.day(day_cell))
        units = self._units(named)
        bulletin = self._bulletin(text_of(paper_cell))
        if units is None or bulletin in (SKIP, ASKED):
            return
        about = self.cells.described(kind, self._describing(cells))
        self._tell(about.told)
        words = self._heard(self.cells.words(words_cell))
        valued = self.cells.valued(self._valuing(cells))
        self._tell(valued.told)
        if kind is None or day is None or self._faulty(before):
            return
        if kind == FactKind.CHECK and not title:
            title = about.check
        note = text_of(note_cell)
        parts = (kind, day, units, title, bulletin, about.key, words, valued.key, note)
        row = FactRow(
            kind=kind,
            date=day,
            title=title,
            units=units,
            key=content_key("table", parts),
            source=Source.TABLE,
            bulletin=bulletin,
            form=about.form,
            issue_label=about.issue_label,
            note=note,
            genre=about.genre,
            level=about.level,
            leader=about.leader,
            mark=about.mark,
            check=about.check,
            words=words,
            hundredths=valued.hundredths,
            traits=valued.traits,
        )
        self._keep(row, before)

    def _heard(self, worth: Worth) -> Any:
        """Return what a cell says; what is wrong with it is told."""
        if worth.told:
            self._tell(worth.told)
        return worth.value

    def _tell(self, told: Iterable[Told]) -> None:
        for field, message, weight in told:
            self._said(field, message, weight)

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
        parts = filter(None, (part.strip() for part in BETWEEN.split(words)))
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
