"""Reads for importing: the names that are known, items by title, what was imported before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from cms.bulletins.models import Bulletin
from cms.items.models import ItemPage
from infoflow.units.models import Unit
from scoring.adoptions.models import Fact
from scoring.adoptions.rules import FactRow
from scoring.adoptions.storing import ids_of
from scoring.schemes.models import Scheme

from .facts_table import Setting
from .models import ImportRun, UnitAlias
from .names import KnownItem, KnownUnit, Names, Titles
from .rules import plain_name

BATCH = 2_000
# Items older than this before the oldest day of a table are not looked at.
ITEM_DAYS = 400
ITEMS_MAX = 50_000


def setting(choices: Mapping[str, int], year: int | None = None) -> Setting:
    """Return what a look depends on: units, learned names, bulletins, schemes in force."""
    today = timezone.localdate()
    names = Names(
        units=[
            KnownUnit(*row)
            for row in Unit.objects.values_list("pk", "name", "code", "active_from", "active_until")
        ],
        aliases=dict(UnitAlias.objects.values_list("plain", "unit_id")),
        former=former_names(),
        bulletins=dict(Bulletin.objects.values_list("pk", "name")),
        choices=choices,
    )
    spans = Scheme.objects.filter(live=True).values_list("valid_from", "valid_until")
    return Setting(names, today, year or today.year, tuple(spans))


def former_names() -> dict[str, int]:
    """Return the names that units had before they were renamed, each with its unit.

    A name that several units have had is left out: somebody has to choose. One query.
    """
    units: defaultdict[str, set[int]] = defaultdict(set)
    for pk, name in Unit.history.order_by().values_list("id", "name").distinct():
        units[plain_name(name)].add(pk)
    return {plain: found.pop() for plain, found in units.items() if len(found) == 1}


def titles_of(units: Collection[int], rows: Iterable[FactRow]) -> Titles:
    """Return the pool's items of units that the rows may be about, by title."""
    oldest = min((row.date for row in rows), default=timezone.localdate())
    items = (
        ItemPage.objects.in_pool()
        .filter(
            Q(unit_id__in=units),
            first_published_at__date__gte=oldest - timedelta(days=ITEM_DAYS),
        )
        .order_by("-pk")
        .values_list("pk", "title", "unit_id")
    )
    return Titles(KnownItem(pk, title, (unit,)) for pk, title, unit in items[:ITEMS_MAX])


def facts_by_key(keys: Collection[str]) -> dict[str, tuple[int, object, bool]]:
    """Return key → (id, day, withdrawn) of the facts that exist."""
    found: dict[str, tuple[int, object, bool]] = {}
    known = list(ids_of(list(keys)).values())
    for start in range(0, len(known), BATCH):
        some = Fact.objects.filter(pk__in=known[start : start + BATCH]).order_by()
        for key, pk, day, back in some.values_list("key", "pk", "date", "reversed_by"):
            found[key] = (pk, day, back is not None)
    return found


def earlier_run(digest: str) -> ImportRun | None:
    """Return the last import of exactly this file, if there was one."""
    run: ImportRun | None = (
        ImportRun.objects.filter(digest=digest).select_related("person").order_by("-at").first()
    )
    return run


def ranges_of(ids: Iterable[int]) -> list[list[int]]:
    """Return ids as unbroken runs: 1, 2, 3, 7 → [[1, 3], [7, 7]]."""
    found: list[list[int]] = []
    for pk in sorted(ids):
        if found and found[-1][1] == pk - 1:
            found[-1][1] = pk
        else:
            found.append([pk, pk])
    return found


def facts_of_run(run: ImportRun) -> Q:
    """Return the condition that picks the facts that a run has booked."""
    wanted = Q(pk__in=[])
    for first, last in run.facts:
        wanted |= Q(pk__gte=first, pk__lte=last)
    return wanted
