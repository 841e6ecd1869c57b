"""Form of an issue in the page editor: entries are edited as plain text."""

from __future__ import annotations

from wagtail.admin.forms import WagtailAdminPageForm


class IssueForm(WagtailAdminPageForm):
    """Page form of an issue."""
