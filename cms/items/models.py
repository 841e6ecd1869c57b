"""Pages of the library: unit folder, year folder, item."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import PageManager

from cms.attachments import rules as attachments
from cms.review import rules
from cms.review.models import Decision, FolderPage, GatedPage, GatedPageQuerySet, OpenTask
from cms.review.rules import FINAL_VERDICTS, Part, QueueFacts, Step, Verdict
from infoflow.units.models import Unit
from infoflow.units.permissions import unit_ids_of, works_in_office
from infoflow.units.roles import Role

from . import marking, text
from .models_desk import AutoSave, JointAnswer, JointUnit
from .rules import TITLE_MAX, ItemForm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import AnonymousUser

    from cms.scanning.rules import Finding
    from infoflow.units.models import User

__all__ = ["AutoSave", "ItemPage", "JointAnswer", "JointUnit", "UnitFolder", "YearFolder"]


class HomePage(FolderPage):
    """Root of everything that is shown."""

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["items.LibraryPage", "bulletins.ShelfPage"]

    class Meta:
        verbose_name = _("首页")


class LibraryPage(FolderPage):
    """稿件库: one folder for each unit."""

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["items.HomePage"]
    subpage_types: ClassVar[list[str]] = ["items.UnitFolder"]

    class Meta:
        verbose_name = _("稿件库")


class UnitFolder(FolderPage):
    """Folder of one unit; its group may add items below."""

    unit = models.OneToOneField(
        Unit, verbose_name=_("单位"), on_delete=models.PROTECT, related_name="folder"
    )

    parent_page_types: ClassVar[list[str]] = ["items.LibraryPage"]
    subpage_types: ClassVar[list[str]] = ["items.YearFolder"]

    class Meta:
        verbose_name = _("单位文件夹")


class YearFolder(FolderPage):
    """A unit's items of one year: keeps every folder small."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="year_folders")
    year = models.PositiveIntegerField(_("年度"))

    parent_page_types: ClassVar[list[str]] = ["items.UnitFolder"]
    subpage_types: ClassVar[list[str]] = ["items.ItemPage"]

    class Meta:
        verbose_name = _("年度文件夹")
        constraints = [models.UniqueConstraint(fields=["unit", "year"], name="one_folder_per_year")]


def has_left_unit(prefix: str = "") -> Exists:
    """Return the condition "the unit's signatory has signed it" for an item queryset."""
    return Exists(
        Decision.objects.filter(
            page_id=OuterRef(f"{prefix}pk"), step=Step.SIGN, verdict=Verdict.PASS
        )
    )


