"""The banner of the demonstration set in Wagtail's admin."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks

from .context_processors import has_demo_data


@hooks.register("insert_global_admin_css")
def demo_banner() -> str:
    """Mark every page of the admin while demonstration accounts exist."""
    if not has_demo_data():
        return ""
    return format_html('<link rel="stylesheet" href="{}">', static("desk/admin_demo.css"))
