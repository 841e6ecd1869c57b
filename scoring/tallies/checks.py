"""`manage.py check` is red while the tallies do not follow facts and entries."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db import DatabaseError

from infoflow.notices.health import Finding, State


@register()
def tallies_kept(**kwargs: Any) -> list[CheckMessage]:
    """Report triggers that are missing from the database."""
    from . import keeping

    try:
        missing = keeping.missing()
    except DatabaseError:
        # cms.review.checks tells that there is no database.
        return []
    if missing:
        return [
            Error(
                f"月度汇总不再更新，缺少：{'、'.join(missing)}。",
                hint="运行 manage.py tallies --rebuild 重建，排名才会正确。",
                id="tallies.E001",
            )
        ]
    return []


def tallies_look() -> Finding:
    """Tell the health page whether the tallies follow facts and entries."""
    from . import keeping

    missing = keeping.missing()
    if not missing:
        return Finding()
    return Finding(
        State.BAD,
        f"月度汇总不再更新，缺少：{'、'.join(missing)}。请运行 manage.py tallies --rebuild 重建。",
    )
