"""A page as plain Wagtail would have it: the floor of the life-cycle measurement."""

from django.db import models
from wagtail.models import Page


class PlainReport(Page):
    """The same fields as an item, with nothing of ours around them."""

    form = models.CharField(max_length=20, default="news")
    body = models.TextField(blank=True)
    contact = models.CharField(max_length=60, blank=True)

    class Meta:
        app_label = "plain"
