"""`manage.py check` is red while the gate does not stand."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError

from infoflow.notices.health import Finding, State


@register()
def gate_stands(**kwargs: Any) -> list[CheckMessage]:
    """Report triggers of the gate that are missing from the database."""
    from . import gate

    try:
        missing = gate.missing_triggers()
    except DatabaseError as error:
        return [
            CheckWarning(f"无法连接数据库，未能检查发布闸门：{error}".strip(), id="review.W001")
        ]
    if missing:
        return [
            Error(
                f"发布闸门缺失：{'、'.join(missing)}。",
                hint="运行 manage.py install_gate 重建闸门，再运行 manage.py verify_gate 核对。",
                id="review.E001",
            )
        ]
    return []


def gate_look() -> Finding:
    """Tell the health page whether the gate stands."""
    from . import gate

    missing = gate.missing_triggers()
    if not missing:
        return Finding()
    return Finding(
        State.BAD,
        f"发布闸门缺失：{'、'.join(missing)}。请运行 manage.py install_gate 重建，"
        "再运行 manage.py verify_gate 核对。",
    )
