"""A look at a table: everything that a dry run says, nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from infoflow.collector import resting
from infoflow.uploads.reading import Sheet
from scoring.adoptions.rules import FactKind, FactRow

from . import facts_table, headings, notice_table, queries
from .names import Titles
from .rules import Form, Look, Remark, TitleChoice, Weight

# So many titles are shown for confirmation; the others stay without an item.
TITLES_SHOWN = 200
_ABOUT_ITEMS = (
    FactKind.ADOPTION,
    FactKind.FORWARDING,
    FactKind.INSTRUCTION,
    FactKind.QUALITY,
    FactKind.SUBMISSION,
)


@dataclass(frozen=True)
class Choices:
    """What a person has chosen for a table, as it is kept between two pages."""

    sheet: str = ""
    form: str = ""
    notice: str | None = None
    day: date | None = None
    year: int | None = None
    names: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """Return the choices as plain data."""
        return {
            "sheet": self.sheet,
            "form": self.form,
            "notice": self.notice,
            "day": self.day.isoformat() if self.day else None,
            "year": self.year,
            "names": dict(self.names),
            "titles": dict(self.titles),
            "columns": dict(self.columns),
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Choices:
        """Return the choices that were kept."""
        day = stored.get("day")
        return cls(**{**stored, "day": date.fromisoformat(day) if day else None} if stored else {})


def sheet_of(sheets: Sequence[Sheet], choices: Choices) -> Sheet:
    """Return the sheet that was chosen, or the first that is a table we know, or the first."""
    for sheet in sheets:
        if choices.sheet and sheet.name == choices.sheet:
            return sheet
    for sheet in sheets:
        if facts_table.header_of(sheet) or headings.header_of(sheet):
            return sheet
    return sheets[0]


@resting()
def look(sheets: Sequence[Sheet], choices: Choices, *, default_notice: str = "") -> Look:
    """Return what a booking of a table would do, and what stands in its way. Reads only.

    Args:
        default_notice: name of a notice that has no words over its headings.
    """
    sheet = sheet_of(sheets, choices)
    setting = queries.setting(choices.names, choices.year)
    if choices.form != Form.NOTICE and facts_table.header_of(sheet):
        found = facts_table.Reader(sheet, setting).read()
        _items(found, setting, choices)
    else:
        header = headings.header_of(sheet)
        if choices.form == Form.FACTS or header is None:
            return _no_header(sheet, choices)
        notice = choices.notice
        if notice is None:
            notice = headings.title_of(sheet, header) or default_notice
        wanted = notice_table.Wanted(notice, choices.day, choices.columns)
        found = notice_table.Reader(sheet, header, setting, wanted).read()
    _known(found)
    if not found.rows and not found.remarks:
        found.say(0, "", _("表里没有可以登记的内容。"))
    return found


def _no_header(sheet: Sheet, choices: Choices) -> Look:
    form = choices.form or Form.NOTICE
    found = Look(form, sheet=sheet.name)
    if form == Form.FACTS:
        message = _(
            "没有找到列名。前10行中要有一行列名，至少有“事项”“日期”“单位”三列；可下载模板填写。"
        )
    else:
        message = _("没有找到表头。前15行中要有一行表头，并有“单位”一列。")
    found.say(0, "", message)
    return found


def _items(found: Look, setting: facts_table.Setting, choices: Choices) -> None:
    """Suggest items of ours for the titles; link those that somebody has confirmed."""
    rows = [row for row in found.rows if row.kind in _ABOUT_ITEMS]
    units = {unit for row in rows for unit in row.units}
    titles = queries.titles_of(units, rows) if rows else Titles(())
    if not titles.items:
        return
    wanted = [(row.title, row.units if row.kind in _ABOUT_ITEMS else ()) for row in found.rows]
    for n, alike in titles.alike(wanted).items():
        row = found.rows[n]
        if len(found.titles) >= TITLES_SHOWN:
            found.titles_left_out += 1
            continue
        unit = "、".join(setting.names.by_id[pk].name for pk in row.units)
        choice = TitleChoice(found.places[n], row.title, unit, alike)
        choice.chosen = choices.titles.get(choice.key) == alike.id
        found.titles.append(choice)
        if choice.chosen:
            found.rows[n] = row._replace(item=alike.id)
    undecided = [choice for choice in found.titles if choice.key not in choices.titles]
    if undecided:
        message = _("有%(n)d条的标题与本系统稿件相近，请在下面确认是不是同一篇。")
        told = message % {"n": len(undecided)}
        found.remarks.append(Remark(0, "", told, Weight.ASK, of_titles=True))
    if found.titles_left_out:
        message = _("另有%(n)d条标题相近的没有列出，按没有本系统稿件登记。")
        found.say(0, "", message % {"n": found.titles_left_out}, Weight.HINT)


def _known(found: Look) -> None:
    """Count what was booked before, and say where a notice says something else than then."""
    known = queries.facts_by_key([row.key for row in found.rows])
    found.known = len(known)
    withdrawn = sum(back for _pk, _day, back in known.values())
    if withdrawn:
        message = _("其中%(n)d条以前登记过又撤销了，不会重新登记；要重新登记请用登记页面。")
        found.say(0, "", message % {"n": withdrawn}, Weight.HINT)
    if found.form == Form.NOTICE:
        _other_day(found, known)
        _fewer_than_before(found)


def _other_day(found: Look, known: Mapping[str, tuple[int, object, bool]]) -> None:
    days = {day for _pk, day, _back in known.values() if day != found.day}
    if days:
        message = _(
            "叫“%(notice)s”的通报已按%(day)s登记过。是同一份通报，请把登记日期改为这一天；"
            "是另一份，请换一个通报名称。"
        )
        day = min(str(day) for day in days)
        found.say(0, "", message % {"notice": found.notice, "day": day})


def _fewer_than_before(found: Look) -> None:
    """Tell of counts that are smaller than what was booked under the same notice before."""
    last: dict[tuple[Any, ...], tuple[FactRow, int]] = {}
    for row, place in zip(found.rows, found.places, strict=True):
        last[(row.kind, row.bulletin, row.form, row.mark, row.units)] = (row, place)
    counts = Counter((row.kind, row.bulletin, row.form, row.mark, row.units) for row in found.rows)
    more = {
        notice_table.next_key(found.notice, row, counts[what] + 1): (row, place)
        for what, (row, place) in last.items()
    }
    for key in queries.facts_by_key(list(more)):
        row, place = more[key]
        message = _("以前按这份通报登记的条数比现在多。多出的不会自动撤销，请到登记列表中撤销。")
        found.say(place, "", message, Weight.MISMATCH)
