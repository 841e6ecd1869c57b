"""A scheme as a file: JSON that another office can read. Reference: docs/scheme-format.md."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError, StreamValue
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.bulletins.models import Bulletin, Level

from .blocks import SchemeBlocks
from .blocks.common import NamedThing, Names
from .models import Scheme
from .periods import PeriodKind
from .rules import Rounding

FORMAT = "infoflow-scheme/1"
CLAUSES_MAX = 100
_HEAD = (
    "format",
    "name",
    "document",
    "note",
    "valid_from",
    "valid_until",
    "rounding",
    "period",
    "bulletins",
    "clauses",
)

# Where in the file ("clauses[2].rows[0].points") and what is wrong there.
Fault = tuple[str, str]


class SchemeFileError(Exception):
    """A file that is no scheme; `faults` has the path and message of every wrong field."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{path}: {message}" for path, message in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class NeededBulletin:
    """A bulletin that a file's scheme refers to."""

    name: str
    level: int


# --- out ----------------------------------------------------------------------------------


def _out(block: Any, value: Any, names: Names) -> Any:
    """Return a block's stored value as a file has it."""
    if isinstance(block, NamedThing):
        return block.to_file(value, names)
    if isinstance(block, blocks.ListBlock):
        return [_out(block.child_block, item["value"], names) for item in value]
    if isinstance(block, blocks.StructBlock):
        return {
            name: _out(child, value[name], names)
            for name, child in block.child_blocks.items()
            if name in value
        }
    return value


def dump_scheme(scheme: Scheme) -> dict[str, Any]:
    """Return a scheme as plain data for a file.

    Bulletins and groups appear by name. Every block has its id, so that reading the file back
    and writing it again gives the same file.
    """
    names = Names()
    clauses = []
    used: set[str] = set()
    for child in scheme.blocks:
        # A scheme that a program wrote may be stored in a shorter form than the form's.
        told = _out(child.block, child.block.get_prep_value(child.value), names)
        used.update(_bulletins_in(told))
        clauses.append({"type": child.block_type, "id": str(child.id), **told})
    return {
        "format": FORMAT,
        "name": scheme.name,
        "document": scheme.document,
        "note": scheme.note,
        "valid_from": scheme.valid_from.isoformat(),
        "valid_until": scheme.valid_until.isoformat() if scheme.valid_until else None,
        "rounding": str(scheme.rounding),
        "period": str(scheme.period),
        "bulletins": _needed(used),
        "clauses": clauses,
    }


