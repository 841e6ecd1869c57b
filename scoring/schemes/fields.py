"""The field of a scheme's clauses."""

from __future__ import annotations

from typing import Any

from wagtail.fields import StreamField


class ClausesField(StreamField):
    """Differs from core: migrations hold no block definitions, since blocks are code here and
    every new kind of clause would otherwise be a migration."""

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [[]], kwargs
