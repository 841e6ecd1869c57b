"""Units, groups by year, people and the posts they hold.

Facts with dates: who held which post when stays readable after every change of staff.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.auth.models import AbstractUser, Group
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .models_handover import HandOver, HandOverLine
from .roles import Role

__all__ = ["HandOver", "HandOverLine"]

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

EARLIEST_DATE = date(1949, 10, 1)


def plausible_date(value: date) -> None:
    """Refuse dates before 1949-10-01: always a slip of the keyboard here."""
    if value < EARLIEST_DATE:
        raise ValidationError(_("日期不能早于1949年10月1日，请检查年份。"), code="too_early")


class UserManager(DjangoUserManager["User"]):
    """Users by 工号; no e-mail is needed."""


class User(AbstractUser):
    """A person with an account. 姓名 in one field, as Chinese forms have it."""

    name = models.CharField(_("姓名"), max_length=50)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    must_change_password = models.BooleanField(
        _("须修改密码"), default=False, help_text=_("首次登录须先修改一次性密码")
    )
    is_demo = models.BooleanField(_("演示账号"), default=False, editable=False)
    # One more ends every open session of this person at its next request.
    session_round = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    history = HistoricalRecords(excluded_fields=["password", "last_login", "session_round"])

    last_name = None  # type: ignore[assignment]

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def first_name(self) -> str:  # type: ignore[override]
        """What the side bar of Wagtail's admin calls a person: no field of ours."""
        return self.name

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Differs from Django: the round counts beside the password, so that sessions can be
        ended without reading them all, and nobody's password has to change for it."""
        value = f"{self.session_round}:{self.password}"
        salt = "infoflow.units.User.session"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class UnitKind(models.TextChoices):
    COUNTY = "county", _("县（市、区）")
    TOWN = "town", _("乡镇")
    STREET = "street", _("街道")
    DEPARTMENT = "department", _("部门")
    COMPANY = "company", _("企业")
    DIRECT = "direct", _("直报点")


class UnitQuerySet(models.QuerySet["Unit"]):
    def active_on(self, day: date) -> Self:
        """Units that exist on a day (both ends included)."""
        return self.filter(
            Q(active_from__isnull=True) | Q(active_from__lte=day),
            Q(active_until__isnull=True) | Q(active_until__gte=day),
        )

    def active_between(self, start: date, end: date) -> Self:
        """Units that existed on at least one day of a period (both ends included)."""
        return self.filter(
            Q(active_from__isnull=True) | Q(active_from__lte=end),
            Q(active_until__isnull=True) | Q(active_until__gte=start),
        )

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Units whose name and membership a person may see; office roles see all."""
        from .permissions import sees_all_units, unit_ids_of

        if sees_all_units(user):
            return self
        return self.filter(pk__in=unit_ids_of(user))

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Units that a person may change: system administrators all, others none."""
        from .permissions import has_role

        return self if has_role(user, Role.SYSTEM_ADMIN) else self.none()


class Unit(models.Model):  # type: ignore[django-manager-missing]
    """报送单位. Units form a tree; a 直报点 lies in the county that is its parent."""

    code = models.CharField(_("单位代码"), max_length=30, unique=True)
    name = models.CharField(_("单位名称"), max_length=100)
    kind = models.CharField(_("类别"), max_length=20, choices=UnitKind.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    order = models.PositiveIntegerField(_("排序"), default=100)
    active_from = models.DateField(
        _("启用日期"), null=True, blank=True, validators=[plausible_date]
    )
    active_until = models.DateField(
        _("停用日期"), null=True, blank=True, validators=[plausible_date]
    )
    group = models.OneToOneField(
        Group,
        verbose_name=_("权限组"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="unit",
    )

    objects = UnitQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("报送单位")
        verbose_name_plural = _("报送单位")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.active_from and self.active_until and self.active_until < self.active_from:
            raise ValidationError({"active_until": _("停用日期不能早于启用日期。")})
        seen = {self.pk} if self.pk else set()
        above = self.parent
        while above is not None:
            if above.pk in seen:
                raise ValidationError({"parent": _("上级单位不能是本单位或其下级。")})
            seen.add(above.pk)
            above = above.parent


class UnitGroup(models.Model):
    """考核分组: units that are ranked with one another. Membership changes by year."""

    name = models.CharField(_("分组名称"), max_length=50, unique=True)
    order = models.PositiveIntegerField(_("排序"), default=100)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("考核分组")
        verbose_name_plural = _("考核分组")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class GroupMembership(models.Model):
    """A unit belongs to one group in one year."""

    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="memberships"
    )
    group = models.ForeignKey(
        UnitGroup, verbose_name=_("分组"), on_delete=models.PROTECT, related_name="memberships"
    )
    year = models.PositiveIntegerField(
        _("年度"), validators=[MinValueValidator(1949), MaxValueValidator(2100)]
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("年度分组")
        verbose_name_plural = _("年度分组")
        ordering = ["-year", "group__order", "unit__order", "unit__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year"],
                name="one_group_per_year",
                violation_error_message=_("该单位本年度已有分组，请先修改原分组。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.group} {self.unit}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force_on(self, day: date) -> Self:
        """Appointments in force on a day (both ends included)."""
        return self.not_over_on(day).filter(since__lte=day, user__is_active=True)

    def not_over_on(self, day: date) -> Self:
        """Appointments in force on a day or later. One that was ended at a moment (hand-over)
        is over on the day of that moment already."""
        next_day = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
        return self.filter(
            Q(until__isnull=True) | Q(until__gte=day),
            Q(ended_at__isnull=True) | Q(ended_at__gte=next_day),
        )


class Appointment(models.Model):
    """A person's post in a unit, with its dates."""

    role: Role

    unit = models.ForeignKey(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="%(class)ss"
    )
    user = models.ForeignKey(
        User, verbose_name=_("人员"), on_delete=models.PROTECT, related_name="%(class)s_posts"
    )
    since = models.DateField(_("任职起"), validators=[plausible_date])
    until = models.DateField(_("任职止"), null=True, blank=True, validators=[plausible_date])
    # Ended within its last day: the rights are gone from this moment on.
    ended_at = models.DateTimeField(_("移交时间"), null=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        abstract = True

    def clean(self) -> None:
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": _("任职止不能早于任职起。")})


class Officer(Appointment):
    """信息员: writes and submits for the unit; A/B 角 = first and deputy."""

    role = Role.OFFICER

    class Post(models.TextChoices):
        FULL_TIME = "full", _("专职")
        PART_TIME = "part", _("兼职")

    class Rank(models.TextChoices):
        FIRST = "first", _("A角")
        DEPUTY = "deputy", _("B角")

    post = models.CharField(_("岗位"), max_length=10, choices=Post.choices, default=Post.PART_TIME)
    rank = models.CharField(_("角色"), max_length=10, choices=Rank.choices, default=Rank.FIRST)
    # The person has put the card of the first week away.
    welcomed_at = models.DateTimeField(null=True, editable=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("信息员任职")
        verbose_name_plural = _("信息员任职")
        ordering = ["unit__order", "unit__code", "rank", "pk"]

    def __str__(self) -> str:
        return f"{self.unit} {self.user}"


class Signatory(Appointment):
    """审签人: the unit's leader who signs an item before it leaves the unit."""

    role = Role.SIGNATORY

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("审签人任职")
        verbose_name_plural = _("审签人任职")
        ordering = ["unit__order", "unit__code", "pk"]

    def __str__(self) -> str:
        return f"{self.unit} {self.user}"
