"""The eleven roles. A role says what one may do; the unit says where (permissions.py)."""

from django.db import models


class Role(models.TextChoices):
    """Name of the role's group. Source: docs/glossary.md, domain rules on 三员分立."""

    OFFICER = "信息员", "信息员"
    SIGNATORY = "审签人", "审签人"
    EDITOR = "编辑", "编辑"
    REVIEWER = "保密审查员", "保密审查员"
    ISSUER = "签发人", "签发人"
    DUTY = "值班员", "值班员"
    SCORER = "计分员", "计分员"
    LEADER = "领导(阅览)", "领导(阅览)"
    SYSTEM_ADMIN = "系统管理员", "系统管理员"
    SECURITY_ADMIN = "安全管理员", "安全管理员"
    AUDITOR = "审计员", "审计员"


# Roles that hold for a unit; the others hold for the whole office.
UNIT_ROLES = frozenset({Role.OFFICER, Role.SIGNATORY})
# Roles whose holders read and handle what units have sent in.
OFFICE_ROLES = frozenset({Role.EDITOR, Role.REVIEWER, Role.ISSUER})
# Roles that work in Wagtail's admin. All others meet only the desk.
ADMIN_ROLES = frozenset(
    {
        Role.EDITOR,
        Role.REVIEWER,
        Role.ISSUER,
        Role.SCORER,
        Role.SYSTEM_ADMIN,
        Role.SECURITY_ADMIN,
        Role.AUDITOR,
    }
)
# Roles that may read issued bulletins.
READING_ROLES = frozenset(
    {Role.LEADER, Role.EDITOR, Role.REVIEWER, Role.ISSUER, Role.SCORER, Role.DUTY}
)
# 三员分立: the three administrators see no business text and hold no business role.
SEPARATE_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
