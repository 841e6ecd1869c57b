"""A scheme from a file or from a preset, as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cms.bulletins.actions import create_bulletin
from cms.review.actions import Refused
from cms.scanning import door
from cms.scanning.rules import Entrance
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .exchange import SchemeFileError, missing_bulletins, read_scheme
from .models import Scheme

if TYPE_CHECKING:
    from infoflow.units.models import User


@door.guarded(Entrance.SCHEME)
@transaction.atomic
def import_scheme(
    *, data: Mapping[str, Any], create_bulletins: bool = False, person: User | None = None
) -> Scheme:
    """Store the scheme of a file as a draft; one of the same name becomes its next version.

    Args:
        data: the file's plain data (docs/scheme-format.md).
        create_bulletins: also create the superiors' bulletins that it lists and we lack.
        person: None for the system itself (a command on the server).

    Raises:
        Refused: not a scorer.
        SchemeFileError: with the path and message of everything wrong; nothing is stored.
    """
    if person is not None and not has_role(person, Role.SCORER):
        raise Refused(_("只有计分员可以导入计分办法。"))
    Scheme.objects.lock_all()
    if create_bulletins:
        for bulletin in missing_bulletins(data):
            create_bulletin(name=bulletin.name, level=bulletin.level)
    scheme = read_scheme(data)
    last = Scheme.objects.filter(name=scheme.name).aggregate(last=Max("version"))["last"]
    scheme.version = (last or 0) + 1
    scheme.save()
    scheme.save_revision(user=person)
    return scheme


__all__ = ["SchemeFileError", "import_scheme", "missing_bulletins"]
