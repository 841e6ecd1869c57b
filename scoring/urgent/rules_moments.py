"""Moments of an event that cannot be: what the forms refuse, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from .rules import Happened
from .rules_clock_types import EventFacts
from .rules_clock_words import moment_words

# A phone's clock may run ahead of the server's by so much before a moment counts as future.
AHEAD = timedelta(minutes=1)


def problems(facts: EventFacts, now: datetime) -> list[str]:
    """Return what is wrong with the moments of an event, one sentence each; nothing if all is well.

    Equal moments are well: what is typed has minutes, what is stamped has seconds. A moment of
    the event that is only about known may lie up to an hour after 获悉 (`Happened.earliest`).
    """
    return [*_future(facts, now), *_beginning(facts), *_reports(facts), *_ending(facts)]


def _named(facts: EventFacts) -> list[tuple[str, datetime | None]]:
    return [
        (_("事发时间"), facts.happened_at),
        (_("获悉时间"), facts.learned_at),
        (_("接报时间"), facts.received_at),
        (_("电话报告时间"), facts.phone_at),
        (_("书面报告时间"), facts.written_at),
        *((_("续报时间"), moment) for moment in facts.followups),
        (_("终报时间"), facts.final_at),
        (_("处置结束时间"), facts.ended_at),
    ]


def _future(facts: EventFacts, now: datetime) -> Iterator[str]:
    for name, moment in _named(facts):
        if moment is not None and moment > now + AHEAD:
            yield _("%(name)s%(moment)s还没有到（现在%(now)s），请核对日期和时间。") % {
                "name": name,
                "moment": moment_words(moment, beside=now),
                "now": moment_words(now),
            }


def _order(name: str, moment: datetime | None, than: str, other: datetime | None) -> Iterator[str]:
    if moment is not None and other is not None and moment < other:
        yield _("%(name)s%(moment)s早于%(than)s%(other)s，请核对。") % {
            "name": name,
            "moment": moment_words(moment),
            "than": than,
            "other": moment_words(other, beside=moment),
        }


def _beginning(facts: EventFacts) -> Iterator[str]:
    if facts.happened_at is None:
        return
    # An event "about 14:00" may be learned of at 13:58, as on the form of a first report.
    happened = Happened(facts.happened_at, facts.happened_about)
    for name, moment in (
        (_("获悉时间"), facts.learned_at),
        (_("接报时间"), facts.received_at),
        (_("处置结束时间"), facts.ended_at),
    ):
        if moment is not None and moment < happened.earliest:
            yield from _order(name, moment, _("事发时间"), happened.at)


def _reports(facts: EventFacts) -> Iterator[str]:
    learned = facts.learned_at
    yield from _order(_("电话报告时间"), facts.phone_at, _("获悉时间"), learned)
    yield from _order(_("书面报告时间"), facts.written_at, _("获悉时间"), learned)
    if facts.followups and facts.first_at is None:
        yield _("还没有首报，不能续报。请先登记首报。")
    for number, moment in enumerate(facts.followups, start=1):
        name = _("第%(n)d次续报时间") % {"n": number}
        yield from _order(name, moment, _("首报时间"), facts.first_at)
    pairs = zip(facts.followups, facts.followups[1:], strict=False)
    for number, (before, moment) in enumerate(pairs, start=2):
        name, than = _("第%(n)d次续报时间"), _("上一次续报时间")
        yield from _order(name % {"n": number}, moment, than, before)


def _ending(facts: EventFacts) -> Iterator[str]:
    if facts.final_at is None:
        return
    if facts.first_at is None:
        yield _("还没有首报，不能终报。请先登记首报。")
    yield from _order(_("终报时间"), facts.final_at, _("首报时间"), facts.first_at)
    last = facts.followups[-1] if facts.followups else None
    yield from _order(_("终报时间"), facts.final_at, _("最后一次续报时间"), last)
