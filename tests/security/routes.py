"""Every address of the project, and the objects that fill it.

A route is one pattern of the URL configuration, whoever put it there. A route with a
parameter is filled with objects of both units; which ones is said here and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.models import Collection, Revision, Site, Task, Workflow, WorkflowState

from cms.attachments.models import Attachment
from cms.bulletins.models import Bulletin
from cms.review.models import CommonReason, GatedPage
from cms.scanning.models import Word, WordList
from infoflow.units.models import GroupMembership, Officer, Signatory, Unit, UnitGroup
from infoflow.units.roles import ADMIN_ROLES
from infoflow.worktime.models import CalendarYear, ClosingTime, WorkdayOverride
from scoring.commissions.models import CommissionTemplate
from scoring.ledger.models import Entry
from scoring.urgent.models import GradeThreshold, UrgentRule

from .world import SUPERUSER, World, task_of

# An id that belongs to nothing.
NOWHERE = 999_999_999
PARAMETER = re.compile(r"<(?:[a-z_]+:)?(?P<route>[a-z_0-9]+)>|\(\?P<(?P<regex>[a-z_]+)>")


@dataclass(frozen=True)
class Route:
    """One pattern as the table writes it: `items/<row:pk>/edit/`."""

    pattern: str
    name: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters, in order."""
        return tuple(m["route"] or m["regex"] for m in PARAMETER.finditer(self.pattern))


@dataclass(frozen=True)
class Address:
    """One route filled with one object."""

    route: Route
    object: str
    path: str


def all_routes() -> list[Route]:
    """Return every route once, in the order of the URL configuration."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver().url_patterns, "", ()):
        found.setdefault(route.pattern, route)
    return list(found.values())


def _walk(patterns: Iterable[Any], prefix: str, spaces: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, text, inner)
        elif isinstance(pattern, URLPattern):
            yield Route(text, ":".join((*spaces, pattern.name or "")))


Values = dict[str, Any]

# The names that Wagtail gives to the id of the page that an address is about.
PAGE_PARAMETERS = ("pk", "page_id", "page_pk", "page_to_move_id", "object_id")


def _page_values(page: GatedPage) -> Values:
    """Values for a route about one page, by the names that Wagtail gives its parameters."""
    revision = Revision.objects.filter(object_id=str(page.pk)).order_by("-pk").first()
    state = WorkflowState.objects.filter(object_id=str(page.pk)).order_by("-pk").first()
    task = task_of(page) if state is not None else None
    return {
        **dict.fromkeys(PAGE_PARAMETERS, page.pk),
        "parent_page_id": page.get_parent().pk,
        "destination_id": page.get_parent().pk,
        "revision_id": revision.pk if revision else NOWHERE,
        "workflow_state_id": state.pk if state else NOWHERE,
        "task_state_id": task.pk if task else NOWHERE,
        "task_id": task.task_id if task else NOWHERE,
    }


# Values that do not depend on the object: the plainest call of a stock address.
PLAIN: Values = {
    "revision_id_a": "earliest",
    "revision_id_b": "latest",
    "action_name": "approve",
    "action": "publish",
    "session_id": NOWHERE,
    "page_view_restriction_id": NOWHERE,
    "uploaded_file_id": NOWHERE,
    "document_id": NOWHERE,
    "doc_id": NOWHERE,
    "image_id": NOWHERE,
    "filter_spec": "width-100",
    "uidb64": "MQ",
    "token": "set-password",
    "rest": "1/2/",
    "app": "schemes",
    "model": "scheme",
    "app_label": "items",
    "model_name": "itempage",
    "app_name": "items",
    "content_type_app_name": "items",
    "content_type_model_name": "itempage",
}


def _wagtail_pages(world: World) -> dict[str, Values]:
    """An item that waits, one that never left its unit, and issues in two states."""
    issue = {
        "content_type_app_name": "bulletins",
        "content_type_model_name": "issuepage",
        "app_label": "bulletins",
        "model_name": "issuepage",
    }
    parent = world.issue_draft.get_parent().pk
    folder = _page_values(world.issue_draft) | issue | dict.fromkeys(PAGE_PARAMETERS, parent)
    return {
        "稿件": _page_values(world.texts.signed),
        "草稿": _page_values(world.texts.draft),
        "拟编期刊": _page_values(world.issue_draft) | issue,
        "已签发期刊": _page_values(world.issue) | issue,
        "刊物文件夹": folder,
    }


def _desk_items(world: World) -> dict[str, Values]:
    """Own and foreign items with their files, before and after they have left the unit."""
    own, other = world.own_texts, world.texts
    items = {
        "本单位草稿": own.draft,
        "本单位待签": own.submitted,
        "本单位已报": own.signed,
        "外单位草稿": other.draft,
        "外单位待签": other.submitted,
        "外单位已报": other.signed,
        "外单位在库": other.pooled,
    }
    return {
        name: {"pk": item.pk, "file": Attachment.objects.filter(page_id=item.pk)[0].pk}
        for name, item in items.items()
    }


def _one(get: Callable[[World], Any], *names: str) -> Callable[[World], dict[str, Values]]:
    def fill(world: World) -> dict[str, Values]:
        return {"": dict.fromkeys(names or ("pk",), get(world))}

    return fill


def _tasks(world: World) -> dict[str, Values]:
    return {
        "待审签": {"pk": task_of(world.texts.submitted).pk},
        "待初审": {"pk": task_of(world.texts.signed).pk},
        "待保密审查": {"pk": task_of(world.texts.screened).pk},
        "期刊待保密审查": {"pk": task_of(world.issue_sent).pk},
    }


def _accounts(world: World) -> dict[str, Values]:
    return {
        "普通账号": {"pk": world.office.officer.pk},
        "超级账号": {"pk": _pk_of(world, SUPERUSER)},
    }


def _pk_of(world: World, name: str) -> int:
    user = world.people[name]
    assert user is not None
    return user.pk


def _post(model: type[Officer] | type[Signatory], world: World) -> int:
    """Return the post of unit B's officer or signatory."""
    person = world.office.officer if model is Officer else world.office.signatory
    return model._default_manager.get(unit=world.unit, user=person).pk


