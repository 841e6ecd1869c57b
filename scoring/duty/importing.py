"""A roster from a table, pasted or uploaded: 日期、班次、带班领导、值班人员, one shift a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from infoflow.uploads.reading import read_sheets
from infoflow.uploads.tables import inspect_table
from infoflow.worktime.rules import CHINA

from .permissions import LEADING, ON_DUTY, holders
from .rules import ROWS_MAX, Line, Span, Watch, spans_of_day

if TYPE_CHECKING:
    from infoflow.units.models import User

_HEADS = {
    "day": ("日期",),
    "hours": ("班次", "时间", "时段"),
    "leader": ("带班",),
    "people": ("值班",),
}
_PLAIN = {"day": 0, "leader": 1, "people": 2}
_DATE = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\D*")
_HOURS = re.compile(r"(\d{1,2})[:：](\d{2})(?:\s*[-—~～至到]+\s*(次日)?\s*(\d{1,2})[:：](\d{2}))?")
_SEPARATORS = re.compile(r"[、，,;；/\s]+")


@dataclass
class Reading:
    """What a table says; `lines` count only when there are no faults."""

    lines: list[Line] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)


class _People:
    """Accounts by name and by 工号."""

    def __init__(self, users: Iterable[User]) -> None:
        self.known: dict[str, list[int]] = {}
        for user in users:
            for name in {user.name, user.username}:
                self.known.setdefault(name, []).append(user.pk)

    def find(self, name: str, part: str) -> int:
        """Return the account that a table names.

        Raises:
            ValueError: none or several; the message says what to do.
        """
        found = self.known.get(name, [])
        if len(found) == 1:
            return found[0]
        values = {"name": name[:20], "part": part}
        if found:
            raise ValueError(_("有几个账号叫“%(name)s”，请改写工号。") % values)
        raise ValueError(
            _("没有可以担任%(part)s的“%(name)s”，请核对姓名，或请系统管理员建账号、加角色。")
            % values
        )


def rows_of_text(text: str) -> list[list[Any]]:
    """Return the cells of pasted lines: tabs between cells, as sheets copy them, else commas."""
    rows: list[list[Any]] = []
    for line in text.splitlines():
        cells = line.split("\t") if "\t" in line else re.split(r"[,，]", line)
        rows.append([cell.strip() for cell in cells])
    return rows


def rows_of_file(*, name: str, data: bytes) -> list[list[Any]]:
    """Return the cells of an uploaded table's first sheet.

    Raises:
        BadFile: it is not taken; the message says why.
    """
    rows: list[list[Any]] = read_sheets(inspect_table(name=name, data=data))[0].rows
    return rows


def read_roster(
    rows: Sequence[Sequence[Any]], *, changes: Sequence[str], year: int, replace: bool
) -> Reading:
    """Return the shifts that a table says, and every row that cannot be read with its reason.

    Args:
        changes: times of day at which shifts change; a row without 班次 has the only one.
        year: of dates that are written without one.
        replace: whether what stands may be overwritten.
    """
    reading = Reading()
    if len(rows) > ROWS_MAX:
        told = _("超过%(max)s行，请分几次导入。") % {"max": ROWS_MAX}
        return Reading(faults=[(ROWS_MAX + 1, told)])
    places, first = _columns(rows)
    leaders, people = _People(holders(LEADING)), _People(holders(ON_DUTY))
    for number, cells in enumerate(rows[first:], first + 1):
        if not any(str(cell).strip() for cell in cells):
            continue
        try:
            span = _span(_cell(cells, places, "day"), _cell(cells, places, "hours"), changes, year)
            watch = _watch(cells, places, leaders, people)
        except ValueError as error:
            reading.faults.append((number, str(error)))
        else:
            reading.lines.append(Line(span, watch, None if replace else "", number))
    if not reading.lines and not reading.faults:
        reading.faults.append((0, _("没有读到一行排班，请检查是否粘贴了内容、选对了文件。")))
    return reading


def _columns(rows: Sequence[Sequence[Any]]) -> tuple[dict[str, int], int]:
    """Return the place of each column, and the first row behind the headings."""
    for number, cells in enumerate(rows[:5]):
        texts = [str(cell) for cell in cells]
        if not any("日期" in text for text in texts):
            continue
        places: dict[str, int] = {}
        for name, words in _HEADS.items():
            for place, text in enumerate(texts):
                if place not in places.values() and any(word in text for word in words):
                    places.setdefault(name, place)
        return places, number + 1
    return dict(_PLAIN), 0


def _cell(cells: Sequence[Any], places: dict[str, int], name: str) -> Any:
    place = places.get(name)
    return cells[place] if place is not None and place < len(cells) else ""


def _day(cell: Any, year: int) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell).strip()
    found = _DATE.fullmatch(text)
    if found is not None:
        try:
            return date(int(found[1] or year), int(found[2]), int(found[3]))
        except ValueError:
            pass
    raise ValueError(_("没有“%(text)s”这一天，请按 2026-07-03 填写日期。") % {"text": text[:20]})


def _span(day_cell: Any, hours_cell: Any, changes: Sequence[str], year: int) -> Span:
    day = _day(day_cell, year)
    spans = spans_of_day(day, changes)
    text = str(hours_cell).strip()
    if not text:
        if len(spans) == 1:
            return spans[0]
        raise ValueError(
            _("一天有%(n)s班，请在“班次”列写明时间，如 %(like)s。")
            % {"n": len(spans), "like": f"{changes[0]}-{changes[1]}"}
        )
    found = _HOURS.match(text)
    try:
        if found is None:
            raise ValueError
        start = datetime.combine(day, time(int(found[1]), int(found[2])), CHINA)
        if found[4] is None:
            return next(span for span in spans if span.start == start)
        end = datetime.combine(day, time(int(found[4]), int(found[5])), CHINA)
    except (ValueError, StopIteration):
        told = _("班次“%(text)s”看不懂，请写起止时间，如 08:30-20:30。")
        raise ValueError(told % {"text": text[:20]}) from None
    return Span(start, end + timedelta(days=1) if found[3] or end <= start else end)


def _watch(
    cells: Sequence[Any], places: dict[str, int], leaders: _People, people: _People
) -> Watch:
    leader = str(_cell(cells, places, "leader")).strip()
    names = [n for n in _SEPARATORS.split(str(_cell(cells, places, "people")).strip()) if n]
    if not names:
        raise ValueError(_("没有写值班人员。"))
    return Watch(
        leaders.find(leader, _("带班领导")) if leader else None,
        tuple(people.find(name, _("值班人员")) for name in names),
    )
