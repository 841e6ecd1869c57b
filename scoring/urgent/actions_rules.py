"""Changing the rule table and the grade thresholds: nothing that has judged an event changes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .models_rules import Dated, GradeThreshold, UrgentRule
from .presets import presets
from .queries_rules import ONE_DAY, judged_until, judged_words, last_event_day

if TYPE_CHECKING:
    from infoflow.units.models import User

Row = TypeVar("Row", bound=Dated)
# Who keeps the table. The administrators see no business, so it is the editors'.
KEEPER = Role.EDITOR


def _check(person: User, *texts: str) -> None:
    if not has_role(person, KEEPER):
        raise Refused(_("只有编辑可以修改紧急信息的时限规则和分级标准。"))
    parts = {"document": " ".join(texts)}
    door.check(parts=parts, person=person, entrance=Entrance.URGENT)


def _hold(*tables: type[Dated]) -> None:
    """Hold tables against other changes: rows that overlap come from two acts at once.

    The row that names a table stands for it; locks of rows keep nobody from adding one.
    """
    named = [ContentType.objects.get_for_model(table).pk for table in tables]
    held = ContentType.objects.select_for_update().filter(pk__in=named).order_by("pk")
    list(held.values_list("pk", flat=True))


def _refuse_past(model: type[Dated], first: date, last: date | None) -> None:
    """Refuse what would judge past events anew; a table that is still empty may be filled."""
    if not model._default_manager.exists():
        return
    day = last_event_day(first, last)
    if day is not None:
        raise ValidationError(
            _("%(judged)s，施行起请填%(next)s或以后。")
            % {"judged": judged_words(day), "next": (day + ONE_DAY).isoformat()}
        )


def _content(row: Dated) -> dict[str, object]:
    names = [field.name for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name != "valid_to"}


def _refuse_change(stored: Dated, row: Dated) -> None:
    """Refuse to change a row that has judged events, but for its last day."""
    judged = judged_until(stored)
    if judged is None:
        if (stored.valid_from, stored.valid_to) != (row.valid_from, row.valid_to):
            _refuse_past(type(row), row.valid_from, row.valid_to)
        return
    if _content(stored) != _content(row):
        raise ValidationError(
            _("%(judged)s，内容不能再改，只能填写施行止；要改内容，请用“更换”。")
            % {"judged": judged_words(judged)}
        )
    if stored.valid_to == row.valid_to:
        return
    ends = [day for day in (stored.valid_to, row.valid_to) if day is not None]
    last = max(ends) if len(ends) == 2 else None
    day = last_event_day(min(ends) + ONE_DAY, last)
    if day is not None:
        raise ValidationError(
            _("%(judged)s，施行止请填%(day)s或以后。")
            % {"judged": judged_words(day), "day": day.isoformat()}
            if stored.valid_to is None
            else _("%(judged)s，施行止不能再改。") % {"judged": judged_words(day)}
        )


def _locked(model: type[Row], pk: int) -> Row:
    found: Row | None = model._default_manager.select_for_update().filter(pk=pk).first()
    if found is None:
        raise Refused(_("没有找到这一条，请返回列表刷新。"))
    return found


def save_row(*, row: Row, person: User) -> Row:
    """Add a rule or a threshold, or change one that has judged nothing; of others the last day.

    Raises:
        Refused: not an editor, or the row is gone.
        ValidationError: it overlaps another, or it would judge past events anew.
    """
    _check(person, row.jurisdiction, row.document)
    with transaction.atomic():
        _hold(type(row))
        if row.pk is None:
            _refuse_past(type(row), row.valid_from, row.valid_to)
        else:
            _refuse_change(_locked(type(row), row.pk), row)
        row.full_clean()
        row.save()
    return row


def replace_row(*, old: Row, row: Row, person: User) -> Row:
    """End a rule or a threshold on the day before its successor begins, and add the successor.

    Raises:
        Refused: not an editor, or the old row is gone.
        ValidationError: the successor does not begin later, or either cannot be saved.
    """
    _check(person, row.jurisdiction, row.document)
    with transaction.atomic():
        _hold(type(old))
        ended = _locked(type(old), old.pk)
        if row.valid_from <= ended.valid_from:
            raise ValidationError(_("更换的一条须晚于原来一条的施行起。"))
        if ended.valid_to is not None and ended.valid_to < row.valid_from:
            raise ValidationError(_("原来的一条已经停止施行，请用“新建”。"))
        ended.valid_to = row.valid_from - ONE_DAY
        save_row(row=ended, person=person)
        return save_row(row=row, person=person)


@door.guarded(Entrance.URGENT)
@transaction.atomic
def load_preset(
    *, code: str, jurisdiction: str, document: str, valid_from: date, person: User
) -> int:
    """Add all rules and thresholds of a preset, or none; return how many.

    Raises:
        Refused: not an editor, or no such preset.
        ValidationError: a row overlaps another, or would judge past events anew.
    """
    _check(person)
    preset = presets().get(code)
    if preset is None:
        raise Refused(_("没有这个样例，请返回重新选择。"))
    _hold(UrgentRule, GradeThreshold)
    rows: list[Dated] = [
        UrgentRule.of(row)
        for row in preset.rules_for(jurisdiction=jurisdiction, document=document, since=valid_from)
    ]
    rows += [
        GradeThreshold.of(row, jurisdiction=jurisdiction)
        for row in preset.thresholds_for(document=document, since=valid_from)
    ]
    for model in {type(row) for row in rows}:
        _refuse_past(model, valid_from, None)
    for row in rows:
        row.full_clean()
        row.save()
    return len(rows)
