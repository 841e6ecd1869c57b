"""Taking in a table, keeping what was chosen for it, and booking it: all of it or nothing."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.collector import resting
from infoflow.uploads.reading import Sheet, read_sheets
from infoflow.uploads.tables import TableFile, TableKind, inspect_table, words_beside_cells
from scoring.adoptions.actions_bulk import Step as Recorded
from scoring.adoptions.actions_bulk import record_in_steps

from . import queries
from .looks import Choices, look
from .models import ImportRun, UnitAlias, Upload, imports
from .names import SKIP
from .rules import ALIAS_MAX, Look, plain_name, stem_of

if TYPE_CHECKING:
    from infoflow.units.models import User

# Uploads that nobody has booked are forgotten after this.
KEPT = timedelta(days=3)


@dataclass(frozen=True)
class Taken:
    """A table that passed both doors, with its cells."""

    file: TableFile
    sheets: list[Sheet]


@dataclass(frozen=True)
class Step:
    """How far a booking is: facts stored, then units scored; at last the record of it."""

    stored: int
    facts: int
    scored: int = 0
    units: int = 0
    run: ImportRun | None = None


def _may_import(person: User | None) -> None:
    if person is not None and not imports(person):
        raise Refused(_("只有编辑和计分员可以导入，请联系信息科。"))


def take(*, name: str, data: bytes, person: User | None) -> Taken:
    """Look through a table file before anything of it is stored; return its cells.

    Not atomic: the record of a refusal must outlive the refused act.

    Raises:
        Refused: neither editor nor scorer.
        BadFile: its kind or its content is not taken.
        MarkedSecret: its name or its words bear a 密级标志.
    """
    _may_import(person)
    door.check(parts={"file": name}, person=person, entrance=Entrance.FILE_NAME)
    file = inspect_table(name=name, data=data)
    beside = words_beside_cells(file)
    door.check(parts={"attachment": beside}, person=person, entrance=Entrance.TABLE)
    with resting():
        sheets = read_sheets(file)
        words = _words(sheets)
    door.check(parts={"attachment": words}, person=person, entrance=Entrance.TABLE)
    return Taken(file, sheets)


def _words(sheets: Sequence[Sheet]) -> str:
    """Return the words of all cells, each once, and of cells of one row side by side."""
    found: dict[str, None] = {}
    for sheet in sheets:
        found[sheet.name] = None
        cells = dict.fromkeys(chain.from_iterable(sheet.rows))
        found.update(dict.fromkeys(cell for cell in cells if isinstance(cell, str) and cell))
    return "\n".join(found)


def keep(*, taken: Taken, person: User) -> Upload:
    """Keep a table until it is booked or forgotten; `take` has looked at every word of it."""
    _may_import(person)
    Upload.objects.filter(at__lt=timezone.now() - KEPT).delete()
    made: Upload = Upload.objects.create(
        person=person,
        name=taken.file.name[:120],
        kind=taken.file.kind.value,
        digest=taken.file.sha256,
        data=taken.file.data,
    )
    return made


@resting()
def sheets_of(upload: Upload) -> list[Sheet]:
    """Return the cells of a kept table."""
    data = bytes(upload.data)
    return read_sheets(TableFile(upload.name, TableKind(upload.kind), upload.digest, data))


@door.guarded(Entrance.TABLE)
@transaction.atomic
def choose(*, upload_id: int, choices: Mapping[str, Any], person: User) -> Upload:
    """Keep what a person has chosen for a table of theirs.

    Raises:
        Refused: it is not theirs, or booked already.
    """
    upload = _own(upload_id, person)
    upload.choices = dict(choices)
    upload.save(update_fields=["choices"])
    return upload


def _own(upload_id: int, person: User) -> Upload:
    upload: Upload | None = (
        Upload.objects.visible_to(person)
        .select_for_update(of=("self",))
        .filter(pk=upload_id)
        .first()
    )
    if upload is None:
        raise Refused(_("这张表已经导入或已过期，请重新上传。"))
    return upload


def drop(*, upload_id: int, person: User) -> None:
    """Forget a table that is not to be booked."""
    Upload.objects.visible_to(person).filter(pk=upload_id).delete()


def book_upload(
    *, upload_id: int, person: User, sheets: Sequence[Sheet] | None = None
) -> Generator[Step]:
    """Book a kept table; yield how far it is, at last with the record of the import.

    One transaction: when the caller stops, or anything fails, nothing was booked.

    Args:
        sheets: its cells, when the caller has just read them; a kept table never changes.

    Raises:
        Refused: not theirs, or something must still be confirmed or put right.
    """
    with transaction.atomic():
        upload = _own(upload_id, person)
        if sheets is None:
            sheets = sheets_of(upload)
        choices = Choices.of(upload.choices)
        found = look(sheets, choices, default_notice=stem_of(upload.name))
        yield Step(0, found.new)
        source = Source(upload.name, upload.digest, person)
        with closing(book(found=found, source=source)) as steps:
            for step in steps:
                if step.run is not None:
                    upload.delete()
                yield step


@dataclass(frozen=True)
class Source:
    """Where a table comes from."""

    name: str
    digest: str
    person: User | None


def book(*, found: Look, source: Source) -> Generator[Step]:
    """Book what a look found, in the caller's transaction or one of its own.

    Learned names are kept, so that the next table needs no confirmation of them.

    Raises:
        Refused: something must still be confirmed or put right; nothing was booked.
    """
    if found.stopped:
        raise Refused(_("还有必须改正或确认的地方，没有导入。请按提示办理后再试。"))
    with transaction.atomic():
        recording = record_in_steps(found.rows, person=source.person)
        with closing(recording):
            made = yield from _told(recording)
        _learn(found, source.person)
        run = ImportRun.objects.create(
            person=source.person,
            name=source.name[:120],
            digest=source.digest,
            form=found.form,
            sheet=found.sheet[:60],
            notice=found.notice[:60],
            day=found.day,
            rows=found.table_rows,
            made=len(made),
            known=len(found.rows) - len(made),
            mismatches=[[r.row, r.column, r.message] for r in found.mismatches],
            facts=queries.ranges_of(made),
        )
    yield Step(len(made), len(made), run=run)


def _told(recording: Generator[Recorded, None, list[int]]) -> Generator[Step, None, list[int]]:
    """Yield a recording's steps as those of an import; return the ids of the new facts."""
    while True:
        try:
            step = next(recording)
        except StopIteration as end:
            made: list[int] = end.value
            return made
        yield Step(step.stored, step.facts, step.scored, step.units)


def _learn(found: Look, person: User | None) -> None:
    """Keep the names that somebody has confirmed to mean a unit."""
    for choice in found.units.values():
        plain = plain_name(choice.written)[:ALIAS_MAX]
        if choice.how != "chosen" or choice.chosen in (None, SKIP) or not plain:
            continue
        UnitAlias.objects.update_or_create(
            plain=plain,
            defaults={
                "unit_id": choice.chosen,
                "written": choice.written[:ALIAS_MAX],
                "learned_by": person,
                "at": timezone.now(),
            },
        )
