"""Changes of schemes: write, publish, make a new version, end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .models import Scheme
from .rules import Rounding
from .specs import points_table_block, spec_of

if TYPE_CHECKING:
    from infoflow.units.models import User

FIRST_BLOCK = "points"


def _may_score(person: User | None) -> None:
    """Refuse everybody but scorers; None is the system itself (loading a preset)."""
    if person is not None and not has_role(person, Role.SCORER):
        raise Refused(_("只有计分员可以制定和发布计分办法。"))


def _locked(scheme_id: int) -> Scheme:
    Scheme.objects.lock_all()
    scheme = Scheme.objects.filter(pk=scheme_id).first()
    if scheme is None:
        raise Refused(_("没有找到这个计分办法，请返回列表刷新。"))
    return scheme


@door.guarded(Entrance.SCHEME)
@transaction.atomic
def create_scheme(
    *,
    name: str,
    document: str = "",
    valid_from: date,
    valid_until: date | None = None,
    rows: Iterable[Mapping[str, Any]],
    rounding: str = Rounding.HALF_UP,
    person: User | None = None,
) -> Scheme:
    """Write the first version of a scheme with one points table, as a draft.

    Args:
        rows: each with kind, target ("all", "level:3", "bulletin:12"), form and points
            (decimal text).

    Raises:
        Refused: not a scorer.
        ValidationError: a field is wrong; ValueError: points are no number.
    """
    _may_score(person)
    scheme = Scheme(
        name=name,
        document=document,
        valid_from=valid_from,
        valid_until=valid_until,
        rounding=rounding,
        blocks=[points_table_block(rows, block_id=FIRST_BLOCK)],
        has_unpublished_changes=True,
    )
    scheme.full_clean()
    spec_of(scheme)
    scheme.save()
    scheme.save_revision(user=person)
    return scheme


@transaction.atomic
def publish_scheme(*, scheme_id: int, person: User | None = None) -> Scheme:
    """Put a scheme's latest draft in force; the ledger rebuilds its period at once.

    Raises:
        Refused: not a scorer, or unknown.
        ValidationError: it overlaps a version in force, or has no clause.
    """
    _may_score(person)
    scheme = _locked(scheme_id)
    scheme.get_latest_revision().publish(user=person, skip_permission_checks=True)
    return Scheme.objects.get(pk=scheme_id)


@transaction.atomic
def new_version(*, scheme_id: int, person: User | None = None) -> Scheme:
    """Copy a scheme as a draft with the next version number; the old one stays as it is.

    Raises:
        Refused: not a scorer, or unknown.
    """
    _may_score(person)
    source = _locked(scheme_id)
    last = Scheme.objects.filter(name=source.name).aggregate(last=Max("version"))["last"]
    copy = Scheme(
        name=source.name,
        version=last + 1,
        document=source.document,
        note=source.note,
        valid_from=source.valid_from,
        valid_until=source.valid_until,
        rounding=source.rounding,
        period=source.period,
        blocks=source.blocks,
        has_unpublished_changes=True,
    )
    copy.save()
    copy.save_revision(user=person)
    return copy


@transaction.atomic
def end_scheme(*, scheme_id: int, last_day: date, person: User | None = None) -> Scheme:
    """Set the last day of a version in force; what was booked after it is taken back.

    Raises:
        Refused: not a scorer, not in force, or the day lies before its first.
    """
    _may_score(person)
    scheme = _locked(scheme_id)
    if not scheme.live:
        raise Refused(_("这个办法没有施行，不需要截止；草稿请直接修改。"))
    if last_day < scheme.valid_from:
        raise Refused(_("截止日期不能早于施行日期；整个办法不用了请点“取消发布”。"))
    if scheme.valid_until == last_day:
        return scheme
    scheme.valid_until = last_day
    scheme.save_revision(user=person).publish(user=person, skip_permission_checks=True)
    return Scheme.objects.get(pk=scheme_id)
