"""The issue editor: Wagtail's, without asking the same things over and over.

Stock it takes 23 queries for a page without entries and three more for each entry.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.editing_sessions import EditingSessionsModule
from wagtail.admin.ui.side_panels import PageStatusSidePanel, StatusSidePanel
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import COMMENTS_RELATION_NAME, Page, get_default_page_content_type

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


class IssueEditView(EditView):
    """Differs from core: what the record of the page already knows is handed to the text that
    is edited, which is built from the record itself."""

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
        return page

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
        """Differs from core: old sessions are deleted when there are any, not always."""
        if EditingSession.objects.stale().exists():
            EditingSession.cleanup()
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
