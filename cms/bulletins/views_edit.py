"""The issue editor: Wagtail's, without asking the same things over and over.

Stock it takes 23 queries for a page without entries and three more for each entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.models import EditingSession
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.editing_sessions import EditingSessionsModule
from wagtail.admin.ui.side_panels import PageStatusSidePanel, StatusSidePanel
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import (
    COMMENTS_RELATION_NAME,
    Page,
    WorkflowState,
    get_default_page_content_type,
)

from cms.review.models import Decision, GatedPermissionTester
from cms.review.queries import road_of
from cms.review.rules import REASONED_VERDICTS

from .models import IssuePage


class IssueStatusPanel(PageStatusSidePanel):
    """Differs from core: tells neither references (issues are in no reference index) nor who
    may read the page on the site (nobody changes that, `GatedPermissionTester`)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usage_url = None

    def get_status_templates(self, context: dict[str, Any]) -> list[str]:
        templates: list[str] = StatusSidePanel.get_status_templates(self, context)
        return templates


class OneLookTester(GatedPermissionTester):
    """The permissions of one person while one page is shown: asked for once."""

    def __init__(self, user: Any, page: IssuePage, road: Sequence[Decision]) -> None:
        super().__init__(user, page)
        self.road = road

    @cached_property
    def _edits(self) -> bool:
        return super().can_edit()

    def can_edit(self) -> bool:
        return self._edits


class IssueEditView(EditView):
    """Differs from core: what the record of the page already knows is handed to the text that
    is edited, which is built from the record itself."""

    @cached_property
    def road(self) -> list[Decision]:
        """The decisions on the issue, oldest first."""
        return list(road_of(self.real_page_record))

    def get_object(self) -> Page:
        record = self.real_page_record
        revision = record.get_latest_revision()
        if revision is None or not record.has_unpublished_changes:
            page = record.specific
        else:
            # There are none (WAGTAILADMIN_COMMENTS_ENABLED); in memory only, never saved.
            setattr(record, COMMENTS_RELATION_NAME, [])
            page = record.with_content_json(revision.content)
        if revision is not None:
            if revision.user_id == self.request.user.pk:
                revision.user = self.request.user
            page.latest_revision = revision
        page.scheduled_revision = self.scheduled_revision
        page._cached_parent_obj = record.get_parent()
        if self.request.method == "GET":
            # Whoever saves looks again.
            page._current_workflow_states = record._current_workflow_states
            tester = OneLookTester(self.request.user, page, self.road)
            page.permissions_for_user = lambda user: tester
        return page

    def get_template_names(self) -> list[str]:
        names: list[str] = super().get_template_names()
        return ["bulletins/edit.html" if n == "wagtailadmin/pages/edit.html" else n for n in names]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        EditingSession.cleanup()
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Differs from core: tells nothing of Wagtail's tasks, whose buttons nobody sees
        (`no_stock_actions`), but why the issue came back, in the reviewer's words."""
        if self.request.method == "GET":
            self.page._current_workflow_states = [
                state for state in self.page._current_workflow_states if not self._came_back(state)
            ]
        self.workflow_state = None
        self.workflow_tasks: list[Any] = []
        last = self.road[-1] if self.road else None
        self.page.decided = last is not None
        back = last is not None and last.verdict in REASONED_VERDICTS
        issues = {"url": reverse("bulletin_issues"), "label": _("期刊")}
        return super().get_context_data(
            **kwargs,
            came_back=last if back else None,
            issue_breadcrumbs=[issues, {"url": self.get_edit_url(), "label": self.page.title}],
        )

    @staticmethod
    def _came_back(state: WorkflowState) -> bool:
        return bool(state.status == WorkflowState.STATUS_NEEDS_CHANGES)

    def get_side_panels(self) -> MediaContainer:
        panel = IssueStatusPanel(
            self.page,
            self.request,
            show_schedule_publishing_toggle=self.form.show_schedule_publishing_toggle,
            live_object=self.real_page_record,
            scheduled_object=self.scheduled_page,
            locale=self.locale,
            translations=self.translations,
            parent_page=self.page.get_parent(),
        )
        return MediaContainer([panel])

    def get_editing_sessions(self) -> EditingSessionsModule:
        """Differs from core: old sessions are deleted by who saves, not by who looks."""
        session = EditingSession.objects.create(
            user=self.request.user,
            content_type=get_default_page_content_type(),
            object_id=self.page.pk,
            last_seen_at=timezone.now(),
        )
        place = (Page._meta.app_label, Page._meta.model_name, self.page.pk, session.pk)
        return EditingSessionsModule(
            session,
            reverse("wagtailadmin_editing_sessions:ping", args=place),
            reverse("wagtailadmin_editing_sessions:release", args=[session.pk]),
            [],
            self.page.latest_revision_id,
            self.latest_revision_created_at,
        )


class IssueViewSet(PageViewSet):
    """Wagtail's views of an issue, with our editor."""

    model = IssuePage
    edit_view_class = IssueEditView
