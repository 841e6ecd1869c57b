"""What was not delivered counts as 未报 when the days that the commission states are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.items.models import has_left_unit
from infoflow.notices.sweep import Outcome
from infoflow.units.models import Unit

from .ending import miss
from .models import Answer, AskedUnit, Commission, Extension, Unable
from .shared import locked_asked

SHARE = 100


def candidates(now: datetime) -> QuerySet[AskedUnit]:
    """Return asked units that count as 未报 by now, the oldest deadline first.

    Left out, and so left to a person: units that are closed, units that wait for the office's
    answer to a request, and commissions that state no days.
    """
    over = Q(pk__in=[])
    graces = Commission.objects.filter(grace_days__isnull=False).order_by()
    for days in graces.values_list("grace_days", flat=True).distinct():
        over |= Q(commission__grace_days=days, due_at__lt=now - timedelta(days=days or 0))
    mine = {"asked": OuterRef("pk")}
    answers = Answer.objects.filter(unlinked_at__isnull=True, **mine)
    return (
        AskedUnit.objects.standing()
        .filter(
            over,
            missed_at__isnull=True,
            nothing_at__isnull=True,
            unit__in=Unit.objects.active_on(timezone.localdate(now)).values("pk"),
        )
        .exclude(Exists(answers.filter(has_left_unit("item__"))))
        .exclude(Exists(Extension.objects.filter(replied_at__isnull=True, **mine)))
        .exclude(Exists(Unable.objects.filter(replied_at__isnull=True, **mine)))
        .order_by("due_at", "pk")
    )


def run(now: datetime, dry: bool) -> Outcome:
    """Mark what is over, a share at a time; it looks again under the lock, so twice is once."""
    ids = list(candidates(now).values_list("pk", flat=True)[: SHARE + 1])
    if dry:
        return Outcome(done=len(ids))
    done = 0
    for pk in ids[:SHARE]:
        with transaction.atomic():
            asked = locked_asked(pk)
            if not candidates(now).filter(pk=pk).exists():
                continue
            days = asked.commission.grace_days
            reason = _("截止后%(days)d天内没有报送") % {"days": days}
            miss(asked, reason=reason, person=None, now=timezone.now())
            done += 1
    return Outcome(done=done, more=len(ids) > SHARE)