def _bulletins_in(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("bulletin:"):
        yield value.partition(":")[2]
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _bulletins_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from _bulletins_in(part)


def _needed(names: set[str]) -> list[dict[str, Any]]:
    rows = Bulletin.objects.filter(name__in=names).order_by("level", "order", "name")
    return [{"name": name, "level": level} for name, level in rows.values_list("name", "level")]


# --- in -----------------------------------------------------------------------------------


class _Reader:
    """Turns a file's values into stored ones; collects every fault with its path."""

    def __init__(self) -> None:
        self.names = Names()
        self.faults: list[Fault] = []

    def fault(self, path: str, message: str) -> None:
        self.faults.append((path, message))

    def value(self, block: Any, value: Any, path: str) -> Any:
        """Return the stored form of one value of a file."""
        if isinstance(block, blocks.ListBlock):
            return self._list(block, value, path)
        if isinstance(block, blocks.StructBlock):
            return self._struct(block, value, path)
        if isinstance(block, blocks.MultipleChoiceBlock) or (
            isinstance(block, NamedThing) and isinstance(value, list)
        ):
            if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
                self.fault(path, _('这里要写成列表，例如 ["adoption"]。'))
                return []
        elif isinstance(value, (list, dict)):
            self.fault(path, _("这里要写一个值，不是列表或对象。"))
            return None
        elif isinstance(block, blocks.CharBlock) and isinstance(value, (int, float)):
            value = str(value)
        if isinstance(block, NamedThing):
            try:
                return block.from_file(value, self.names)
            except (ValueError, TypeError) as error:
                self.fault(path, str(error))
                return block.get_default()  # type: ignore[attr-defined]
        return value

    def _list(self, block: Any, value: Any, path: str) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            self.fault(path, _("这里要写成列表：[ … ]。"))
            return []
        return [
            {
                "type": "item",
                "value": self.value(block.child_block, item, f"{path}[{n}]"),
                "id": str(uuid.uuid4()),
            }
            for n, item in enumerate(value)
        ]

    def _struct(self, block: Any, value: Any, path: str) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self.fault(path, _("这里要写成对象：{ … }。"))
            return {}
        known = block.child_blocks
        for name in value:
            if name not in known:
                self.fault(
                    f"{path}.{name}",
                    _("没有这个字段，可用的有：%(names)s。") % {"names": "、".join(known)},
                )
        return {
            name: self.value(child, value[name], f"{path}.{name}")
            for name, child in known.items()
            if name in value
        }

    def clause(self, clause: Any, path: str, seen: set[str]) -> dict[str, Any] | None:
        """Return one clause as the stream stores it."""
        if not isinstance(clause, Mapping):
            self.fault(path, _("每条条款要写成对象：{ … }。"))
            return None
        kinds = SchemeBlocks().child_blocks
        kind = clause.get("type")
        if kind not in kinds:
            known = "、".join(kinds)
            self.fault(f"{path}.type", _("没有这种条款，可用的有：%(names)s。") % {"names": known})
            return None
        block_id = str(clause.get("id") or uuid.uuid4())
        if block_id in seen or len(block_id) > 40:
            self.fault(f"{path}.id", _("编号重复或超过40字，请删去 id，导入时会自动编号。"))
        seen.add(block_id)
        rest = {name: value for name, value in clause.items() if name not in ("type", "id")}
        return {"type": kind, "id": block_id, "value": self._struct(kinds[kind], rest, path)}


def _faults_of(error: ValidationError, path: str) -> Iterator[Fault]:
    """Yield the path and message of everything wrong in a nested error of blocks."""
    if isinstance(error, (StreamBlockValidationError, StructBlockValidationError)):
        inside = isinstance(error, StreamBlockValidationError)
        for name, nested in error.block_errors.items():
            yield from _faults_of(nested, f"{path}[{name}]" if inside else f"{path}.{name}")
        for nested in error.non_block_errors.as_data():
            yield from _faults_of(nested, path)
    elif isinstance(error, ListBlockValidationError):
        for n, nested in error.block_errors.items():
            yield from _faults_of(nested, f"{path}[{n}]")
        for nested in error.non_block_errors.as_data():
            yield from _faults_of(nested, path)
    else:
        yield path, "；".join(str(message) for message in error.messages)


def _day(data: Mapping[str, Any], name: str, reader: _Reader) -> date | None:
    text = data.get(name)
    if text in (None, ""):
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        reader.fault(name, _("日期请按“2026-01-01”的格式写。"))
        return None


def _choice(data: Mapping[str, Any], name: str, choices: Any, reader: _Reader, usual: str) -> str:
    value = data.get(name, usual)
    if value not in choices.values:
        known = "、".join(choices.values)
        reader.fault(name, _("只能是：%(names)s。") % {"names": known})
        return usual
    return str(value)


def needed_bulletins(data: Any) -> list[NeededBulletin]:
    """Return the bulletins that a file lists, before it is read.

    Raises:
        SchemeFileError: the list is none, or an entry has no name or no level.
    """
    listed = data.get("bulletins") or [] if isinstance(data, Mapping) else []
    faults: list[Fault] = []
    found = []
    if not isinstance(listed, list):
        raise SchemeFileError([("bulletins", _("这里要写成列表：[ … ]。"))])
    for n, entry in enumerate(listed):
        path = f"bulletins[{n}]"
        if not isinstance(entry, Mapping) or not str(entry.get("name") or "").strip():
            faults.append((path, _("请写明刊物名称 name。")))
        elif entry.get("level") not in Level.values:
            faults.append((f"{path}.level", _("级别只能是：0乡镇级、1县级、2市级、3省级、4中央。")))
        else:
            found.append(NeededBulletin(str(entry["name"]).strip(), int(entry["level"])))
    if faults:
        raise SchemeFileError(faults)
    return found


def missing_bulletins(data: Any) -> list[NeededBulletin]:
    """Return the bulletins that a file's scheme refers to and that do not exist here.

    Raises:
        SchemeFileError: the file's list of bulletins cannot be read.
    """
    needed = needed_bulletins(data)
    known = set(
        Bulletin.objects.filter(name__in=[b.name for b in needed]).values_list("name", flat=True)
    )
    return [bulletin for bulletin in needed if bulletin.name not in known]


def read_scheme(data: Any) -> Scheme:
    """Return an unsaved draft from the plain data of a file.

    Raises:
        SchemeFileError: with the path and message of everything that is wrong.
    """
    reader = _Reader()
    if not isinstance(data, Mapping):
        raise SchemeFileError([("", _("文件要以 { 开头，内容是一个计分办法。"))])
    if data.get("format") != FORMAT:
        raise SchemeFileError([("format", _("这不是计分办法文件：format 应为“%s”。") % FORMAT)])
    for name in data:
        if name not in _HEAD:
            known = "、".join(_HEAD)
            reader.fault(str(name), _("没有这个字段，可用的有：%(names)s。") % {"names": known})
    clauses = data.get("clauses")
    if not isinstance(clauses, list) or not clauses:
        reader.fault("clauses", _("请至少写一条条款。"))
        clauses = []
    if len(clauses) > CLAUSES_MAX:
        reader.fault("clauses", _("条款不能超过%(max)s条。") % {"max": CLAUSES_MAX})
        clauses = clauses[:CLAUSES_MAX]
    seen: set[str] = set()
    stored = [reader.clause(clause, f"clauses[{n}]", seen) for n, clause in enumerate(clauses)]
    scheme = Scheme(
        name=str(data.get("name") or "").strip(),
        document=str(data.get("document") or "").strip(),
        note=str(data.get("note") or "").strip(),
        valid_from=_day(data, "valid_from", reader),  # type: ignore[misc]  # checked below
        valid_until=_day(data, "valid_until", reader),
        rounding=_choice(data, "rounding", Rounding, reader, Rounding.HALF_UP),
        period=_choice(data, "period", PeriodKind, reader, PeriodKind.QUARTER),
        has_unpublished_changes=True,
    )
    if not reader.faults:
        cleaned = _cleaned([entry for entry in stored if entry], reader)
        scheme.blocks = cleaned  # type: ignore[assignment]  # the field takes stream values
    if reader.faults:
        raise SchemeFileError(reader.faults)
    _check_head(scheme)
    return scheme


def _cleaned(stored: list[dict[str, Any]], reader: _Reader) -> StreamValue | None:
    stream = SchemeBlocks()
    try:
        value = stream.to_python(stored)
        cleaned: StreamValue = stream.clean(value)
    except ValidationError as error:
        reader.faults.extend(_faults_of(error, "clauses"))
        return None
    except (ValueError, TypeError) as error:
        reader.fault("clauses", _("有的值类型不对：%(error)s") % {"error": error})
        return None
    return cleaned


def _check_head(scheme: Scheme) -> None:
    from .specs import spec_of

    try:
        scheme.full_clean(exclude=["blocks"], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise SchemeFileError(
            [(name, "；".join(texts)) for name, texts in error.message_dict.items()]
        ) from error
    try:
        spec_of(scheme)
    except ValueError as error:
        raise SchemeFileError([("clauses", str(error))]) from error
