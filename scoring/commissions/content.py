"""What a commission says and whom it asks, as a form hands it in; what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from cms.review.actions import Refused
from infoflow.notices.people import officers_of, signatories_of
from infoflow.units.models import Unit
from infoflow.worktime.queries import calendar

from .models import Commission
from .rules import (
    DAYS_MAX,
    NAME_MAX,
    PHONE_MAX,
    TEXT_MAX,
    TITLE_MAX,
    UNITS_MAX,
    WORDS_MAX,
    Origin,
    doubts_of,
    fault_of,
)

_LIMITS = {
    "title": (TITLE_MAX, _("题目")),
    "superior": (NAME_MAX, _("上级单位")),
    "superior_document": (NAME_MAX, _("上级文件或通知")),
    "background": (TEXT_MAX, _("背景")),
    "points": (TEXT_MAX, _("要点")),
    "requirements": (TEXT_MAX, _("写作要求")),
    "contact": (PHONE_MAX, _("联系人及电话")),
    "channel": (PHONE_MAX, _("报送方式")),
}


@dataclass(frozen=True)
class Content:
    """What a commission says. The deadline is a moment, or working days from sending on."""

    title: str
    origin: str = Origin.OWN
    superior: str = ""
    superior_document: str = ""
    superior_due_at: datetime | None = None
    background: str = ""
    points: str = ""
    requirements: str = ""
    contact: str = ""
    channel: str = ""
    due_at: datetime | None = None
    due_days: int | None = None

    @classmethod
    def of(cls, commission: Commission) -> Content:
        """Return what a commission says now."""
        return cls(**{field.name: getattr(commission, field.name) for field in fields(cls)})

    def write_to(self, commission: Commission) -> list[str]:
        """Copy it to a commission and return the names of the fields that changed."""
        changed = []
        for field in fields(self):
            if getattr(commission, field.name) != getattr(self, field.name):
                setattr(commission, field.name, getattr(self, field.name))
                changed.append(field.name)
        return changed


@dataclass(frozen=True)
class Ask:
    """One unit that is asked, with its part."""

    unit_id: int
    lead: bool = False
    part: str = ""
    phoned_to: str = ""


def check_content(content: Content) -> None:
    """Refuse what no commission may say, draft or sent.

    Raises:
        Refused: names the field.
    """
    for name, (longest, label) in _LIMITS.items():
        if len(getattr(content, name)) > longest:
            raise Refused(
                _("“%(label)s”不能超过%(max)s字，请缩短。") % {"label": label, "max": longest}
            )
    if not content.title.strip():
        raise Refused(_("请填写题目。"))
    if content.origin not in Origin.values:
        raise Refused(_("请选择来源：上级或本级。"))
    if content.origin == Origin.SUPERIOR and not content.superior.strip():
        raise Refused(_("来源是上级的，请填写上级单位。"))
    if content.due_days is not None and not 1 <= content.due_days <= DAYS_MAX:
        raise Refused(_("期限请填1到%(max)s个工作日。") % {"max": DAYS_MAX})
    if content.due_days is not None and content.due_at is not None:
        raise Refused(_("期限填工作日数或截止时间，只填一项。"))


def check_asks(asks: Sequence[Ask]) -> None:
    """Refuse a list of units that cannot be asked together.

    Raises:
        Refused: twice the same, closed, two leads, too many, or too long a part.
    """
    ids = [ask.unit_id for ask in asks]
    if len(ids) != len(set(ids)):
        raise Refused(_("同一单位只能选一次。"))
    if len(ids) > UNITS_MAX:
        raise Refused(_("一次最多约%(max)s个单位。") % {"max": UNITS_MAX})
    if sum(ask.lead for ask in asks) > 1:
        raise Refused(_("只能有一个牵头单位。"))
    if any(len(ask.part) > WORDS_MAX for ask in asks):
        raise Refused(_("分工不能超过%(max)s字，请缩短。") % {"max": WORDS_MAX})
    if any(len(ask.phoned_to) > PHONE_MAX for ask in asks):
        raise Refused(_("接电话的人不能超过%(max)s字。") % {"max": PHONE_MAX})
    known = Unit.objects.filter(pk__in=ids)
    active = set(known.active_on(timezone.localdate()).values_list("pk", flat=True))
    closed = [unit.name for unit in known if unit.pk not in active]
    if closed:
        raise Refused(
            _("%(units)s已停用，不能约稿，请改选其他单位。") % {"units": "、".join(closed)}
        )
    if len(known) != len(ids):
        raise Refused(_("有的单位不存在，请刷新页面重新选择。"))


def check_due(content: Content, now: datetime, *, may_be_over: bool = False) -> None:
    """Refuse a commission without a deadline, or with one that nobody can keep.

    Raises:
        Refused: none, past, or too far away.
    """
    if content.due_at is None and content.due_days is None:
        raise Refused(_("请填写截止时间（日期和钟点），或几个工作日。"))
    if content.due_at is None or may_be_over:
        return
    fault = fault_of(content.due_at, now)
    if fault:
        raise Refused(fault)


def doubts(content: Content, asks: Sequence[Ask]) -> Iterator[str]:
    """Yield what an editor should look at once more before it is sent."""
    if content.due_at is not None:
        found = list(doubts_of(content.due_at, calendar(), content.superior_due_at))
        if found:
            yield _("截止时间%(why)s") % {"why": "，".join(found)}
    empty = [ask.unit_id for ask in asks if not officers_of(ask.unit_id)]
    nobody = [pk for pk in empty if not signatories_of(pk)]
    if nobody:
        names = Unit.objects.filter(pk__in=nobody).values_list("name", flat=True)
        yield _("%(units)s没有信息员和审签人，没有人能签收") % {"units": "、".join(names)}
