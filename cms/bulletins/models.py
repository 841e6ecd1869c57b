"""Bulletin series, their issues as pages, entries with their originals, issue numbers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Value
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from simple_history.models import HistoricalRecords
from wagtail.models import Orderable, PageManager, Revision

from cms.items import text
from cms.items.models import ItemPage, JointAnswer
from cms.review.actions import Refused
from cms.review.models import Decision, FolderPage, GatedPage, GatedPageQuerySet
from cms.review.rules import Part, Step, Verdict
from cms.review.sheet_rules import PLACE_MAX
from infoflow.units.permissions import reads_bulletins, works_in_office

from .forms import IssueForm
from .models_numbers import IssueNumber
from .panels import issue_panels
from .parts import in_order, parts_of, render_entries_marked

__all__ = ["IssueNumber"]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import AnonymousUser

    from cms.review.originals import Pair
    from cms.scanning.rules import Finding
    from infoflow.units.models import User


class Level(models.IntegerChoices):
    """Level that owns a bulletin."""

    TOWN = 0, _("乡镇级")
    COUNTY = 1, _("县级")
    CITY = 2, _("市级")
    PROVINCE = 3, _("省级")
    CENTRE = 4, _("中央")


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def own(self) -> Self:
        """Bulletins that this office issues itself."""
        return self.filter(own=True)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Names of bulletins are no secret to anybody with an account."""
        return self if user.is_authenticated else self.none()

    def editable_by(self, user: User | AnonymousUser) -> Self:
        from infoflow.units.permissions import has_role
        from infoflow.units.roles import Role

        return self if has_role(user, Role.EDITOR, Role.SCORER) else self.none()


class Bulletin(models.Model):  # type: ignore[django-manager-missing]
    """刊物: a series that carries items, our own or a superior's."""

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", _("普刊")
        SPECIAL = "special", _("专报")
        DAILY = "daily", _("每日要情")
        REFERENCE = "reference", _("参阅")
        INTERNET = "internet", _("互联网")
        WEBSITE = "website", _("网站")
        COMMISSION = "commission", _("约稿")
        OTHER = "other", _("其他")

    name = models.CharField(_("刊物名称"), max_length=60, unique=True)
    level = models.PositiveSmallIntegerField(_("级别"), choices=Level.choices)
    own = models.BooleanField(
        _("本级编发"), default=False, help_text=_("由本单位编发；不勾选为上级或其他单位的刊物")
    )
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices, default=Kind.ORDINARY)
    order = models.PositiveIntegerField(_("排序"), default=100)
    active = models.BooleanField(_("在用"), default=True)
    total_before = models.PositiveIntegerField(
        _("启用前总期数"), default=0, help_text=_("使用本系统之前已编发的总期数，总期号由此接续")
    )

    objects = BulletinQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("刊物")
        verbose_name_plural = _("刊物")
        ordering = ["level", "order", "name"]

    def __str__(self) -> str:
        return self.name


class ShelfPage(FolderPage):
    """刊物架: one folder for each of our own bulletins."""

    max_count = 1
    parent_page_types: ClassVar[list[str]] = ["items.HomePage"]
    subpage_types: ClassVar[list[str]] = ["bulletins.BulletinFolder"]

    class Meta:
        verbose_name = _("刊物架")


class BulletinFolder(FolderPage):
    """Folder that holds the issues of one bulletin."""

    bulletin = models.OneToOneField(Bulletin, on_delete=models.PROTECT, related_name="folder")

    parent_page_types: ClassVar[list[str]] = ["bulletins.ShelfPage"]
    subpage_types: ClassVar[list[str]] = ["bulletins.IssuePage"]

    class Meta:
        verbose_name = _("刊物文件夹")


