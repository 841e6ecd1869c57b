"""The base of every page that must be cleared. Records, queue and practice stand beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageManager, PagePermissionTester, Revision
from wagtail.query import PageQuerySet

from . import rules
from .permissions import why_not_write
from .practice import CommonReason, ReviewSettings
from .records import (
    AppendOnly,
    AppendOnlyError,
    AppendOnlyQuerySet,
    Clearance,
    ClearanceSheet,
    Decision,
    Seal,
)
from .rules import Part, QueueFacts
from .tasks import ClearTask, GateTask, IssueTask, RecheckTask, ScreenTask, SignTask
from .waiting import OpenTask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.contrib.auth.models import AnonymousUser
    from django.utils.safestring import SafeString

    from cms.scanning.rules import Finding
    from infoflow.units.models import Unit, User

    from .originals import Pair

__all__ = [
    "AppendOnly",
    "AppendOnlyError",
    "AppendOnlyQuerySet",
    "ClearTask",
    "Clearance",
    "ClearanceSheet",
    "CommonReason",
    "Decision",
    "GateTask",
    "GatedPage",
    "IssueTask",
    "OpenTask",
    "RecheckTask",
    "ReviewSettings",
    "ScreenTask",
    "Seal",
    "SignTask",
]


class GatedPageQuerySet(PageQuerySet):
    """Pages behind the gate; each model says in `visible_to` who may see which."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        raise TypeError(f"{self.model.__name__} must say who may see it")

    def editable_by(self, user: User | AnonymousUser) -> Self:
        raise TypeError(f"{self.model.__name__} must say who may edit it")


GatedPageManager = PageManager.from_queryset(GatedPageQuerySet)


