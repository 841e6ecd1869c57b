"""A library of many items, written in bulk: what years of work leave behind.

The actions would take hours for 200,000 items. The rows are those that the actions write for
one item (made through them first, as the pattern), with ids given by hand.
"""

from __future__ import annotations

import copy
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max
from django.db.models.sql import InsertQuery
from django.utils import timezone
from wagtail.models import Page, Revision, Task, TaskState, WorkflowState

from cms.bulletins import actions as bulletin_actions
from infoflow.units.models import Unit

from .library_texts import TextWriter

BATCH = 2_000
# The unit that is looked at writes every so manieth item, more than others do.
OWN_EACH = 50
# A statement takes so many rows of a page type; SQLite allows 32,766 values.
ROWS_A_STATEMENT = 400
_TEXT = (
    "春耕备耕安全生产检查防汛应急演练项目建设营商环境民生实事乡村振兴环境整治信访化解政务服务医保参保"
    "教育帮扶就业培训招商引资森林防火水库除险道路硬化燃气排查养老托育垃圾分类网格治理文旅融合产业园区"
    "数字改革基层减负粮食收购秋收秋种供暖保障"
)
WORDS = [_TEXT[n : n + 2] for n in range(0, len(_TEXT), 2)]
FORMS = ("news", "brief", "line", "experience", "problem", "research", "summary")
ROAD = ("sign", "screen", "clear")


@dataclass
class Library:
    """What the pages that are measured need to know."""

    office: Any
    open: dict[str, list[int]]
    own: dict[str, Any]
    items: int


def sentences(dice: random.Random, length: int) -> str:
    """Return an invented paragraph of about so many characters."""
    parts: list[str] = []
    while sum(map(len, parts)) < length:
        parts.append("".join(dice.choices(WORDS, k=6)) + "，")
    return "".join(parts)[:length] + "。"


def body_of(dice: random.Random) -> str:
    return (
        f"<p>{sentences(dice, 90)}</p><h2>一、主要做法</h2><p>{sentences(dice, 160)}</p>"
        f"<h2>二、取得成效</h2><p>{sentences(dice, 120)}</p>"
    )


def insert(model: type[models.Model], rows: list[Any]) -> None:
    """Insert rows of a page type beside rows of `Page` that are there already."""
    fields = model._meta.local_concrete_fields
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        query = InsertQuery(model)
        query.insert_values(fields, rows[start : start + ROWS_A_STATEMENT])
        query.get_compiler(connection=connection).execute_sql()


def first_free(model: type[models.Model]) -> Iterator[int]:
    return count((model._default_manager.aggregate(top=Max("pk"))["top"] or 0) + 1)


