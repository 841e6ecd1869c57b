"""What must hold in `test_machine.py`, whatever people do."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from wagtail.models import Page, Revision

from cms.items import queries
from cms.items.models import ItemPage, JointAnswer, JointUnit
from cms.review import actions, projection, rules
from cms.review.models import Clearance, ClearanceSheet, Decision, GatedPage, OpenTask
from cms.review.rules import FINAL_VERDICTS, SHEET_STEPS, Part, Step, Verdict

from .cast import Cast


class Checks:
    """Looks at everything after each act, and remembers what stood before it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.behind: set[int] = set()
        self.kept: dict[type, dict[int, Any]] = defaultdict(dict)

    def all_holds(self, items: list[int], issues: list[int], behind: set[int]) -> None:
        """Look at every text.

        Args:
            behind: texts that were changed past every action.
        """
        self.behind = behind
        ids = items + issues
        pages: list[GatedPage] = list(Page.objects.filter(pk__in=ids).specific())
        road: dict[int, list[Decision]] = defaultdict(list)
        for decision in Decision.objects.filter(page_id__in=ids).order_by("pk"):
            road[decision.page_id].append(decision)
        waiting = {task.page_id: task for task in OpenTask.objects.select_related("task_state")}
        for page in pages:
            task = waiting.get(page.pk)
            if page.live:
                self.live_means_cleared(page, road[page.pk])
            acts = actions.acts_on(page, road[page.pk])
            self.nobody_plays_two_parts(acts)
            if not page.live:
                self.has_a_way_on(page, acts, task, road[page.pk])
            if isinstance(page, ItemPage):
                self.left_its_unit_signed(page, task, road[page.pk])
                self.joint_unit_sees_what_was_sent(page, road[page.pk])
        self.nothing_is_lost(ids, road)
        assert projection.differences() == set()

    def live_means_cleared(self, page: GatedPage, road: list[Decision]) -> None:
        cleared = Clearance.objects.filter(page_id=page.pk, revision_id=page.live_revision_id)
        digests = set(cleared.values_list("digest", flat=True))
        assert digests, "a live text without its clearance"
        assert page.is_readable() == (page.digest() in digests)
        assert page.is_readable() or page.pk in self.behind
        passed = {
            d.digest
            for d in road
            if d.revision_id == page.live_revision_id
            and d.verdict == Verdict.PASS
            and d.step in SHEET_STEPS
        }
        assert digests <= passed, "a clearance that no reviewer's pass has given"

    def nobody_plays_two_parts(self, acts: set[tuple[int, Part]]) -> None:
        parts = defaultdict(set)
        for who, part in acts:
            parts[who].add(part)
        assert all(len(played) == 1 for played in parts.values())

    def left_its_unit_signed(
        self, item: ItemPage, task: OpenTask | None, road: list[Decision]
    ) -> None:
        """What the office has in hand, or has let through, its unit has signed: this text."""
        signed = [d for d in road if d.step == Step.SIGN and d.verdict == Verdict.PASS]
        revision = item.live_revision_id if item.live else None
        if task is not None and task.step != Step.SIGN:
            revision = task.task_state.revision_id
        assert revision is None or revision in {d.revision_id for d in signed}, "unsigned"
        for decision in signed:
            if decision.pk not in self.kept[Decision]:
                self.all_agreed(ItemPage.of_revision(decision.revision))

    def all_agreed(self, text: ItemPage) -> None:
        """Each unit that a text names has agreed to exactly it, and has not taken that back."""
        for unit_id in text.joint:
            words = JointAnswer.objects.filter(
                joint__item_id=text.pk, joint__unit_id=unit_id, joint__dropped_at=None
            )
            last = words.order_by("pk").last()
            assert last is not None, "left without a joint unit's word"
            assert (last.agreed, last.digest) == (True, text.joint_digest())

    def joint_unit_sees_what_was_sent(self, item: ItemPage, road: list[Decision]) -> None:
        """The other unit sees a text from the moment it was asked, and never a draft of it."""
        team = self.cast.other_than(item.unit_id)
        asked = JointUnit.objects.standing().filter(item_id=item.pk, unit_id=team.unit.pk).exists()
        stranger = team.signatories[0]
        assert ItemPage.objects.visible_to(stranger).filter(pk=item.pk).exists() == asked
        sent = [d for d in road if d.verdict == Verdict.SUBMIT]
        assert sent or not asked
        if asked and item.pk not in self.behind:
            shown = queries.text_for(item, stranger)
            assert shown.digest() == sent[-1].digest
            assert team.unit.pk in shown.joint

    def nothing_is_lost(self, ids: list[int], road: dict[int, list[Decision]]) -> None:
        sheets = ClearanceSheet.objects.filter(decision__page_id__in=ids)
        words = JointAnswer.objects.filter(joint__item_id__in=ids)
        revisions = Revision.objects.filter(object_id__in=[str(pk) for pk in ids])
        rows: dict[type, dict[int, Any]] = {
            Decision: {d.pk: _values(d) for acts in road.values() for d in acts},
            Clearance: {c.pk: _values(c) for c in Clearance.objects.filter(page_id__in=ids)},
            ClearanceSheet: {sheet.pk: _values(sheet) for sheet in sheets},
            JointAnswer: {word.pk: _values(word) for word in words},
            Revision: dict.fromkeys(revisions.values_list("pk", flat=True), True),
        }
        for model, now in rows.items():
            for pk, row in self.kept[model].items():
                assert now.get(pk) == row, f"{model.__name__} lost or changed"
            self.kept[model] = now

    def has_a_way_on(
        self,
        page: GatedPage,
        acts: set[tuple[int, Part]],
        task: OpenTask | None,
        road: list[Decision],
    ) -> None:
        if task is not None:
            assert self.cast.able(page, Step(task.step), acts), f"nobody can take {task.step}"
        elif road and road[-1].verdict in FINAL_VERDICTS:
            assert self.cast.able(page, Step(road[-1].step), acts), "nobody can reopen it"
        else:
            writers = self.cast.editors
            if isinstance(page, ItemPage):
                writers = self.cast.team_of(page.unit_id).officers
            part = page.author_part
            free = [user for user in writers if not rules.other_part(user.pk, part, acts)]
            pages: Any = type(page).objects
            assert any(pages.editable_by(user).filter(pk=page.pk).exists() for user in free)


def _values(row: Any) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
