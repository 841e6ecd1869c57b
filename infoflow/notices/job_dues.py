"""The sweep's job for deadlines: tell the reminder points that have come, each once.

Rows are claimed by lock, a batch in each transaction; a batch that fails is told row by row. What
is told, the record of it and the row's next look are one commit, so a run that is killed anywhere
has told either all of it or nothing.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.db import IntegrityError, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from infoflow import bulk
from infoflow.worktime.due_kinds import Reminder, due_kind
from infoflow.worktime.models import Due, DuePoint
from infoflow.worktime.rules_dues import Look, Stage, look

from .sweep import Outcome

log = logging.getLogger(__name__)

# Rows that share their statements; a batch holds SQLite's one write lock for a tenth of a second.
BATCH = 100
# Rows of one call; the other jobs are called in between.
SHARE = 500
_READ = 2_000
# A reminder that fails is tried again after one minute, two, four … at most an hour.
_AGAIN_MAX = 60


class UnknownKind(Exception):
    """No room of this installation owns deadlines of this kind."""


def run(now: datetime, dry: bool) -> Outcome:
    """Tell what has come; answer `more` when there may be further rows."""
    if dry:
        return _foreseen(now)
    done = failed = seen = 0
    while seen < SHARE:
        told, broken, rows = _batch(now)
        done, failed, seen = done + told, failed + broken, seen + rows
        if not rows:
            break
    return Outcome(done=done, failed=failed, more=seen >= SHARE)


@transaction.atomic
def _batch(now: datetime) -> tuple[int, int, int]:
    """Handle the rows that wait longest; return how many were told, failed, seen.

    Rows that another run holds are passed by: it handles them.
    """
    rows = list(Due.objects.waking(now).select_for_update(skip_locked=True)[:BATCH])
    if not rows:
        return 0, 0, 0
    failed = 0
    try:
        told = _tell(rows, now)
    except Exception:  # noqa: BLE001 - one of them cannot be told: which, each for itself will show
        told, failed = _tell_each(rows, now)
    bulk.update(rows, ["handled_to", "next_at", "failures"])
    return told, failed, len(rows)


def _look(due: Due, now: datetime) -> Look:
    return look(due.at, due.points, due.handled_to, due.known_at, now)


@transaction.atomic
def _tell(rows: Sequence[Due], now: datetime) -> int:
    """Tell the newest points that have come and record the older ones as passed over.

    All or none: the rows are marked as handled when nothing can fail any more.
    """
    looks = [(due, _look(due, now)) for due in rows]
    DuePoint.objects.bulk_create(
        DuePoint(due=due, offset=stage.offset, moment=stage.at, at=now, skipped=stage != found.told)
        for due, found in looks
        for stage in (*found.skipped, found.told)
        if stage is not None
    )
    reminders: dict[str, list[Reminder]] = {}
    for due, found in looks:
        if found.told is not None:
            reminders.setdefault(due.kind, []).append(Reminder(due, found.told, found.late))
    for name, ours in reminders.items():
        kind = due_kind(name)
        if kind is None:
            raise UnknownKind
        kind.remind(ours, now)
    for due, found in looks:
        _handled(due, found)
    return sum(map(len, reminders.values()))


def _tell_each(rows: Sequence[Due], now: datetime) -> tuple[int, int]:
    """Tell one row after the other, so that a broken one does not hold up the rest."""
    told = 0
    failures: Counter[str] = Counter()
    for due in rows:
        try:
            told += _tell([due], now)
        except Exception as error:  # noqa: BLE001 - one broken deadline must not hold up the rest
            found = _look(due, now)
            if isinstance(error, IntegrityError) and _recorded(due, found.told):
                _handled(due, found)
                continue
            failures[f"{due.kind} {type(error).__name__}"] += 1
            _try_again(due, now)
    for what, count in failures.items():
        log.error("sweep: %s deadlines not told: %s", count, what)
    return told, failures.total()


def _handled(due: Due, found: Look) -> None:
    if found.told is not None:
        due.handled_to = found.told.at
    due.next_at, due.failures = found.next_at, 0


def _recorded(due: Due, stage: Stage | None) -> bool:
    """Tell whether this point was told before: under --now, then moved there and back."""
    return stage is not None and due.told.filter(offset=stage.offset, moment=stage.at).exists()


def _try_again(due: Due, now: datetime) -> None:
    due.failures = min(due.failures + 1, 1_000)
    due.next_at = now + timedelta(minutes=min(2 ** min(due.failures - 1, 10), _AGAIN_MAX))


@lru_cache(maxsize=256)
def _points(text: str) -> tuple[int, ...]:
    return tuple(json.loads(text))


def _moment(text: str) -> datetime:
    """Read a moment as a database says it: PostgreSQL with its zone, SQLite in UTC without."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _foreseen(now: datetime) -> Outcome:
    """Count what a run would tell."""
    told: Counter[str] = Counter()
    late: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    # As texts: the fields' own conversion of a row takes five times as long as the look at it.
    texts = [Cast(name, TextField()) for name in ("points", "at", "handled_to", "known_at")]
    rows = Due.objects.waking(now).order_by().values_list("kind", *texts)
    for name, points, *moments in rows.iterator(chunk_size=_READ):
        at, handled, known = map(_moment, moments)
        found = look(at, _points(points), handled, known, now)
        if found.told is not None:
            told[name] += 1
            late[name] += found.late
            skipped[name] += len(found.skipped)
    lines = []
    for name, count in sorted(told.items()):
        kind = due_kind(name)
        lines.append(
            _("%(kind)s提醒%(told)d条，其中晚到%(late)d条，略过更早的提醒点%(skipped)d个")
            % {
                "kind": kind.label if kind else name,
                "told": count,
                "late": late[name],
                "skipped": skipped[name],
            }
        )
    return Outcome(done=sum(told.values()), lines=tuple(lines))
