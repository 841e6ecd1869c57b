"""A superior's notice: units down, bulletins across, counts in the cells. Pure.

Blank, 0 and a stroke mean none. One or two rows of headings, merged or not. Each count becomes
that many facts with keys of their own, so that the same notice never books twice. Totals are
only compared: what does not add up is told and never put right.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from infoflow.units.models import EARLIEST_DATE
from infoflow.uploads.reading import Sheet
from scoring.adoptions.rules import NOTE_MAX, FactKind, FactRow, Source

from . import meanings
from .cells import count_of, text_of
from .facts_table import Setting, unknown_name
from .headings import Header, origin
from .meanings import SKIP, TOTAL_ADOPTION, TOTAL_ALL, UNIT, Meaning
from .names import SKIP as SKIP_UNIT
from .rules import (
    ROWS_MAX,
    ColumnChoice,
    Form,
    Look,
    Weight,
    column_letter,
    column_name,
    content_key,
    outside_scheme,
    plain_name,
)

# More pieces than this of one unit in one bulletin and period are a slip.
COUNT_MAX = 2_000
_TOTALS_ROW = re.compile(r"^(?:合计|总计|小计|共计|总数)")
_SMALL_TOTALS_ROW = re.compile(r"^小计")
_FOOTNOTE = re.compile(r"^(?:注|备注|说明|制表|填表|审核|统计|负责人|联系|截[至止])")
_SECTION_COUNT = re.compile(r"[（(](?:共|计)?(\d{1,4})(?:个|家)?(?:单位|部门)?[)）]")


@dataclass(frozen=True)
class Wanted:
    """What a person said of the whole table."""

    notice: str
    day: date | None
    # key of a column (`ColumnChoice.key`) → code of its meaning
    columns: Mapping[str, str] = field(default_factory=dict)


class Reader:
    """Reads one notice."""

    def __init__(self, sheet: Sheet, header: Header, setting: Setting, wanted: Wanted) -> None:
        self.sheet, self.header, self.setting, self.wanted = sheet, header, setting, wanted
        self.bulletins = setting.names.bulletins
        self.look = Look(Form.NOTICE, sheet=sheet.name, notice=wanted.notice, day=wanted.day)
        self.meanings: dict[int, Meaning] = {}
        self.counts: list[tuple[int, int, int, int]] = []  # row, unit, column, number
        self.sums: Counter[int] = Counter()
        self.section: tuple[int, str, int, int] | None = None  # row, words, said, seen

    def read(self) -> Look:
        """Return the look at the table."""
        self._columns()
        self._whole()
        totals: list[int] = []
        seen: dict[int, int] = {}
        for row in range(self.header.last + 1, len(self.sheet.rows)):
            self._read_row(row, totals, seen)
        self._end_section()
        for row in totals:
            self._compare_totals(row)
        for choice in self.look.units.values():
            if choice.chosen is None:
                self._say(
                    choice.first_row - 1,
                    self.header.unit,
                    unknown_name(choice, _("单位")),
                    Weight.ASK,
                )
        self._facts()
        return self.look

    def _say(self, row: int, column: int, message: str, weight: str = Weight.FAULT) -> None:
        path = self.header.paths[column] if column < len(self.header.paths) else ()
        self.look.say(row + 1, column_name(column, "/".join(path)[:30]), message, weight)

    def _suggestions(self) -> dict[int, tuple[str, bool]]:
        """Return what each column probably is; a total of adoptions only beside adoptions."""
        found = {
            place: meanings.suggest(path, self.bulletins)
            for place, path in enumerate(self.header.paths)
            if path
        }
        adopted = any(code.startswith(FactKind.ADOPTION) for code, _sure in found.values())
        for place, (code, _sure) in found.items():
            if code == TOTAL_ADOPTION:
                found[place] = (code, True) if adopted else ("", False)
            elif code == TOTAL_ALL:
                found[place] = (code, True)
        return found

    def _columns(self) -> None:
        for place, (suggested, sure) in self._suggestions().items():
            path = self.header.paths[place]
            made = ColumnChoice(place, column_letter(place), "/".join(path))
            given = self.wanted.columns.get(made.key, "")
            if place == self.header.unit:
                given, suggested, sure = UNIT, UNIT, True
            elif suggested == UNIT:
                suggested, sure = SKIP, False
            made.meaning = given or suggested
            made.suggested = not given and not sure
            meaning = meanings.read_meaning(made.meaning, self.bulletins) if made.meaning else None
            self.look.columns.append(made)
            if meaning is None:
                message = _("还没有说明这一列是什么，请在下面选择；不用导入的选“不导入”。")
                self._say(self.header.last, place, message, Weight.ASK)
                continue
            self.meanings[place] = meaning
            if made.suggested and meaning.kind != SKIP:
                message = _("按表头猜是“%(meaning)s”，请在下面确认。") % {
                    "meaning": meanings.meaning_label(meaning, self.bulletins)
                }
                self._say(self.header.last, place, message, Weight.ASK)
        self._same_twice()
        if not any(m.counts for m in self.meanings.values()) and not self._asking():
            self.look.say(0, "", _("没有一列是要导入的条数，请在下面选择各列是什么。"), Weight.ASK)

    def _asking(self) -> bool:
        return any(remark.weight == Weight.ASK for remark in self.look.remarks)

    def _same_twice(self) -> None:
        first: dict[Meaning, int] = {}
        for place, meaning in self.meanings.items():
            if meaning.counts and meaning in first:
                message = _("与%(letter)s列是同一项，会重复计数；请把一列改为“不导入”。")
                letter = column_letter(first[meaning])
                self._say(self.header.last, place, message % {"letter": letter})
            first.setdefault(meaning, place)

    def _whole(self) -> None:
        if not self.wanted.notice.strip():
            self.look.say(0, "", _("请填写通报名称，例如“2026年第一季度通报”。"), Weight.ASK)
        if self.wanted.day is None:
            self.look.say(0, "", _("请填写登记日期：通报所属期间的最后一天。"), Weight.ASK)
        elif self.wanted.day > self.setting.today:
            self.look.say(0, "", _("登记日期不能晚于今天。"))
        elif self.wanted.day < EARLIEST_DATE:
            self.look.say(0, "", _("日期不能早于1949年10月1日，请检查年份。"))
        elif not self.setting.is_governed(self.wanted.day):
            self.look.say(0, "", outside_scheme(self.wanted.day), Weight.HINT)

    def _read_row(self, row: int, totals: list[int], seen: dict[int, int]) -> None:
        name = text_of(self.sheet.cell(row, self.header.unit))
        counts, faulty = self._counts_of(row)
        words = any(text_of(cell) for cell in self.sheet.rows[row])
        if not name:
            if counts and self._merged_name(row):
                return
            if counts:
                if any(_TOTALS_ROW.match(text_of(cell)) for cell in self.sheet.rows[row]):
                    totals.append(row)
                else:
                    self._say(row, self.header.unit, _("这一行有条数，没有单位名称。"))
            elif words:
                self._say(row, self.header.unit, _("这一行没有单位名称，没有导入。"), Weight.HINT)
            return
        if _TOTALS_ROW.match(plain_name(name)):
            if _SMALL_TOTALS_ROW.match(plain_name(name)):
                self._say(row, self.header.unit, _("小计行没有核对。"), Weight.HINT)
            else:
                totals.append(row)
            return
        known = self.setting.names.unit(name, row + 1)
        if not counts and not faulty and known.chosen is None:
            self._begin_section(row, name)
            return
        self._unit_row(row, name, counts, seen)

    def _unit_row(self, row: int, name: str, counts: dict[int, int], seen: dict[int, int]) -> None:
        self.look.table_rows += 1
        if self.section is not None:
            at, words, said, number = self.section
            self.section = (at, words, said, number + 1)
        choice = self.look.units.get(name)
        if choice is None:
            choice = self.look.units[name] = self.setting.names.unit(name, row + 1)
        choice.rows += 1
        for column, number in counts.items():
            self.sums[column] += number
        self._compare_row(row, counts)
        if choice.chosen is None or choice.chosen == SKIP_UNIT:
            return
        if choice.chosen in seen:
            message = _("%(name)s在第%(row)d行已有一行，同一单位只能有一行。")
            self._say(row, self.header.unit, message % {"name": name, "row": seen[choice.chosen]})
            return
        seen[choice.chosen] = row + 1
        unit = self.setting.names.by_id[choice.chosen]
        if counts and self.wanted.day is not None and not unit.active_on(self.wanted.day):
            message = _("%(units)s在这一天不是在用单位，请检查日期或单位。")
            self._say(row, self.header.unit, message % {"units": unit.name})
            return
        for column, number in counts.items():
            if self.meanings[column].counts:
                self.counts.append((row, choice.chosen, column, number))

    def _counts_of(self, row: int) -> tuple[dict[int, int], bool]:
        """Return the numbers of a row by column, and whether a cell was wrong."""
        found: dict[int, int] = {}
        faulty = False
        for column, meaning in self.meanings.items():
            if meaning.kind in (UNIT, SKIP):
                continue
            error = self.sheet.unsolved.get((row, column))
            cell: Any = self.sheet.cell(row, column)
            try:
                if error is not None:
                    raise ValueError(
                        _("公式出错（%(error)s），请改成数值。") % {"error": error}
                        if error
                        else _("公式没有计算结果。请用 Excel 打开、保存后再上传，或改成数值。")
                    )
                number = count_of(cell)
                if number is not None and number > COUNT_MAX and meaning.counts:
                    raise ValueError(
                        _("条数不能超过%(max)d，请检查是否多写了数字。") % {"max": COUNT_MAX}
                    )
            except ValueError as wrong:
                if not _FOOTNOTE.match(text_of(self.sheet.cell(row, self.header.unit))):
                    self._say(row, column, str(wrong))
                    faulty = True
                continue
            if number:
                found[column] = number
        return found, faulty

    def _merged_name(self, row: int) -> bool:
        """Say so when the unit's cell is merged over several rows."""
        top, _left = origin(self.sheet, row, self.header.unit)
        if top == row:
            return False
        self._say(
            row,
            self.header.unit,
            _("单位名称是合并单元格，看不出这一行是哪个单位。请取消合并，每行都写单位名称。"),
        )
        return True

    def _begin_section(self, row: int, name: str) -> None:
        """Take a row without counts and without a unit of ours as words between the rows."""
        self._end_section()
        said = _SECTION_COUNT.search(name)
        if said and not _FOOTNOTE.match(name):
            self.section = (row, name, int(said[1]), 0)
        else:
            message = _("“%(words)s”不是单位，也没有条数，没有导入。") % {"words": name[:30]}
            self._say(row, self.header.unit, message, Weight.HINT)

    def _end_section(self) -> None:
        if self.section is None:
            return
        row, words, said, seen = self.section
        self.section = None
        if said != seen:
            message = _("“%(words)s”写的是%(said)d个，下面列了%(seen)d个。") % {
                "words": words[:30],
                "said": said,
                "seen": seen,
            }
            self._say(row, self.header.unit, message, Weight.MISMATCH)

    def _covers(self, total: str, meaning: Meaning) -> bool:
        if total == TOTAL_ADOPTION:
            return meaning.kind == FactKind.ADOPTION
        return meaning.counts

    def _compare_row(self, row: int, counts: Mapping[int, int]) -> None:
        """Compare the totals of a row with its counts."""
        for column, meaning in self.meanings.items():
            if meaning.kind not in (TOTAL_ADOPTION, TOTAL_ALL):
                continue
            if not text_of(self.sheet.cell(row, column)):
                continue
            if not any(self._covers(meaning.kind, other) for other in self.meanings.values()):
                continue
            parts = sum(
                number
                for place, number in counts.items()
                if self._covers(meaning.kind, self.meanings[place])
            )
            said = counts.get(column, 0)
            if said != parts:
                message = _("这一行合计写的是%(said)d，各列相加是%(sum)d。")
                self._say(row, column, message % {"said": said, "sum": parts}, Weight.MISMATCH)

    def _compare_totals(self, row: int) -> None:
        """Compare a row of totals with the sums of its columns."""
        counts, _faulty = self._counts_of_totals(row)
        for column, meaning in self.meanings.items():
            if meaning.kind in (UNIT, SKIP) or column not in counts:
                continue
            said, parts = counts[column], self.sums[column]
            if said != parts:
                message = _("合计行写的是%(said)d，各行相加是%(sum)d。")
                self._say(row, column, message % {"said": said, "sum": parts}, Weight.MISMATCH)

    def _counts_of_totals(self, row: int) -> tuple[dict[int, int], bool]:
        found: dict[int, int] = {}
        for column, meaning in self.meanings.items():
            if meaning.kind in (UNIT, SKIP):
                continue
            cell = self.sheet.cell(row, column)
            try:
                number = count_of(cell)
            except ValueError:
                continue
            if number is not None:
                found[column] = number
        return found, False

    def _facts(self) -> None:
        """Make the facts of all counts; nothing while the table is not complete."""
        day, notice = self.wanted.day, self.wanted.notice.strip()
        if day is None or not notice:
            return
        if sum(number for *_rest, number in self.counts) > ROWS_MAX:
            message = _("一次最多导入%(max)d条，请分成几个文件。") % {"max": ROWS_MAX}
            self.look.say(0, "", message)
            return
        for row, unit, column, number in self.counts:
            meaning = self.meanings[column]
            for n in range(1, number + 1):
                self.look.rows.append(fact_of(notice, day, meaning, unit, n, self.bulletins))
                self.look.places.append(row + 1)