def _last_entry(unit: Unit) -> int:
    """Return an entry of a unit to which nobody has objected."""
    return Entry.objects.filter(unit=unit, objection=None).order_by("-pk")[0].pk


Filler = Callable[[World], dict[str, Values]]

# Start of a route → the objects that fill it. The longest start that fits counts.
FILLERS: dict[str, Filler] = {
    "items/": _desk_items,
    "issues/": lambda world: {
        "已签发": {"pk": world.issue.pk},
        "在审": {"pk": world.issue_sent.pk},
        "拟编": {"pk": world.issue_draft.pk},
    },
    "ranking/units/": lambda world: {
        "本单位": {"unit_id": world.own.unit.pk},
        "外单位": {"unit_id": world.unit.pk},
    },
    "read/_util/": lambda world: {"": {"page_id": world.issue.pk}},
    "read/^": lambda world: {
        "首页": {"": ""},
        "稿件库": {"": "items/"},
        "外单位文件夹": {"": f"items/u{world.unit.pk}/"},
        "外单位在库": {"": _read_path(world.texts.pooled)},
        "外单位草稿": {"": _read_path(world.texts.draft)},
        "已签发期刊": {"": _read_path(world.issue)},
        "拟编期刊": {"": _read_path(world.issue_draft)},
        "没有的页": {"": "no-such-page/"},
    },
    "office/pages/": _wagtail_pages,
    "office/choose-page/": _wagtail_pages,
    "office/api/main/": _wagtail_pages,
    "office/editing-sessions/": _wagtail_pages,
    "office/bulk/": _wagtail_pages,
    "office/queue/": lambda world: {
        "初审": {"step": "screen"},
        "保密审查": {"step": "clear"},
        "签发": {"step": "issue"},
        "审签": {"step": "sign"},
    },
    "office/decide/": _tasks,
    "office/texts/": lambda world: {
        "已报稿件": {"pk": world.texts.signed.pk},
        "未报稿件": {"pk": world.texts.submitted.pk},
        "期刊": {"pk": world.issue_sent.pk},
        "在库稿件": {"pk": world.texts.pooled.pk},
        "不采用稿件": {"pk": world.closed.pk},
    },
    "office/stop-words/": _one(lambda world: Word.objects.filter(word_list__kind="stop")[0].pk),
    "office/typo-words/": _one(lambda world: Word.objects.filter(word_list__kind="typo")[0].pk),
    "office/word-lists/": lambda world: {
        "内部用语表": {"pk": WordList.objects.filter(kind="stop")[0].pk},
        "错别字表": {"pk": WordList.objects.filter(kind="typo")[0].pk},
    },
    "office/words/": lambda world: {"内部用语": {"kind": "stop"}, "错别字": {"kind": "typo"}},
    "office/common-reasons/": _one(lambda world: CommonReason.objects.all()[0].pk),
    "office/issues/": lambda world: {
        "拟编": {"pk": world.issue_draft.pk},
        "在审": {"pk": world.issue_sent.pk},
    },
    "office/notices/channels/": lambda world: {"": {"service": "webhook"}},
    "office/notices/groups/": _one(lambda world: world.group.pk),
    "calendar/": lambda world: {"": {"secret": "no-such-secret"}},
    "urgent/": lambda world: {
        "本单位": {"pk": world.own_urgent.pk},
        "外单位": {"pk": world.urgent.pk},
    },
    **{
        f"urgent/{name}/": (
            lambda world, name=name: {  # type: ignore[misc]
                "本单位": {"pk": getattr(world.own_urgent, name).get().pk},
                "外单位": {"pk": getattr(world.urgent, name).get().pk},
            }
        )
        for name in ("reports", "directives", "findings")
    },
    "notices/": lambda world: {
        "本人": {"pk": world.own_notice.pk},
        "他人": {"pk": world.notice.pk},
    },
    "commissions/": lambda world: {
        "本单位": {"pk": world.own_asked.pk},
        "外单位": {"pk": world.asked.pk},
    },
    "objections/": lambda world: {
        "本单位": {"pk": world.own_objection.pk, "entry_id": _last_entry(world.own.unit)},
        "外单位": {"pk": world.objection.pk, "entry_id": _last_entry(world.unit)},
    },
    "office/commissions/": lambda world: {
        "已下达": {"pk": world.asked.commission_id, "asked_pk": world.asked.pk},
        "草稿": {"pk": world.commission_draft.pk, "asked_pk": world.asked.pk},
    },
    "office/commissions/recurring/": _one(lambda world: world.recurring.pk),
    "office/commission-templates/": _one(lambda world: CommissionTemplate.objects.all()[0].pk),
    "duty/roster/": _one(lambda world: world.duties.shift.pk),
    "duty/log/": _one(lambda world: world.duties.entry.pk),
    "duty/instructions/": _one(lambda world: world.duties.instruction.pk),
    "duty/notes/": _one(lambda world: world.duties.note.pk),
    "duty/matters/": _one(lambda world: world.duties.matter.pk),
    "office/objections/": _one(lambda world: world.objection.pk),
    "office/facts/": _one(lambda world: world.fact.pk),
    "office/imports/": lambda world: {"": {"pk": world.upload.pk}},
    "office/imports/runs/": lambda world: {"": {"pk": world.run.pk}},
    "instructions/": lambda world: {
        "本单位": {"pk": world.own_instruction.pk},
        "外单位": {"pk": world.instruction.pk},
    },
    "office/schemes/": lambda world: {
        "已发布": {"pk": world.scheme.pk},
        "草稿": {"pk": world.scheme_draft.pk},
    },
    "office/snippets/": lambda world: {
        "已发布": {"pk": world.scheme.pk, "revision_id": world.scheme.latest_revision_id},
        "草稿": {"pk": world.scheme_draft.pk, "revision_id": world.scheme_draft.latest_revision_id},
    },
    "office/units/": _one(lambda world: world.unit.pk),
    "office/unit-groups/": _one(lambda world: UnitGroup.objects.get().pk),
    "office/memberships/": _one(lambda world: GroupMembership.objects.get(unit=world.unit).pk),
    "office/officers/": _one(lambda world: _post(Officer, world)),
    "office/signatories/": _one(lambda world: _post(Signatory, world)),
    "office/accounts/": _accounts,
    "office/alike/": lambda world: {
        "已报": {"left": world.texts.signed.pk, "right": world.texts.pooled.pk},
        "草稿": {"left": world.texts.draft.pk, "right": world.texts.signed.pk},
    },
    "office/handover/": _one(lambda world: world.handover.pk),
    "office/handover/officers/": _one(lambda world: _post(Officer, world)),
    "office/handover/signatories/": _one(lambda world: _post(Signatory, world)),
    "handover/": lambda world: {
        "本单位": {"pk": world.own_handover.pk},
        "外单位": {"pk": world.handover.pk},
    },
    "welcome/": lambda world: {
        "本人": {"pk": Officer.objects.get(user=world.own.officer).pk},
        "外单位": {"pk": _post(Officer, world)},
    },
    "handover/officers/": lambda world: {
        "本单位": {"pk": Officer.objects.get(user=world.own.officer).pk},
        "外单位": {"pk": _post(Officer, world)},
    },
    "office/urgent-rules/": _one(lambda world: UrgentRule.objects.all()[0].pk),
    "office/grade-thresholds/": _one(lambda world: GradeThreshold.objects.all()[0].pk),
    "office/workdays/": _one(lambda world: WorkdayOverride.objects.all()[0].pk),
    "office/calendar-years/": _one(lambda world: CalendarYear.objects.all()[0].pk),
    "office/closing-times/": _one(lambda world: ClosingTime.objects.all()[0].pk),
    "office/users/": _accounts,
    "office/bulletins/": _one(lambda world: Bulletin.objects.filter(own=True)[0].pk),
    "office/groups/": _one(lambda world: Group.objects.get(unit=world.unit).pk),
    "office/sites/": _one(lambda world: Site.objects.get().pk),
    "office/collections/": _one(lambda world: Collection.objects.get().pk, "pk", "collection_id"),
    "office/workflows/tasks/": _one(lambda world: Task.objects.all()[0].pk),
    "office/workflows/task_chooser/": _one(lambda world: Task.objects.all()[0].pk, "task_id"),
    "office/workflows/remove/": lambda world: {
        "": {
            "page_pk": world.folder().get_parent().get_parent().pk,
            "workflow_pk": Workflow.objects.get(name="稿件审核").pk,
        }
    },
    "office/workflows/": _one(lambda world: Workflow.objects.get(name="稿件审核").pk),
    "office/documents/": lambda world: {"": {"pk": NOWHERE}},
    "office/images/": lambda world: {"": {"pk": NOWHERE}},
    "office/tag-autocomplete/": lambda world: {"": {}},
    "office/snippets/<slug": lambda world: {"": {}},
    "office/snippets/choose/": lambda world: {"": {"pk": world.scheme_draft.pk}},
    "office/password_reset/": lambda world: {"": {}},
    "office/pages/workflow/preview/<path": lambda world: {"": {}},
}

