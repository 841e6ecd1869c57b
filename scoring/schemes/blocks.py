"""Blocks that a scorer writes a scheme from; each becomes a clause of the engine."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class SchemeBlocks(blocks.StreamBlock):
    """All block types, in no order: the order in a scheme is the order of application."""

    points_table = blocks.StructBlock([("clause", blocks.CharBlock(label=_("条款")))])
