"""The office's queues: what a person may take at a step, narrowed, counted and in order.

Everything reads `OpenTask`, one row for each open task; no query touches the whole of the
workflow's tables, so a queue costs the same beside two finished items or two hundred thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, get_page_models

from cms.scanning.rules import Kind
from infoflow.units.models import GroupMembership, UnitGroup
from infoflow.worktime.queries import calendar
from infoflow.worktime.rules import add_working_days

from . import queries
from .models import GatedPage, OpenTask
from .rules import Step

if TYPE_CHECKING:
    from infoflow.units.models import User

PAGE_SIZES = (20, 50, 100)
ORDER = ("-urgent", "since", "pk")


class Age(models.TextChoices):
    """How near the deadline is, in words: colour alone tells a colour-blind person nothing."""

    OVERDUE = "overdue", _("已超期")
    SOON = "soon", _("临近期限")
    NORMAL = "normal", _("未到期")


class Whose(models.TextChoices):
    """Who has taken a task in hand."""

    MINE = "mine", _("我认领的")
    FREE = "free", _("无人认领")
    OTHERS = "others", _("他人认领")


@dataclass(frozen=True)
class Moment:
    """Now, and the end of "soon": what falls due by the end of the next working day."""

    now: datetime
    soon: datetime

    @classmethod
    def this(cls) -> Moment:
        """Return the moment of this request."""
        now = timezone.now()
        return cls(now, add_working_days(now, 1, calendar()).at)

    def age_of(self, due_at: datetime | None) -> Age:
        """Return how near a deadline is; without one nothing is ever late."""
        if due_at is None or due_at > self.soon:
            return Age.NORMAL
        return Age.OVERDUE if due_at < self.now else Age.SOON

    def filter(self, age: str) -> Q:
        """Return the same as a condition on open tasks."""
        if age == Age.OVERDUE:
            return Q(due_at__lt=self.now)
        if age == Age.SOON:
            return Q(due_at__gte=self.now, due_at__lte=self.soon)
        return Q(due_at__isnull=True) | Q(due_at__gt=self.soon)


@dataclass(frozen=True)
class Wish:
    """What a person wants to see of a queue: as the address says it, nonsense left out."""

    unit: str = ""
    group: str = ""
    form: str = ""
    age: str = ""
    kind: str = ""
    whose: str = ""
    urgent: str = ""
    returned: str = ""
    size: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Wish:
        """Read an address's query; what cannot be meant is dropped."""
        found = {f.name: query.get(f.name, "")[:20] for f in fields(cls)}
        for name, allowed in (("age", Age), ("whose", Whose), ("kind", Kind)):
            if found[name] not in allowed.values:
                found[name] = ""
        for name in ("unit", "group"):
            if not (found[name].isascii() and found[name].isdigit() and len(found[name]) < 10):
                found[name] = ""
        for name in ("urgent", "returned"):
            found[name] = "1" if found[name] else ""
        if found["size"] not in {str(size) for size in PAGE_SIZES[1:]}:
            found["size"] = ""
        return cls(**found)

    @property
    def query(self) -> str:
        """Return it as an address's query, with the leading question mark when not empty."""
        said = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name)}
        return f"?{urlencode(said)}" if said else ""

    @property
    def narrows(self) -> bool:
        """Tell whether it leaves anything out."""
        return any(getattr(self, f.name) for f in fields(self) if f.name != "size")

    @property
    def page_size(self) -> int:
        return int(self.size) if self.size else PAGE_SIZES[0]

    def apply(self, tasks: QuerySet[OpenTask], user: User, moment: Moment) -> QuerySet[OpenTask]:
        """Return the open tasks that are wanted."""
        if self.unit:
            tasks = tasks.filter(unit_id=int(self.unit))
        if self.group:
            members = GroupMembership.objects.filter(
                group_id=int(self.group), year=timezone.localdate(moment.now).year
            )
            tasks = tasks.filter(unit_id__in=members.values("unit_id"))
        if self.form:
            tasks = tasks.filter(form=self.form)
        if self.age:
            tasks = tasks.filter(moment.filter(self.age))
        if self.kind:
            tasks = tasks.filter(kinds__contains=self.kind)
        if self.whose:
            tasks = tasks.filter(whose(user)[Whose(self.whose)])
        if self.urgent:
            tasks = tasks.filter(urgent=True)
        if self.returned:
            tasks = tasks.filter(returned=True)
        return tasks