# Routes that are regular expressions without names: what stands in their place.
SPELLED = {
    "^office/password_reset/.*$": "office/password_reset/",
    "^read/_util/.*$": "read/_util/login/",
    "office/^.*/$": "office/no-such-page/",
    "read/^((?:[\\w\\-]+/)*)$": "read/<str:>",
}


def _read_path(page: GatedPage) -> str:
    return page.url_path.removeprefix("/home/")


def filler_of(route: Route) -> Filler | None:
    """Return what fills a route, or None when nobody has said."""
    fits = [start for start in FILLERS if route.pattern.startswith(start)]
    return FILLERS[max(fits, key=len)] if fits else None


def addresses_of(route: Route, world: World) -> list[Address]:
    """Return a route's addresses: one, or one for each object that fills it.

    Raises:
        LookupError: a parameter for which FILLERS and PLAIN have nothing.
    """
    if not route.parameters and "<" not in SPELLED.get(route.pattern, ""):
        return [Address(route, "", "/" + _spelled(route))]
    filler = filler_of(route)
    if filler is None:
        raise LookupError(f"FILLERS 中没有填写 {route.pattern} 的对象")
    made: dict[str, Address] = {}
    for name, values in filler(world).items():
        path = "/" + _filled(route, {**PLAIN, **values})
        made.setdefault(path, Address(route, name, path))
    return list(made.values())


def met_by(name: str, addresses: Iterable[Address]) -> Iterator[Address]:
    """Yield the addresses that a visitor is tried on.

    Who does not work in the admin is stopped at its door, which looks at no object: one
    object for each route under /office/ is enough there.
    """
    works_there = name in ADMIN_ROLES or name == SUPERUSER
    tried: set[str] = set()
    for address in addresses:
        behind = address.path.startswith("/office/")
        if works_there or not behind or address.route.pattern not in tried:
            tried.add(address.route.pattern)
            yield address


def _filled(route: Route, values: Values) -> str:
    def value(match: re.Match[str]) -> str:
        parameter = match[1]
        if parameter not in values:
            raise LookupError(f"{route.pattern} 的参数 {parameter} 没有值")
        return str(values[parameter])

    return re.sub(r"<(?:[a-z]+:)?([a-z_0-9]*)>", value, _spelled(route))


def _spelled(route: Route) -> str:
    """Return a pattern as an address whose parameters all stand in angle brackets."""
    text = SPELLED.get(route.pattern, route.pattern)
    text = re.sub(r"\(\?P<([a-z_]+)>(?:[^()]|\\.)*\)", r"<\1>", text)
    return text.replace("^", "").replace("$", "").replace("\\", "")