class IssueQuerySet(GatedPageQuerySet):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Issues a person may see: reading roles the issued ones, the office all."""
        if works_in_office(user):
            return self
        if reads_bulletins(user):
            return self.filter(live=True)
        return self.none()

    def editable_by(self, user: User | AnonymousUser) -> Self:
        from infoflow.units.permissions import has_role
        from infoflow.units.roles import Role

        return self.filter(live=False) if has_role(user, Role.EDITOR) else self.none()


class IssuePage(GatedPage):
    """期: one number of a bulletin. Its number is given when it is signed."""

    bulletin = models.ForeignKey(
        Bulletin,
        verbose_name=_("刊物"),
        on_delete=models.PROTECT,
        related_name="issues",
        editable=False,
    )
    supplement = models.BooleanField(_("增刊"), default=False, help_text=_("增刊单独编号"))
    report_to = models.CharField(_("报"), max_length=200, blank=True)
    send_to = models.CharField(_("送"), max_length=200, blank=True)
    distribute_to = models.CharField(_("发"), max_length=200, blank=True)

    objects: ClassVar[Any] = PageManager.from_queryset(IssueQuerySet)()

    parent_page_types: ClassVar[list[str]] = ["bulletins.BulletinFolder"]
    subpage_types: ClassVar[list[str]] = []
    author_part = Part.EDITOR
    queue_prefetch = ("bulletin",)
    needs_signature = True
    noun = _("期刊")
    base_form_class = IssueForm
    content_panels: ClassVar[list[Any]] = issue_panels()
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("期刊")
        verbose_name_plural = _("期刊")

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:  # type: ignore[has-type]
            self.slug = f"n{uuid.uuid4().hex[:16]}"
        if not self.title:  # type: ignore[has-type]
            self.title = str(_("（未编号）"))
        super().full_clean(*args, **kwargs)

    @classmethod
    def from_serializable_data(
        cls, data: dict[str, Any], check_fks: bool = True, strict_fks: bool = False
    ) -> Self:
        """Build an issue from a revision's content.

        Differs from core: does not look whether the rows still stand that the entries point at
        (three queries for each). An item that was decided on cannot be deleted, nor can the
        bulletin of an issue.
        """
        page: Self = super().from_serializable_data(data, check_fks=False, strict_fks=strict_fks)
        return page

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; an issue made in the page editor takes the bulletin of its folder."""
        if self.bulletin_id is None:
            self.bulletin = BulletinFolder.objects.get(path=self.path[: -self.steplen]).bulletin
        super().save(*args, **kwargs)

    def gate_content(self) -> dict[str, Any]:
        return {
            "type": "issue",
            "bulletin": self.bulletin_id,
            "title": self.title,
            "supplement": self.supplement,
            "lists": [self.report_to, self.send_to, self.distribute_to],
            "entries": [entry.gate_content() for entry in self.entries.all()],
        }

    @classmethod
    def stored_gate_content(cls, content: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "issue",
            "bulletin": content["bulletin"],
            "title": content["title"],
            "supplement": content["supplement"],
            "lists": [content["report_to"], content["send_to"], content["distribute_to"]],
            "entries": [
                {
                    "title": entry["title"],
                    "body": entry["body"],
                    "items": [source["item"] for source in in_order(entry["sources"])],
                }
                for entry in in_order(content["entries"])
            ],
        }

    def sheet_initial(self) -> dict[str, str]:
        lists = "、".join(filter(None, (self.report_to, self.send_to, self.distribute_to)))
        return {
            **super().sheet_initial(),
            "channel": self.bulletin.name[:PLACE_MAX],
            "audience": lists[:PLACE_MAX],
        }

    def text_parts(self) -> dict[str, str]:
        return parts_of((entry.title, entry.body) for entry in self.entries.all())

    @classmethod
    def stored_text_parts(cls, content: dict[str, Any]) -> dict[str, str]:
        return parts_of((e["title"], e["body"]) for e in in_order(content["entries"]))

    def render_text(self) -> SafeString:
        return mark_safe(  # noqa: S308
            render_to_string("bulletins/_entries.html", {"entries": list(self.entries.all())})
        )

    def render_marked(self, findings: Sequence[Finding]) -> SafeString:
        entries = [(entry.title, entry.body) for entry in self.entries.all()]
        return render_entries_marked(entries, findings)

    def earlier_acts(self) -> list[tuple[int, Part]]:
        """Who wrote or signed the items that this issue is made of."""
        ids = [source.item_id for entry in self.entries.all() for source in entry.sources.all()]
        if not ids:
            return []
        writers = (
            Revision.objects.filter(
                object_id__in=[str(pk) for pk in ids], content_type__model="itempage"
            )
            .exclude(user=None)
            .order_by()
        )
        signers = Decision.objects.filter(page_id__in=ids, step=Step.SIGN, verdict=Verdict.PASS)
        # Who spoke for a joint unit has signed for it.
        partners = JointAnswer.objects.filter(joint__item_id__in=ids)
        wrote = writers.values_list("user_id", Value(Part.AUTHOR.value))
        signed = signers.order_by().values_list("person_id", Value(Part.SIGNATORY.value))
        spoke = partners.order_by().values_list("person_id", Value(Part.SIGNATORY.value))
        return [(person, Part(part)) for person, part in wrote.union(signed, spoke)]

    def origin(self) -> str:
        return self.bulletin.name

    def originals(self) -> list[Pair]:
        from .originals import pairs_of

        return pairs_of(self)

    def about(self) -> list[tuple[Any, str]]:
        return [
            (_("刊物"), str(self.bulletin)),
            (_("类别"), str(_("增刊") if self.supplement else _("正刊"))),
            (_("责任编辑"), str(self.owner or "")),
            (_("报"), self.report_to),
            (_("送"), self.send_to),
            (_("发"), self.distribute_to),
        ]

    def public_title(self) -> str:
        number = getattr(self, "number", None)
        return f"《{self.bulletin}》{number}" if number else self.title

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Give the number and go live: only for a signed issue.

        Raises:
            Refused: nobody has signed this revision.
            NotCleared: its text has no clearance.
        """
        from .actions import give_number

        signed = Decision.objects.filter(
            page_id=self.pk, revision=revision, step=Step.ISSUE, verdict=Verdict.PASS
        ).first()
        if signed is None:
            raise Refused(str(_("本期尚未签发，不能发布。请按“保密审查—签发”办理。")))
        with transaction.atomic():
            give_number(issue=self, signer=signed.person, signed_at=signed.at)
            return super().publish(revision, *args, **kwargs)


class IssueEntry(Orderable, ClusterableModel):
    """One piece of an issue: an item alone (单篇) or several merged (综合)."""

    class Mode(models.TextChoices):
        SINGLE = "single", _("单篇")
        MERGED = "merged", _("综合")

    page = ParentalKey(IssuePage, on_delete=models.CASCADE, related_name="entries")
    title = models.CharField(_("标题"), max_length=100)
    body = models.TextField(
        _("正文"),
        help_text=_("一行一段；以“一、”“（一）”开头的短行自动成为小标题；表格可从 Excel 直接粘贴"),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("条目")
        verbose_name_plural = _("条目")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        super().clean()
        self.body = text.to_html(self.body)
        if not self.body:
            raise ValidationError({"body": _("请填写正文。")})

    def items(self) -> list[ItemPage]:
        """The items that this entry was made from, in order."""
        return [source.item for source in self.sources.all()]

    @property
    def mode(self) -> str:
        return self.Mode.MERGED if len(self.sources.all()) > 1 else self.Mode.SINGLE

    def gate_content(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "body": self.body,
            "items": [source.item_id for source in self.sources.all()],
        }

    def render_text(self) -> SafeString:
        """Return the edited text, cleaned again because anything may write a row."""
        return mark_safe(text.to_html(self.body) if self.body else "")  # noqa: S308


class EntrySource(Orderable):
    """An item that an entry was made from; it can never be deleted after that."""

    entry = ParentalKey(IssueEntry, on_delete=models.CASCADE, related_name="sources")
    item = models.ForeignKey(
        ItemPage, verbose_name=_("原稿"), on_delete=models.PROTECT, related_name="entry_sources"
    )

    class Meta(Orderable.Meta):
        verbose_name = _("原稿")
        verbose_name_plural = _("原稿")