def whose(user: User) -> dict[Whose, Q]:
    """Return the conditions of who has taken a task in hand, seen from one person."""
    return {
        Whose.MINE: Q(claimed_by=user),
        Whose.FREE: Q(claimed_by__isnull=True),
        Whose.OTHERS: Q(claimed_by__isnull=False) & ~Q(claimed_by=user),
    }


@dataclass(frozen=True)
class Choice:
    """One value of a filter with how many tasks it would leave."""

    value: str
    label: Any
    count: int


@dataclass
class Counts:
    """How many open tasks there are of each sort, over a person's whole queue."""

    total: int = 0
    barred: int = 0  # waiting at the step, but other people's to take
    urgent: int = 0
    returned: int = 0
    ages: Counter[str] = field(default_factory=Counter)
    whose: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    units: Counter[tuple[int, str]] = field(default_factory=Counter)

    def choices(self, name: str) -> list[Choice]:
        """Return the values of one filter that would leave anything, in their own order."""
        if name == "unit":
            ordered = sorted(self.units.items(), key=lambda row: row[0][1])
            return [Choice(str(pk), label, n) for (pk, label), n in ordered]
        if name == "form":
            labels = form_labels()
            return [Choice(code, labels.get(code, code), self.forms[code]) for code in self.forms]
        counter = {"age": self.ages, "whose": self.whose, "kind": self.kinds}[name]
        values: dict[str, type[models.TextChoices]] = {"age": Age, "whose": Whose, "kind": Kind}
        return [
            Choice(value, label, counter[value])
            for value, label in values[name].choices
            if counter[value]
        ]

    @cached_property
    def groups(self) -> list[Choice]:
        """Return this year's groups whose units have anything here; two queries."""
        members = dict(
            GroupMembership.objects.filter(
                year=timezone.localdate().year, unit_id__in=[pk for pk, _name in self.units]
            ).values_list("unit_id", "group_id")
        )
        counted: Counter[int] = Counter()
        for (pk, _name), n in self.units.items():
            if pk in members:
                counted[members[pk]] += n
        named = UnitGroup.objects.filter(pk__in=counted)
        return [Choice(str(g.pk), g.name, counted[g.pk]) for g in named]


def form_labels() -> dict[str, Any]:
    """Return what the page types call their forms, by code."""
    found: dict[str, Any] = {}
    for model in get_page_models():
        if issubclass(model, GatedPage):
            found |= model.form_labels
    return found


def count(user: User, step: Step, moment: Moment) -> Counts:
    """Count a person's queue by everything that filters it; two queries."""
    marks = {f"whose_{key}": Count("pk", filter=q) for key, q in whose(user).items()}
    marks |= {f"age_{key}": Count("pk", filter=moment.filter(key)) for key in Age.values}
    marks |= {f"kind_{key}": Count("pk", filter=Q(kinds__contains=key)) for key in Kind.values}
    rows: Any = (
        queries.queue_for(user, step)
        .order_by()
        .values("unit_id", "unit__name", "form")
        .annotate(
            n=Count("pk"),
            n_urgent=Count("pk", filter=Q(urgent=True)),
            n_returned=Count("pk", filter=Q(returned=True)),
            **marks,
        )
    )
    counts = Counts()
    kept = {"whose": counts.whose, "age": counts.ages, "kind": counts.kinds}
    for row in rows:
        counts.total += row["n"]
        counts.urgent += row["n_urgent"]
        counts.returned += row["n_returned"]
        for key in marks:
            name, _sep, value = key.partition("_")
            kept[name][value] += row[key]
        if row["form"]:
            counts.forms[row["form"]] += row["n"]
        if row["unit_id"]:
            counts.units[row["unit_id"], row["unit__name"]] += row["n"]
    counts.barred = OpenTask.objects.filter(step=step).count() - counts.total
    return counts


