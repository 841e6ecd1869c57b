"""Changes of word lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from . import door
from .models import Word, WordList
from .permissions import keeps
from .rules import Entrance
from .sheets import COLUMNS, Fault, Line

if TYPE_CHECKING:
    from infoflow.units.models import User

_LABELS = {name: str(label) for name, label, _width in COLUMNS}


class NotKeeper(Exception):
    """The person does not keep this list."""


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do."""

    added: int
    changed: int
    same: int
    faults: list[Fault]


@door.guarded(Entrance.WORDS)
@transaction.atomic
def import_words(
    *, word_list: WordList, lines: Sequence[Line], person: User, dry_run: bool = False
) -> Imported:
    """Add and change words of a list from a sheet: all rows, or none when one is wrong.

    A word that stands in the list already is changed to what the row says; words that are not
    in the sheet stay. The same sheet a second time changes nothing.

    Raises:
        NotKeeper: the person does not keep lists of this kind.
        MarkedSecret: a row bears a 密级标志.
    """
    if not keeps(person, word_list.kind):
        raise NotKeeper
    word_list = WordList.objects.select_for_update(no_key=True).get(pk=word_list.pk)
    known = {word.words: word for word in word_list.words.all()}
    faults: list[Fault] = []
    added: list[Word] = []
    changed: list[Word] = []
    for line in lines:
        word = known.get(line.values.get("words", ""))
        fresh = word or Word(word_list=word_list)
        before = {name: getattr(fresh, name) for name in line.values}
        for name, value in line.values.items():
            setattr(fresh, name, value)
        found = _faults_of(fresh)
        faults += [Fault(line.row, _LABELS.get(name, ""), message) for name, message in found]
        if word is None:
            added.append(fresh)
        elif before != line.values:
            changed.append(fresh)
    result = Imported(len(added), len(changed), len(lines) - len(added) - len(changed), faults)
    if faults or dry_run:
        return result
    for word in (*added, *changed):
        word._history_user = person  # type: ignore[attr-defined]
        word._change_reason = _("从 Excel 导入")  # type: ignore[attr-defined]
        word.save()
    return result


def _faults_of(word: Word) -> list[tuple[str, str]]:
    """Return what is wrong with a word: its fields' own rules, then those between them."""
    try:
        word.clean_fields(exclude=["word_list"])
    except ValidationError as wrong:
        return [(name, " ".join(found)) for name, found in wrong.message_dict.items()]
    return word.faults()
