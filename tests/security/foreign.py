"""Query strings and a form that name unit B's objects. They hold no mark themselves."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from cms.attachments.models import Attachment

from .world import World, task_of


def queries(world: World) -> list[str]:
    """Return query strings that could make a page tell of unit B. They hold no mark themselves."""
    draft, folder = world.texts.draft.pk, world.folder().pk
    people = f"user={world.office.officer.pk}&owner={world.office.officer.pk}"
    found = [
        f"id={draft}&id={world.texts.signed.pk}&child_of={folder}&parent={folder}"
        f"&page_type=items.ItemPage&allow_higher_levels=1&unit={world.unit.pk}&{people}"
        f"&item={draft}&fact={world.fact.pk}&next=/items/{draft}/&removed=1"
        f"&joint={world.joint.pk}&handover={world.handover.pk}&leaver={world.office.officer.pk}"
        f"&task={task_of(world.texts.submitted).pk}&form=news&step=sign&state=draft&ids={draft}",
        f"q={quote('关于')}",
        f"q={quote('乙')}",
        "export=xlsx",
    ]
    # The same page in each: a view that looks at nothing else need not be asked again.
    return [f"p=1&page=1&{query}" for query in found]


def foreign_form(world: World) -> dict[str, Any]:
    """Fields of every form there is, filled with unit B's objects."""
    draft = world.texts.submitted
    return {
        "id": draft.pk,
        "pk": draft.pk,
        "page": draft.pk,
        "item": draft.pk,
        "items": [draft.pk, world.texts.pooled.pk],
        "target": f"issue:{world.issue_draft.pk}",
        "unit": world.unit.pk,
        "units": [world.unit.pk],
        "user": world.office.officer.pk,
        "signatory": world.office.signatory.pk,
        "owner": world.office.officer.pk,
        "form_key": "0b0d7c8e-0000-4000-8000-000000000001",
        "form_id": "0b0d7c8e-0000-4000-8000-000000000001",
        "task": task_of(draft).pk,
        "digest": draft.digest(),
        "seen_digest": draft.digest(),
        "revision": draft.latest_revision_id,
        "verdict": "pass",
        "reason": "同意",
        "comment": "同意",
        "pass": "",
        "sign": "",
        "submit": "",
        "action-publish": "",
        "action-send": "",
        "title": "改动标题",
        "form": "news",
        "body": "一行改动的正文。",
        "contact": "某人",
        "keywords": "改动",
        "note": "改动",
        "commission": "改动",
        "joint": [world.unit.pk],
        "data": "{}",
        "base_revision": draft.latest_revision_id,
        "file": Attachment.objects.filter(page_id=draft.pk)[0].pk,
        "successor": world.office.signatory.pk,
        "agreed": "on",
        "answer": "agree",
        "agree": "",
        "tasks": [task_of(draft).pk],
        "ids": [draft.pk],
        "next": f"/items/{draft.pk}/",
    }