def go_on_after(models_written: Iterable[type[models.Model]]) -> None:
    """Let the database number on after ids that were given by hand (PostgreSQL's sequences)."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models_written)):
            cursor.execute(statement)


class Writer:
    """Writes items of one state after another; remembers which ids are free."""

    def __init__(self, office: Any, folders: list[Page], seed: int = 20261125) -> None:
        from cms.items.models import ItemPage
        from cms.review.models import Clearance, Decision, OpenTask

        self.folders = folders
        self.own = [folder for folder in folders if folder.unit_id == office.unit.pk]
        self.used = dict.fromkeys((folder.pk for folder in folders), 0)
        self.dice = random.Random(seed)
        self.now = timezone.now()
        self.pattern = office.pooled("样稿")
        self.content = Revision.objects.filter(object_id=str(self.pattern.pk)).last().content
        self.state = WorkflowState.objects.get(object_id=str(self.pattern.pk))
        self.tasks = {task.specific.step: task for task in Task.objects.all()}
        self.people = {
            "submit": office.officer,
            "sign": office.signatory,
            "screen": office.editor,
            "clear": office.reviewer,
        }
        self.models = (ItemPage, Clearance, Decision, OpenTask)
        kept = (Page, Revision, WorkflowState, TaskState, Decision, Clearance)
        self.ids = {model: first_free(model) for model in kept}
        self.rows: dict[type[models.Model], list[Any]] = {}
        self.texts = TextWriter()

    def add(self, model: type[models.Model], **values: Any) -> Any:
        row = model(**values)
        self.rows.setdefault(model, []).append(row)
        return row

    def flush(self) -> None:
        """Write what was gathered: clearances before the pages that they let go live."""
        item_page, clearance, decision, open_task = self.models
        order = (clearance, Page, item_page, Revision, WorkflowState, TaskState)
        with transaction.atomic():
            for model in (*order, decision, open_task):
                rows = self.rows.pop(model, [])
                if model is item_page:
                    insert(model, rows)
                else:
                    model._base_manager.bulk_create(rows, batch_size=1_000)
            go_on_after(self.ids)
            self.texts.flush()

    def item(self, state: str, at: datetime, *, own: bool) -> int:
        """Gather the rows of one item: "draft", a step that it waits at, "returned" or "pool"."""
        item_page = self.models[0]
        folder = self.dice.choice(self.own if own else self.folders)
        self.used[folder.pk] += 1
        pk, revision_id = next(self.ids[Page]), next(self.ids[Revision])
        title = "关于" + "".join(self.dice.choices(WORDS, k=5)) + "的情况"
        slug, body = f"i{uuid.uuid4().hex[:16]}", body_of(self.dice)
        path = folder.path + Page._int2str(10_000 + self.used[folder.pk]).rjust(Page.steplen, "0")
        form = self.dice.choice(FORMS)
        shared: dict[str, Any] = {
            "path": path,
            "depth": folder.depth + 1,
            "title": title,
            "draft_title": title,
            "slug": slug,
            "url_path": f"{folder.url_path}{slug}/",
            "live": state == "pool",
        }
        page = self.add(
            Page,
            pk=pk,
            **shared,
            content_type_id=self.pattern.content_type_id,
            locale_id=self.pattern.locale_id,
            translation_key=uuid.uuid4(),
            owner=self.people["submit"],
            latest_revision_id=revision_id,
            live_revision_id=revision_id if state == "pool" else None,
            latest_revision_created_at=at,
            first_published_at=at if state == "pool" else None,
            last_published_at=at if state == "pool" else None,
            has_unpublished_changes=state != "pool",
        )
        item = item_page(page_ptr_id=pk, unit_id=folder.unit_id, form=form, body=body)
        item.contact, item.signatory = "王某 0358-1234567", self.people["sign"]
        self.rows.setdefault(item_page, []).append(item)
        self._revision(page, revision_id, at, folder.unit_id, form, body)
        # What the unit has signed is the text that it has: one row for both.
        self.texts.add(pk, folder.unit_id, title, body, sent=state not in ("draft", "sign"))
        if state != "draft":
            self._road(page, item, revision_id, state, at)
        return pk

    def _revision(
        self, page: Page, revision_id: int, at: datetime, unit_id: int, form: str, body: str
    ) -> None:
        content = copy.copy(self.content)
        names = ("path", "depth", "title", "draft_title", "slug", "url_path")
        content |= {name: getattr(page, name) for name in names}
        content |= {"pk": page.pk, "unit": unit_id, "form": form, "body": body}
        content |= {"translation_key": str(page.translation_key), "latest_revision": None}
        self.add(
            Revision,
            pk=revision_id,
            content_type_id=page.content_type_id,
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=str(page.pk),
            created_at=at,
            user=self.people["submit"],
            object_str=page.title,
            content=content,
        )

    def _road(self, page: Page, item: Any, revision_id: int, state: str, at: datetime) -> None:
        _item_page, clearance, _decision, _open_task = self.models
        digest = type(item).digest_of(self.rows[Revision][-1])
        flow_id = next(self.ids[WorkflowState])
        self._decide(page, revision_id, "submit", "submit", digest, at, None, item.unit_id)
        last: TaskState | None = None
        for step in ROAD:
            began, at = at, at + timedelta(minutes=self.dice.randrange(5, 3 * 24 * 60))
            done = step != state
            last = self.add(
                TaskState,
                pk=next(self.ids[TaskState]),
                workflow_state_id=flow_id,
                revision_id=revision_id,
                task_id=self.tasks[step].pk,
                status="approved" if done else "in_progress",
                started_at=began,
                finished_at=at if done else None,
                finished_by=self.people[step] if done else None,
                content_type=ContentType.objects.get_for_model(TaskState),
            )
            if not done:
                self._wait(page, item, step, last, began)
                break
            if state == "returned" and step == "screen":
                last.status = "rejected"
                self._decide(page, revision_id, step, "return", digest, at, last.pk, item.unit_id)
                break
            self._decide(page, revision_id, step, "pass", digest, at, last.pk, item.unit_id)
        assert last is not None
        status = {"pool": "approved", "returned": "needs_changes"}.get(state, "in_progress")
        self.add(
            WorkflowState,
            pk=flow_id,
            content_type_id=page.content_type_id,
            base_content_type_id=self.state.base_content_type_id,
            object_id=str(page.pk),
            workflow_id=self.state.workflow_id,
            status=status,
            requested_by=self.people["submit"],
            current_task_state_id=last.pk,
        )
        if state == "pool":
            self.add(
                clearance,
                pk=next(self.ids[clearance]),
                page_id=page.pk,
                revision_id=revision_id,
                digest=digest,
                person=self.people["clear"],
                at=at,
            )

    def _decide(
        self,
        page: Page,
        revision_id: int,
        step: str,
        verdict: str,
        digest: str,
        at: datetime,
        task_state_id: int | None,
        unit_id: int,
    ) -> None:
        decision = self.models[2]
        back = verdict == "return"
        waited = None if step == "submit" else self.dice.randrange(1, 5_000)
        self.add(
            decision,
            pk=next(self.ids[decision]),
            page_id=page.pk,
            revision_id=revision_id,
            task_state_id=task_state_id,
            step=step,
            verdict=verdict,
            person=self.people[step],
            reason="请补充数据" if back else "",
            cause=self.dice.choice(("要素不全", "篇幅过长", "数据有误")) if back else "",
            digest=digest,
            at=at,
            waited=waited,
            unit_id=unit_id,
        )

    def _wait(self, page: Page, item: Any, step: str, task: TaskState, since: datetime) -> None:
        self.add(
            self.models[3],
            task_state_id=task.pk,
            page_id=page.pk,
            step=step,
            unit_id=item.unit_id,
            form=item.form,
            since=since,
            due_at=since + timedelta(days=self.dice.randrange(1, 9)) if step != "sign" else None,
            due_note="收到之日起5个工作日",
            urgent=self.dice.random() < 0.05,
            kinds=self.dice.choice(("", "", "", "typo", "personal", "stop,personal")),
            returned=self.dice.random() < 0.1,
        )


def year_folders(years: Sequence[int]) -> list[Page]:
    """Make each unit's folders of the years in bulk."""
    from cms.items.models import UnitFolder, YearFolder

    ids = first_free(Page)
    kind = ContentType.objects.get_for_model(YearFolder)
    taken = set(YearFolder.objects.values_list("unit_id", "year"))
    pages, folders = [], []
    for above in UnitFolder.objects.select_related("locale"):
        for place, year in enumerate(years, start=5):
            if (above.unit_id, year) in taken:
                continue
            pk = next(ids)
            page = Page(
                pk=pk,
                path=above.path + Page._int2str(place).rjust(Page.steplen, "0"),
                depth=above.depth + 1,
                title=f"{year}年",
                draft_title=f"{year}年",
                slug=str(year),
                url_path=f"{above.url_path}{year}/",
                live=True,
                content_type=kind,
                locale=above.locale,
            )
            folder = YearFolder(page_ptr_id=pk, unit_id=above.unit_id, year=year)
            pages.append(page)
            folders.append(folder)
    with transaction.atomic():
        Page.objects.bulk_create(pages, batch_size=500)
        insert(YearFolder, folders)
        go_on_after([Page])
    return list(YearFolder.objects.all())


