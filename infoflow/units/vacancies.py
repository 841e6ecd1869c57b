"""缺员: units without an active officer or signatory, posts that end soon, unused accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from .models import Officer, Signatory, Unit, User

ENDS_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Vacancy:
    """A unit that lacks somebody."""

    unit: Unit
    officer: bool
    signatory: bool
    # Who was the last officer, and until when; empty when there never was one.
    last_officer: str = ""
    last_until: date | None = None

    @property
    def missing(self) -> str:
        names = [_("信息员")] * self.officer + [_("审签人")] * self.signatory
        return "、".join(names)


def _active(model: type[Officer] | type[Signatory], today: date) -> Exists:
    """Return the condition "somebody holds this post today and can log in".

    The post counts only with the role's group, as everywhere (permissions.unit_ids_of).
    """
    posts = model.objects.in_force_on(today).filter(
        unit_id=OuterRef("pk"), user__groups__name=model.role
    )
    return Exists(posts)


def vacant_units(today: date) -> list[Vacancy]:
    """Return the units of today that lack an officer or a signatory, in two queries."""
    units = list(
        Unit.objects.active_on(today)
        .annotate(has_officer=_active(Officer, today), has_signatory=_active(Signatory, today))
        .exclude(has_officer=True, has_signatory=True)
        .order_by("order", "code")
    )
    last: dict[int, Officer] = {}
    ended = Officer.objects.filter(unit__in=units).select_related("user").order_by("since", "pk")
    for post in ended:
        last[post.unit_id] = post
    return [
        Vacancy(
            unit=unit,
            officer=not unit.has_officer,
            signatory=not unit.has_signatory,
            last_officer=str(last[unit.pk].user) if unit.pk in last else "",
            last_until=last[unit.pk].until if unit.pk in last else None,
        )
        for unit in units
    ]


def ending_posts(today: date) -> list[Officer | Signatory]:
    """Return the posts that end within thirty days, the nearest first."""
    found: list[Officer | Signatory] = []
    for model in (Officer, Signatory):
        posts: Any = model.objects.in_force_on(today).filter(until__lte=today + ENDS_WITHIN)
        found += posts.select_related("unit", "user")
    return sorted(found, key=lambda post: (post.until or date.max, post.unit.order, post.pk))


def unused_accounts() -> QuerySet[User]:
    """Return the open accounts of which nobody has ever logged in, the oldest first."""
    return User.objects.filter(is_active=True, last_login__isnull=True).order_by(
        "date_joined", "pk"
    )


@dataclass(frozen=True)
class Table:
    """One table of the page and one sheet of the workbook."""

    title: str
    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]
    empty: str


def tables(today: date) -> Iterator[Table]:
    """Yield the three tables; every cell is text."""
    yield Table(
        _("缺员单位"),
        (_("单位"), _("单位代码"), _("类别"), _("缺少"), _("最近一任信息员"), _("任职止")),
        [
            (
                v.unit.name,
                v.unit.code,
                str(v.unit.get_kind_display()),
                v.missing,
                v.last_officer,
                v.last_until.isoformat() if v.last_until else "",
            )
            for v in vacant_units(today)
        ],
        _("各单位都有在任的信息员和审签人。"),
    )
    yield Table(
        _("30日内到期的任职"),
        (_("单位"), _("职务"), _("姓名"), _("任职止")),
        [
            (post.unit.name, str(post.role), str(post.user), str(post.until))
            for post in ending_posts(today)
        ],
        _("没有30日内到期的任职。"),
    )
    yield Table(
        _("从未登录的账号"),
        (_("姓名"), _("账号"), _("建立日期")),
        [(user.name, user.username, f"{user.date_joined:%Y-%m-%d}") for user in unused_accounts()],
        _("所有账号都登录过。"),
    )
