"""The card of an officer's first week: what to do first, told from what has happened.

Nothing is stored but that it was put away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Revision

from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from infoflow.units.models import HandOver, Officer, Signatory, User
from infoflow.units.roles import Role

from .models import ItemPage

if TYPE_CHECKING:
    from infoflow.units.models import Unit

SHOWN_FOR = timedelta(days=7)
CONTACTS_MAX = 3


@dataclass(frozen=True)
class WelcomeStep:
    """One thing to do, and whether it has happened."""

    label: str
    done: bool
    hint: str = ""


@dataclass(frozen=True)
class Welcome:
    """What the card shows of one new post."""

    post: Officer
    steps: list[WelcomeStep]
    signatories: list[str]
    # Name and telephone of the office's editors.
    contacts: list[tuple[str, str]] = field(default_factory=list)
    taken_over: HandOver | None = None

    @property
    def finished(self) -> bool:
        return all(step.done for step in self.steps)


def new_post(user: User, today: date) -> Officer | None:
    """Return the officer's post that began within the last week and was not put away."""
    return (
        Officer.objects.in_force_on(today)
        .filter(user=user, since__gt=today - SHOWN_FOR, welcomed_at=None)
        .select_related("unit")
        .order_by("-since", "-pk")
        .first()
    )


def welcome_for(user: User) -> Welcome | None:
    """Return the card for a person, or None when there is nothing (left) to show."""
    today = timezone.localdate()
    post = new_post(user, today)
    if post is None:
        return None
    unit = post.unit
    card = Welcome(
        post=post,
        steps=_steps(user, unit),
        signatories=_names_of_signatories(unit, today),
        contacts=_contacts(),
        taken_over=HandOver.objects.filter(
            unit=unit, successor=user, role=Role.OFFICER.value
        ).first(),
    )
    return None if card.finished else card


def _steps(user: User, unit: Unit) -> list[WelcomeStep]:
    items = ItemPage.objects.filter(unit=unit)
    written = Revision.page_revisions.filter(user=user).values_list("object_id", flat=True)
    sent = Decision.objects.filter(
        person=user, verdict=Verdict.SUBMIT, page_id__in=items.values("pk")
    )
    answered = Decision.objects.filter(page_id__in=sent.values("page_id")).exclude(step=Step.SUBMIT)
    wrote = items.filter(pk__in=[int(pk) for pk in written]).exists()
    return [
        WelcomeStep(_("改掉一次性密码"), not user.must_change_password),
        WelcomeStep(_("写第一篇稿件，存成草稿"), wrote, _("点“写稿”，也可以从 Word 导入")),
        WelcomeStep(_("提交给本单位审签人"), sent.exists(), _("审签之前可以撤回修改")),
        WelcomeStep(
            _("看第一次审签或审核的意见"),
            answered.exists(),
            _("退改的稿件在首页“退回修改”里，写着谁退的、为什么"),
        ),
    ]


def _names_of_signatories(unit: Unit, today: date) -> list[str]:
    posts = Signatory.objects.in_force_on(today).filter(unit=unit).select_related("user")
    return [str(post.user) for post in posts]


def _contacts() -> list[tuple[str, str]]:
    editors = User.objects.filter(
        groups__name=Role.EDITOR, is_active=True, is_superuser=False
    ).order_by("pk")
    return [(editor.name, editor.phone) for editor in editors[:CONTACTS_MAX]]


def put_away(*, post_id: int, person: User) -> bool:
    """Put the card of an own post away; tell whether it was shown. A second time changes
    nothing."""
    posts = Officer.objects.filter(pk=post_id, user=person, welcomed_at=None)
    return bool(posts.update(welcomed_at=timezone.now()))