def build(*, items: int, units: int, per_step: int) -> Library:
    """Migrate and fill the database, or take the one that an earlier run has left."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if Page.objects.filter(depth__gt=5).exists():
        return _found()
    _fill(items, units, per_step)
    return _found()


def _fill(items: int, units: int, per_step: int) -> None:
    from infoflow.units import actions as unit_actions
    from infoflow.units.models import UnitKind
    from tests import builders

    office = builders.Office(builders.unit("南关镇", group="乡镇街道"))
    for n in range(units - 1):
        unit = unit_actions.create_unit(
            code=f"B{n:05}", name=f"测试单位{n:05}", kind=UnitKind.TOWN, order=n
        )
        builders.in_group(unit, ("乡镇街道", "县直部门", "企业")[n % 3])
    this_year = timezone.localdate().year
    writer = Writer(office, year_folders((this_year - 2, this_year - 1, this_year)))
    states = [step for step in ROAD for _n in range(per_step)]
    states += ["returned"] * (items // 50) + ["draft"] * (items // 100)
    states += ["pool"] * max(items - len(states), 0)
    for n, state in enumerate(states, start=1):
        days = writer.dice.randrange(1, 6) if state in ROAD else writer.dice.randrange(10, 1_000)
        at = writer.now - timedelta(days=days, minutes=writer.dice.randrange(1_440))
        writer.item(state, at, own=n % OWN_EACH == 0 or state != states[n - 2])
        if n % BATCH == 0 or n == len(states):
            writer.flush()
    writer.texts.finish()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    _issues(office)


def _issues(office: Any) -> None:
    """Compose issues of pool items through the actions: issued, under review, drafts."""
    from cms.items.models import ItemPage
    from tests import builders

    pooled = iter(ItemPage.objects.in_pool().order_by("-pk")[:400])

    def some(count: int) -> list[Any]:
        return [next(pooled) for _n in range(count)]

    for _n in range(30):
        office.issued(*some(6))
    for _n in range(40):
        issue = office.issue(*some(3))
        bulletin_actions.submit_issue(issue_id=issue.pk, person=office.editor)
        builders.decide(issue, office.reviewer)
    for _n in range(10):
        issue = office.issue(*some(3))
        bulletin_actions.submit_issue(issue_id=issue.pk, person=office.editor)
    office.issue(*some(8))


def _found() -> Library:
    """Return what the measured pages need, read back from the database."""
    from cms.bulletins.models import IssuePage
    from cms.items.models import ItemPage
    from cms.review.models import OpenTask
    from infoflow.units.models import User
    from infoflow.units.roles import Role
    from tests.builders import Office

    office = Office.__new__(Office)
    office.unit = Unit.objects.get(name="南关镇")
    for name in ("officer", "signatory", "editor", "reviewer", "issuer", "scorer"):
        setattr(office, name, User.objects.get(groups__name=Role[name.upper()]))
    own = ItemPage.objects.filter(unit=office.unit)
    tasks = OpenTask.objects.order_by("since")
    sent = tasks.filter(unit__isnull=False)
    issue_tasks = tasks.filter(unit__isnull=True, step="clear")
    today = timezone.localdate()
    return Library(
        office=office,
        items=ItemPage.objects.count(),
        open={
            step: list(sent.filter(step=step).values_list("task_state_id", flat=True))
            for step in ROAD
        },
        own={
            "pool": own.filter(live=True).order_by("-pk").values_list("pk", flat=True)[0],
            "sign": own.filter(open_tasks__step="sign").values_list("pk", flat=True)[0],
            "draft": own.filter(live=False, decisions=None).values_list("pk", flat=True)[0],
            "waiting": tasks.filter(step="screen").values_list("page_id", flat=True)[0],
            "issue": issue_tasks.values_list("page_id", flat=True)[0],
            "issue_task": issue_tasks.values_list("task_state_id", flat=True)[0],
            "issue_draft": IssuePage.objects.order_by("-pk").values_list("pk", flat=True)[0],
            "unit": Unit.objects.order_by("-pk").values_list("pk", flat=True)[0],
            "year": today.year,
            "years": f"start={today.year - 2}-01-01&end={today.isoformat()}",
        },
    )