def _key(notice: str, meaning: Meaning, unit: int, n: int) -> str:
    """Return the key of the n-th piece that a notice counts; the day does not matter."""
    what = (meaning.kind, meaning.bulletin, meaning.form, meaning.mark)
    return content_key("notice", (plain_name(notice), *what, unit, n))


def next_key(notice: str, row: FactRow, n: int) -> str:
    """Return the key that the n-th piece like a fact of a notice would have."""
    return _key(notice, Meaning(row.kind, row.bulletin, row.form, row.mark), row.units[0], n)


def fact_of(
    notice: str, day: date, meaning: Meaning, unit: int, n: int, bulletins: Mapping[int, str]
) -> FactRow:
    """Return the n-th fact that a notice counts for a unit in a column."""
    what = meanings.meaning_label(meaning, bulletins)
    if meaning.kind == FactKind.ADOPTION and meaning.bulletin is not None:
        what = f"《{bulletins[meaning.bulletin]}》"
    key = _key(notice, meaning, unit, n)
    return FactRow(
        kind=meaning.kind,
        date=day,
        title=_("据%(notice)s：%(what)s第%(n)d条") % {"notice": notice, "what": what, "n": n},
        units=(unit,),
        key=key,
        source=Source.TABLE,
        bulletin=meaning.bulletin,
        form=meaning.form,
        mark=meaning.mark,
        note=_("通报只有条数")[:NOTE_MAX],
        # Each is a piece of its own: nobody knows which.
        subject=key[:40],
    )
