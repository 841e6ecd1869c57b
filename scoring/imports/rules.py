"""What a look at a table gives: rows to book, remarks by row and column, what to confirm. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.adoptions.rules import FactRow

ROWS_MAX = 50_000
# So many remarks are told; the rest is counted.
REMARKS_SHOWN = 300
ALIAS_MAX = 100


class Form(models.TextChoices):
    """The two kinds of table."""

    FACTS = "facts", gettext_lazy("事项表（一行一条）")
    NOTICE = "notice", gettext_lazy("通报统计表（单位×刊物条数）")


class Weight(models.TextChoices):
    """What a remark means for the booking."""

    FAULT = "fault", gettext_lazy("必须改正")
    ASK = "ask", gettext_lazy("需要确认")
    MISMATCH = "mismatch", gettext_lazy("前后不符")
    HINT = "hint", gettext_lazy("提醒")


# Remarks of these kinds keep the whole table from being booked.
STOPPING = (Weight.FAULT, Weight.ASK)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something about one cell. Rows count as Excel counts them; 0 means the whole table."""

    row: int
    column: str
    message: str
    weight: str = Weight.FAULT
    # It asks whether titles are items of ours.
    of_titles: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something of ours that a name in the table may mean; score from 0 to 100."""

    id: int
    name: str
    score: int


@dataclass
class NameChoice:
    """A name in the table and the unit or bulletin that it stands for.

    `how` says why it was taken: "same", "code", "alias" (learned before), "former" (the unit
    was called so), "chosen", or "" when somebody has to choose.
    """

    written: str
    first_row: int
    rows: int = 0
    chosen: int | None = None
    how: str = ""
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def key(self) -> str:
        """Name of its field in the form of confirmations."""
        return choice_key(self.written)


@dataclass
class TitleChoice:
    """A title in the table that may be an item of ours; linked only when somebody says so."""

    row: int
    title: str
    unit: str
    suggestion: Suggestion
    chosen: bool = False

    @property
    def key(self) -> str:
        """Name of its field in the form of confirmations."""
        return f"t{self.row}"


@dataclass
class ColumnChoice:
    """A column of a notice and what its counts are; `meaning` as `notice_table.Meaning` codes."""

    index: int
    letter: str
    label: str
    meaning: str = ""
    suggested: bool = False

    @property
    def key(self) -> str:
        """Name of its field in the form of confirmations."""
        return f"c{self.index}"


@dataclass
class Look:
    """Everything that a dry run finds."""

    form: str
    sheet: str = ""
    rows: list[FactRow] = field(default_factory=list)
    # Row of the table for each fact.
    places: list[int] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    units: dict[str, NameChoice] = field(default_factory=dict)
    bulletins: dict[str, NameChoice] = field(default_factory=dict)
    titles: list[TitleChoice] = field(default_factory=list)
    titles_left_out: int = 0
    columns: list[ColumnChoice] = field(default_factory=list)
    notice: str = ""
    day: date | None = None
    known: int = 0
    table_rows: int = 0

    def say(self, row: int, column: str, message: str, weight: str = Weight.FAULT) -> None:
        """Add a remark."""
        self.remarks.append(Remark(row, column, message, weight))

    def settle_titles(self, *, same: bool) -> None:
        """Decide about all titles at once, so that none is asked about.

        Args:
            same: a title that is the same, letter for letter, is the item; none is otherwise.
        """
        items = {
            choice.row: choice.suggestion.id
            for choice in self.titles
            if same and choice.suggestion.score == 100
        }
        for n, place in enumerate(self.places):
            if place in items:
                self.rows[n] = self.rows[n]._replace(item=items[place])
        for choice in self.titles:
            choice.chosen = choice.row in items
        self.remarks = [remark for remark in self.remarks if not remark.of_titles]

    @property
    def stopped(self) -> bool:
        """Tell whether something keeps the table from being booked."""
        return any(remark.weight in STOPPING for remark in self.remarks)

    @property
    def mismatches(self) -> list[Remark]:
        """Where the table contradicts itself."""
        found = [remark for remark in self.remarks if remark.weight == Weight.MISMATCH]
        return sorted(found, key=lambda remark: remark.row)

    @property
    def new(self) -> int:
        """How many facts a booking would add."""
        return len(self.rows) - self.known

    def sorted_remarks(self) -> list[Remark]:
        """Return the remarks, those that stop the booking first, then by row."""
        order = {weight: n for n, weight in enumerate(Weight.values)}
        return sorted(self.remarks, key=lambda r: (order[r.weight], r.row))


_NOT_LETTERS = re.compile(r"[\W_]+")


def plain_name(text: str) -> str:
    """Return a name as it is compared: without blanks, signs, case and width."""
    plain = unicodedata.normalize("NFKC", text)
    # Most names have nothing to leave out.
    return (plain if plain.isalnum() else _NOT_LETTERS.sub("", plain)).casefold()


def choice_key(written: str) -> str:
    """Return a short name for a form's field that stands for a name in the table."""
    return "n" + hashlib.sha256(plain_name(written).encode()).hexdigest()[:12]


def key_text(parts: Iterable[object]) -> str:
    """Return parts of a fact's content side by side, as its key takes them."""
    return "\x1f".join(["" if part is None else str(part) for part in parts])


def content_key(prefix: str, parts: Iterable[object]) -> str:
    """Return the key of a fact from its content: the same content is booked once.

    Several parts may be joined before, by `key_text`: the key stays the same.
    """
    return f"{prefix}:{hashlib.sha256(key_text(parts).encode()).hexdigest()[:40]}"


def column_letter(index: int) -> str:
    """Return Excel's letters of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_name(index: int, label: str) -> str:
    """Return how a report names a column: "B 日期"."""
    return f"{column_letter(index)} {label}".strip()


def stem_of(name: str) -> str:
    """Return a file's name without its end."""
    return name.rpartition(".")[0] or name


def outside_scheme(day: date) -> str:
    """Return the warning about a day on which no scheme is in force."""
    return _("%(day)s没有施行的计分办法：会登记、计条数，不计分。") % {"day": day.isoformat()}
