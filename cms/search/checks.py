"""`manage.py check` is red while the search index does not follow the texts."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError


@register()
def index_stands(**kwargs: Any) -> list[CheckMessage]:
    """Report parts of the search index that are missing from the database."""
    from . import fts

    try:
        missing = fts.missing()
    except DatabaseError:
        # cms.review.checks tells that there is no database.
        return []
    if missing:
        return [
            Error(
                f"检索索引缺失：{'、'.join(missing)}。",
                hint="运行 manage.py rebuild_search 重建检索索引。",
                id="search.E001",
            )
        ]
    return []