@dataclass(frozen=True)
class Stamp:
    """A moment as a list shows it. Spelled here: a template's filter costs ten times as much,
    and a queue has four for each line."""

    iso: str
    short: str

    @classmethod
    def of(cls, moment: datetime) -> Stamp:
        """Return a moment in the office's time."""
        local = timezone.localtime(moment)
        return cls(local.isoformat(), f"{local:%m}月{local:%d}日 {local:%H:%M}")


@dataclass(frozen=True)
class Line:
    """One line of a queue."""

    task: OpenTask
    title: str
    origin: str
    form: str
    age: str
    age_label: str
    since: Stamp
    due: Stamp | None
    kinds: tuple[str, ...]
    claimed: str
    mine: bool

    @property
    def pk(self) -> int:
        """The id under which the task is decided."""
        pk: int = self.task.task_state_id
        return pk


def lines(tasks: Iterable[OpenTask], user: User, moment: Moment) -> list[Line]:
    """Return queue lines; the queries do not grow with them."""
    rows: Sequence[OpenTask] = list(tasks)
    # Translated once, not at every line.
    forms = {code: str(label) for code, label in form_labels().items()}
    ages = {age: str(age.label) for age in Age}
    kinds = {kind.value: str(kind.label) for kind in Kind}
    names = _origins(rows)
    found = []
    for task in rows:
        age = moment.age_of(task.due_at)
        line = Line(
            task=task,
            title=task.page.title,
            origin=task.unit.name if task.unit else names.get(task.page_id, ""),
            form=forms.get(task.form, task.form),
            age=age.value,
            age_label=ages[age],
            since=Stamp.of(task.since),
            due=Stamp.of(task.due_at) if task.due_at else None,
            kinds=tuple(kinds[kind] for kind in task.kinds.split(",") if kind in kinds),
            claimed=str(task.claimed_by or ""),
            mine=task.claimed_by_id == user.pk,
        )
        found.append(line)
    return found


def _origins(rows: Sequence[OpenTask]) -> dict[int, str]:
    """Return where texts come from that no unit sent (issues), in a constant number of queries."""
    ids = [task.page_id for task in rows if task.unit_id is None]
    if not ids:
        return {}
    pages = list(Page.objects.filter(pk__in=ids).specific())
    for model in {type(page) for page in pages}:
        models.prefetch_related_objects(
            [page for page in pages if type(page) is model], *model.queue_prefetch
        )
    return {page.pk: page.origin() for page in pages}


def shown(tasks: QuerySet[OpenTask]) -> QuerySet[OpenTask]:
    """Return tasks in the queue's order with what a line shows, and no more of their pages."""
    people = ("claimed_by__username", "claimed_by__name")
    own = [field.attname for field in OpenTask._meta.concrete_fields]
    return (
        tasks.select_related("page", "unit", "claimed_by")
        .only(*own, "page__title", "unit__name", *people)
        .order_by(*ORDER)
    )


def takeable(tasks: QuerySet[OpenTask], user: User) -> list[int]:
    """Return the ids under which tasks are decided, in order, without what others have claimed.

    One query of bare numbers: cheaper than asking for neighbours, place and count apart.
    """
    mine_or_free = whose(user)[Whose.MINE] | whose(user)[Whose.FREE]
    return list(tasks.filter(mine_or_free).order_by(*ORDER).values_list("task_state_id", flat=True))


@dataclass(frozen=True)
class Place:
    """Where a task stands in a person's narrowed queue; 0 when it is not in it."""

    number: int
    total: int
    before: int | None
    after: int | None


def place(waiting: Sequence[int], task_state_id: int) -> Place:
    """Return a task's place among the ids of a queue."""
    if task_state_id not in waiting:
        return Place(0, len(waiting), None, waiting[0] if waiting else None)
    at = waiting.index(task_state_id)
    before = waiting[at - 1] if at > 0 else None
    after = waiting[at + 1] if at + 1 < len(waiting) else None
    return Place(at + 1, len(waiting), before, after)


def following(waiting: Sequence[int], task_state_id: int) -> int | None:
    """Return the task that opens after one is done: the one behind it, else the first left."""
    found = place(waiting, task_state_id)
    if found.after is not None:
        return found.after
    others = [pk for pk in waiting if pk != task_state_id]
    return others[0] if others else None
