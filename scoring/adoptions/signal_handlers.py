"""What this room does when another room tells it something."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from wagtail.signals import page_published

from cms.bulletins.models import EntrySource, IssueNumber, IssuePage
from cms.items.models import ItemPage
from cms.review.models import Decision
from cms.review.rules import Step, Verdict
from cms.review.signals import decided

from .actions import record_facts
from .rules import (
    TITLE_MAX,
    AdoptionForm,
    FactKind,
    FactRow,
    Source,
    issue_adoption_key,
    submission_key,
)


@receiver(decided, sender=ItemPage)
def book_submission(page: ItemPage, decision: Decision, **kwargs: Any) -> None:
    """Book the submission when the unit has signed; once, whatever comes back later.

    Joint units have one line each, behind the lead unit. The date is the local date of the
    first signature.
    """
    if decision.step != Step.SIGN or decision.verdict != Verdict.PASS:
        return
    record_facts(
        [
            FactRow(
                kind=FactKind.SUBMISSION,
                date=timezone.localdate(decision.at),
                title=page.title[:TITLE_MAX],
                units=(page.unit_id, *page.joint),
                key=submission_key(page.pk),
                source=Source.ROAD,
                item=page.pk,
                genre=page.form,
            )
        ]
    )


@receiver(page_published, sender=IssuePage)
def book_adoptions(instance: IssuePage, **kwargs: Any) -> None:
    """Book one adoption for each item of a signed issue; a repetition books nothing."""
    number = IssueNumber.objects.get(issue_id=instance.pk)
    sources = list(
        EntrySource.objects.filter(entry__page_id=instance.pk)
        .order_by("entry__sort_order", "entry_id", "sort_order", "pk")
        .values_list(
            "entry_id", "item_id", "item__title", "item__form", "item__unit_id", "item__joint"
        )
    )
    sizes = Counter(entry for entry, *_rest in sources)
    record_facts(
        FactRow(
            kind=FactKind.ADOPTION,
            date=number.signed_on,
            title=title[:TITLE_MAX],
            units=(unit, *joint),
            key=issue_adoption_key(instance.pk, item),
            source=Source.ROAD,
            bulletin=number.bulletin_id,
            form=AdoptionForm.MERGED if sizes[entry] > 1 else AdoptionForm.SINGLE,
            issue_label=str(number),
            item=item,
            genre=genre,
        )
        for entry, item, title, genre, unit, joint in sources
    )
