"""Going through all texts in batches: the way of every command that rebuilds an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import QuerySet
from wagtail.models import Page

NAMED = 20


@dataclass(frozen=True)
class Source:
    """Pages of one kind and how their entries in an index are brought up to date."""

    name: str
    pages: Callable[[], QuerySet[Any]]
    # ids → ids whose entries are missing or differ; with `mend` they are put right.
    stale: Callable[[Sequence[int], bool], Sequence[int]]


def _batches(pages: QuerySet[Any], after: int, size: int) -> Iterator[list[int]]:
    """Yield ids in order. Each batch asks anew: pages made meanwhile are met as well."""
    while True:
        ids = list(pages.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size])
        if not ids:
            return
        yield ids
        after = ids[-1]


class BatchCommand(BaseCommand):
    """A command that may be stopped and started again at any time: what is right stays."""

    batch = 500

    def sources(self) -> list[Source]:
        raise NotImplementedError

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="只核对，不改动；有缺漏时以1退出")
        parser.add_argument("--after", type=int, default=0, help="从这个编号之后开始")

    def handle(self, *args: Any, **options: Any) -> None:
        check: bool = options["check"]
        wrong: list[int] = []
        for source in self.sources():
            pages = source.pages()
            total, done = pages.filter(pk__gt=options["after"]).count(), 0
            for ids in _batches(pages, options["after"], self.batch):
                wrong += self._one(source, ids, mend=not check)
                done += len(ids)
                self._tell(f"{source.name}：{done}/{max(total, done)}，到编号{ids[-1]}")
        if check and wrong:
            named = "、".join(str(pk) for pk in wrong[:NAMED])
            more = f"等{len(wrong)}篇" if len(wrong) > NAMED else ""
            raise CommandError(f"缺少或不符：编号{named}{more}。", returncode=1)
        self._tell("全部相符。" if not wrong else f"已补{len(wrong)}篇，其余相符。")

    def _one(self, source: Source, ids: Sequence[int], *, mend: bool) -> Sequence[int]:
        if not mend:
            return source.stale(ids, False)
        with transaction.atomic():
            # The same lock as whoever writes a text: neither puts back the other's older one.
            list(
                Page.objects.select_for_update(of=("self",), no_key=True)
                .filter(pk__in=ids)
                .order_by("pk")
                .values_list("pk", flat=True)
            )
            return source.stale(ids, True)

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