class ItemQuerySet(GatedPageQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Items a person may see: their units' all, those they were asked to join in, and for
        the office those that have left a unit."""
        ids = unit_ids_of(user)
        joint = JointUnit.objects.standing().filter(unit_id__in=ids).values("item_id")
        own = Q(unit_id__in=ids) | Q(pk__in=joint)
        if works_in_office(user):
            # What is live has left its unit; asking first spares a look at its decisions.
            return self.filter(Q(live=True) | own | has_left_unit())
        return self.filter(own)

    def editable_by(self, user: User | AnonymousUser) -> Self:
        """Items an officer may still change: own unit's, not under review, not ended."""
        return (
            self.filter(unit_id__in=unit_ids_of(user, Role.OFFICER), live=False)
            .exclude(pk__in=OpenTask.objects.values("page_id"))
            .not_ended()
        )

    def not_ended(self) -> Self:
        """Leave out items whose newest decision closed or refused them."""
        newest = Decision.objects.filter(page_id=OuterRef("pk")).order_by("-pk")
        return self.alias(newest_verdict=Subquery(newest.values("verdict")[:1])).filter(
            Q(newest_verdict__isnull=True) | ~Q(newest_verdict__in=list(FINAL_VERDICTS))
        )

    def in_pool(self) -> Self:
        """Items that went through the gate (备用稿库)."""
        return self.filter(live=True, live_revision=F("latest_revision"))


class ItemPage(GatedPage):
    """稿件: what a unit submits. Written at the desk, read by the office."""

    unit = models.ForeignKey(
        Unit,
        verbose_name=_("报送单位"),
        on_delete=models.PROTECT,
        related_name="items",
        editable=False,
    )
    form = models.CharField(
        _("形式"), max_length=20, choices=ItemForm.choices, default=ItemForm.NEWS
    )
    body = models.TextField(_("正文"), blank=True)
    contact = models.CharField(_("联系人及电话"), max_length=60, blank=True)
    signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("审签人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    keywords = models.CharField(_("关键词"), max_length=100, blank=True)
    # For the people who review it; readers never see it.
    note = models.TextField(_("给审核人员的说明"), max_length=500, blank=True)
    commission = models.CharField(
        _("所答约稿"), max_length=60, blank=True, help_text=_("约稿通知的编号或题目，没有可不填")
    )
    # Ids of the units that report it together with `unit`, in the order of their names.
    joint = models.JSONField(_("联合报送单位"), default=list, blank=True, editable=False)
    # Kept files of this text: [{"id", "name", "sha256", "size"}] in order.
    attachments = models.JSONField(_("附件"), default=list, blank=True, editable=False)
    # Key of the form that wrote it: the same form sent twice makes one item.
    form_key = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects: ClassVar[Any] = PageManager.from_queryset(ItemQuerySet)()

    is_creatable = False
    parent_page_types: ClassVar[list[str]] = ["items.YearFolder"]
    subpage_types: ClassVar[list[str]] = []
    exclude_fields_in_copy: ClassVar[list[str]] = ["form_key"]
    noun = _("稿件")
    queue_prefetch = ("unit",)
    form_labels = dict(ItemForm.choices)

    content_panels: ClassVar[list[Any]] = [
        FieldPanel("title"),
        MultiFieldPanel([FieldPanel("form"), FieldPanel("contact")], heading=_("稿件信息")),
        FieldPanel("body"),
    ]
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("稿件")
        verbose_name_plural = _("稿件")

    def clean(self) -> None:
        super().clean()
        if len(self.title) > TITLE_MAX:
            raise ValidationError({"title": _("标题不能超过%(max)s字。") % {"max": TITLE_MAX}})
        self.body = text.to_html(self.body)
        if not self.slug:  # type: ignore[has-type]
            self.slug = f"i{uuid.uuid4().hex[:16]}"

    def gate_content(self) -> dict[str, Any]:
        return {
            "type": "item",
            "title": self.title,
            "form": self.form,
            "unit": self.unit_id,
            "joint": self.joint,
            "body": self.body,
            # A text without files keeps the digest that it had before there were any.
            **({"attachments": self.attachments} if self.attachments else {}),
        }

    @classmethod
    def stored_gate_content(cls, content: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "item",
            **{key: content[key] for key in ("title", "form", "unit", "body")},
            # Revisions from before joint reports have none.
            "joint": content.get("joint", []),
            **({"attachments": content["attachments"]} if content.get("attachments") else {}),
        }

    def joint_digest(self) -> str:
        """Return the digest that joint units agree to: the text, whoever else joins in."""
        return rules.digest({**self.gate_content(), "joint": None})

    def joint_names(self) -> str:
        """Return the joint units' names in order; empty for an item of one unit."""
        if not self.joint:
            return ""
        names = dict(Unit.objects.filter(pk__in=self.joint).values_list("pk", "name"))
        return "、".join(names[pk] for pk in self.joint if pk in names)

    def text_parts(self) -> dict[str, str]:
        return self._parts({name: getattr(self, name) for name in self._PARTS}, self.attachments)

    @classmethod
    def stored_text_parts(cls, content: dict[str, Any]) -> dict[str, str]:
        stored = {name: content.get(name, "") for name in cls._PARTS}
        return cls._parts(stored, content.get("attachments") or [])

    _PARTS: ClassVar[tuple[str, ...]] = (
        "title",
        "body",
        "contact",
        "keywords",
        "note",
        "commission",
    )

    @staticmethod
    def _parts(stored: dict[str, str], files: list[dict[str, Any]]) -> dict[str, str]:
        parts = {**stored, "body": text.to_text(stored["body"])}
        return {**parts, "attachments": attachments.as_text(files)} if files else parts

    def sheet_initial(self) -> dict[str, str]:
        return {
            **super().sheet_initial(),
            "channel": str(_("内部信息刊物")),
            "audience": str(_("本级领导及有关部门")),
        }

    def queue_facts(self) -> QueueFacts:
        return QueueFacts(unit_id=self.unit_id, form=self.form)

    def render_text(self) -> SafeString:
        """Return the body; stored clean, cleaned again because anything may write a row."""
        return mark_safe(text.to_html(self.body) if self.body else "")  # noqa: S308

    def render_marked(self, findings: Sequence[Finding]) -> SafeString:
        return marking.render_marked(self.body, marking.of_part(findings, "body"))

    def earlier_acts(self) -> list[tuple[int, Part]]:
        """Who spoke for a joint unit has signed for a unit."""
        if not self.joint:
            return []
        spoke = JointAnswer.objects.filter(joint__item_id=self.pk).values_list("person", flat=True)
        return [(person, Part.SIGNATORY) for person in spoke]

    def signing_unit(self) -> Unit:
        return self.unit

    def origin(self) -> str:
        return self.unit.name

    def about(self) -> list[tuple[Any, str]]:
        people = get_user_model()._default_manager.in_bulk(
            [pk for pk in (self.owner_id, self.signatory_id) if pk]
        )
        return [
            (_("报送单位"), str(self.unit)),
            *([(_("联合报送单位"), self.joint_names())] if self.joint else []),
            (_("形式"), self.get_form_display()),
            (_("撰稿"), str(people.get(self.owner_id, ""))),
            (_("联系人及电话"), self.contact),
            (_("审签人"), str(people.get(self.signatory_id, ""))),
            (_("字数"), str(text.length(self.body))),
            (_("关键词"), self.keywords),
            (_("所答约稿"), self.commission),
            (_("给审核人员的说明"), self.note),
        ]