class GatedPermissionTester(PagePermissionTester):
    """Differs from core: nobody publishes, unpublishes, moves, copies, locks, hides or schedules
    by hand, superusers included; a text that has left its writer cannot be deleted."""

    # The decisions on the text, when whoever asks has read them already.
    road: Sequence[Decision] | None = None

    def can_publish(self) -> bool:
        return False

    def can_publish_subpage(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_move_to(self, destination: Page) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_lock(self) -> bool:
        return False

    def can_unlock(self) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        return False

    def can_set_view_restrictions(self) -> bool:
        return False

    def can_submit_for_moderation(self) -> bool:
        return False

    def can_edit(self) -> bool:
        """Whoever signed, screened or reviewed a text does not write in it any more."""
        return (
            super().can_edit()
            and not self.page.workflow_in_progress
            and not self.page.live
            and why_not_write(self.page, self.user, self.road) is None
        )

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        if self.page.decided:
            return False
        if self.page.is_leaf() and not self.page.live and "change" in self._granted():
            # Core would ask the tree whether anything published lies below.
            return bool(self.user.is_active)
        return super().can_delete(ignore_bulk)

    def _granted(self) -> set[str]:
        """Return the kinds of page permission here; core asks superusers for none."""
        return getattr(self, "permissions", set())


class FolderPermissionTester(PagePermissionTester):
    """Differs from core: a folder of gated pages never offers "create and publish", and the
    system alone keeps folders, superusers included."""

    def can_edit(self) -> bool:
        return False

    def can_publish_subpage(self) -> bool:
        return False

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_move_to(self, destination: Page) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        return False


class FolderPage(Page):
    """A page that only holds others; readers are sent home."""

    is_creatable = False
    preview_modes: ClassVar[list[Any]] = []
    # Nobody looks for a folder, and nothing in it refers to anything: two fifths of the time
    # that a new unit took went into Wagtail's two indexes.
    search_fields: ClassVar[list[Any]] = []
    wagtail_reference_index_ignore = True

    class Meta:
        abstract = True

    def permissions_for_user(self, user: User | AnonymousUser) -> PagePermissionTester:
        return FolderPermissionTester(user, self)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404


class GatedPage(Page):
    """A page that goes live only with a clearance of exactly its text.

    A subclass says what readers see (`gate_content`, `render_text`), who plays a part
    beyond its own revisions (`earlier_acts`), and who may see it (its manager).
    """

    objects: ClassVar[Any] = GatedPageManager()

    exclude_fields_in_copy: ClassVar[list[str]] = []
    # Not in Wagtail's search and reference indexes: one table for all units' drafts, which
    # finds no Chinese and whose writers deadlock with one another on PostgreSQL.
    search_fields: ClassVar[list[Any]] = []
    wagtail_reference_index_ignore = True
    # A preview would show text that nobody has cleared in the dress of an issued one.
    preview_modes: ClassVar[list[Any]] = []
    # The part of somebody who wrote a revision of this page.
    author_part: ClassVar[Part] = Part.AUTHOR
    # An issuer must sign it after the clearance.
    needs_signature: ClassVar[bool] = False
    # Relations that a list of such texts shows (origin).
    queue_prefetch: ClassVar[tuple[str, ...]] = ()
    # What this type calls its forms, by code.
    form_labels: ClassVar[Mapping[str, Any]] = {}
    # What a clerk calls such a text, for messages.
    noun: ClassVar[Any] = _("稿件")

    class Meta:
        abstract = True

    @cached_property
    def decided(self) -> bool:
        """Whether anybody has decided on it: then it stays. Asked once for each object."""
        return Decision.objects.filter(page_id=self.pk).exists()

    def gate_content(self) -> dict[str, Any]:
        """Return everything that readers will see of this text, as plain data."""
        raise TypeError(f"{type(self).__name__} must say what its readers see")

    @classmethod
    def stored_gate_content(cls, content: dict[str, Any]) -> dict[str, Any]:
        """Return the same from a revision's stored content, without building the page.

        Building it costs ten queries, and the road looks at five revisions of every text.
        """
        raise TypeError(f"{cls.__name__} must say what its readers see")

    @classmethod
    def of_revision(cls, revision: Revision) -> Self:
        """Return the text in a revision, to be read and never saved; no query.

        `Revision.as_object` checks every relation and the place in the tree with eight.
        """
        page: Self = cls.from_serializable_data(revision.content, check_fks=False)
        page.pk = int(revision.object_id)
        page.content_type_id = revision.content_type_id
        return page

    @classmethod
    def digest_of(cls, revision: Revision) -> str:
        """Return the digest of the text in a revision."""
        return rules.digest(cls.stored_gate_content(revision.content))

    def text_parts(self) -> dict[str, str]:
        """Return the text as plain text by parts, for what scans and compares it."""
        raise TypeError(f"{type(self).__name__} must say what its parts are")

    @classmethod
    def stored_text_parts(cls, content: dict[str, Any]) -> dict[str, str]:
        """Return the same from a revision's stored content."""
        raise TypeError(f"{cls.__name__} must say what its parts are")

    def sheet_initial(self) -> dict[str, str]:
        """Return what the confidentiality form says about carrier, channel and audience."""
        return {"carrier": str(_("电子文稿")), "channel": "", "audience": ""}

    @cached_property
    def has_sheet(self) -> bool:
        """Whether there is a confidentiality form to print."""
        return ClearanceSheet.objects.filter(decision__page_id=self.pk).exists()

    def queue_facts(self) -> QueueFacts:
        """Return what a queue shows and filters by."""
        return QueueFacts()

    def render_text(self) -> SafeString:
        """Return the text as clean HTML."""
        raise TypeError(f"{type(self).__name__} must render its text")

    def render_marked(self, findings: Sequence[Finding]) -> SafeString:
        """Return the same with the scanner's findings in `text_parts` marked."""
        raise TypeError(f"{type(self).__name__} must show findings in its text")

    def digest(self) -> str:
        """Return the digest of the text that this object holds."""
        return rules.digest(self.gate_content())

    def earlier_acts(self) -> list[tuple[int, Part]]:
        """Return acts on the texts that this one is made of: (person id, part)."""
        return []

    def signing_unit(self) -> Unit | None:
        """Return the unit whose signatory signs this text, if any does."""
        return None

    def public_title(self) -> str:
        """Return the title for people who may see this text."""
        return self.title

    def origin(self) -> str:
        """Return where the text comes from, for lists."""
        return ""

    def originals(self) -> list[Pair]:
        """Return the entries of a composed text beside the texts they were made from."""
        return []

    def about(self) -> list[tuple[Any, str]]:
        """Return what a reviewer must know beside the text: (label, value)."""
        return []

    def is_readable(self) -> bool:
        """Tell whether the live text is exactly one that was cleared. Show nothing else."""
        if not self.live or self.live_revision_id is None:
            return False
        return Clearance.objects.filter(
            page_id=self.pk, revision_id=self.live_revision_id, digest=self.digest()
        ).exists()

    def permissions_for_user(self, user: User | AnonymousUser) -> PagePermissionTester:
        return GatedPermissionTester(user, self)

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Publish a cleared revision; every other one is refused before anything is written.

        Raises:
            NotCleared: this revision's text has no clearance.
        """
        from .gate import NotCleared, clearance_of

        if clearance_of(self, revision) is None:
            raise NotCleared
        return super().publish(revision, *args, **kwargs)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer only those who may see this page; everybody else gets 404."""
        from .views_reading import serve_gated

        return serve_gated(request, self)
