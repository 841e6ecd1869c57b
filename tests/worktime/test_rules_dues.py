"""Which reminder is due: cases, and a slow, obvious second implementation."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infoflow.worktime.rules import CHINA
from infoflow.worktime.rules_dues import (
    LATE_FROM,
    Stage,
    checked_points,
    handled_at_start,
    late_words,
    look,
    point_words,
    stages,
)

AT = datetime(2026, 7, 8, 17, tzinfo=CHINA)
POINTS = [-1440, -120, 0, 60]
EARLY = AT - timedelta(days=5)


def minutes(number: float) -> datetime:
    return AT + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("now", "told", "late", "skipped", "next_offset"),
    [
        (-1441, None, False, [], -1440),
        (-1440, -1440, False, [], -120),
        (-1438, -1440, False, [], -120),  # two minutes: still in time
        (-1437.9, -1440, True, [], -120),
        (-120, -120, False, [-1440], 0),  # the machine was off for a day
        (20, 0, True, [-1440, -120], 60),
        (60, 60, False, [-1440, -120, 0], None),
        (3 * 1440, 60, True, [-1440, -120, 0], None),  # three days late
    ],
)
def test_never_looked_before(
    now: float, told: int | None, late: bool, skipped: list[int], next_offset: int | None
) -> None:
    found = look(AT, POINTS, EARLY, EARLY, minutes(now))
    assert (found.told.offset if found.told else None) == told
    assert found.late is late
    assert [stage.offset for stage in found.skipped] == skipped
    assert found.next_at == (None if next_offset is None else minutes(next_offset))


def test_what_is_handled_is_not_told_again() -> None:
    found = look(AT, POINTS, minutes(-120), EARLY, minutes(-60))
    assert (found.told, found.skipped, found.next_at) == (None, (), AT)


@pytest.mark.parametrize(
    ("now", "told", "left"),
    [
        (-3000, [], [-1440, -120, 0, 60]),
        (-600, [], [-120, 0, 60]),  # the news of the deadline itself told the rest
        (10, [], [0, 60]),  # it was over when it was set: that is said once
        (90, [], [60]),
        (90, [60], []),
        (10, [0], [60]),
    ],
)
def test_what_is_left_when_a_deadline_is_set(now: int, told: list[int], left: list[int]) -> None:
    known = {Stage(minutes(offset), offset) for offset in told}
    handled = handled_at_start(AT, POINTS, minutes(now), known)
    assert [s.offset for s in stages(AT, POINTS) if s.at > handled] == left


def test_late_counts_from_when_it_became_known() -> None:
    """A commission entered an hour after its deadline is told at once and not called late."""
    assert not look(AT, [0], AT - timedelta(seconds=1), minutes(60), minutes(61)).late


@pytest.mark.parametrize(
    ("behind", "words"),
    [
        (0, ""),
        (2, ""),
        (20, "（晚了20分钟提醒）"),
        (61, "（晚了1小时提醒）"),
        (47 * 60, "（晚了47小时提醒）"),
        (3 * 1440, "（晚了3天提醒）"),
    ],
)
def test_late_words(behind: int, words: str) -> None:
    assert late_words(Stage(AT, 0), minutes(behind)) == words


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (0, "到期"),
        (-120, "到期前2小时"),
        (-1440, "到期前1天"),
        (-90, "到期前90分钟"),
        (60, "逾期1小时"),
        (2880, "逾期2天"),
    ],
)
def test_point_words(offset: int, words: str) -> None:
    assert point_words(offset) == words


def test_points_out_of_bounds() -> None:
    assert checked_points([60, 0, 60]) == [0, 60]
    with pytest.raises(ValueError, match="reminder points"):
        checked_points(range(41))
    with pytest.raises(ValueError, match="reminder points"):
        checked_points([366 * 24 * 60 + 1])


MOMENTS = st.integers(-5_000, 5_000)


@given(
    points=st.lists(MOMENTS, max_size=8),
    looks=st.lists(MOMENTS, max_size=8),
    start=MOMENTS,
)
def test_every_point_is_told_or_passed_over_once(
    points: list[int], looks: list[int], start: int
) -> None:
    """However often, seldom or wildly one looks: each point of what was left comes once, the
    told one is the newest that has come, and next_at is never later than the next point."""
    handled = handled_at_start(AT, points, minutes(start))
    left = {p for p in points if minutes(p) > handled}
    known = minutes(start)
    seen: list[int] = []
    for now in looks:
        moment = minutes(now)
        found = look(AT, points, handled, known, moment)
        if found.told is None:
            assert not [p for p in left if p not in seen and p <= now]
            continue
        here = [stage.offset for stage in (*found.skipped, found.told)]
        assert here == sorted(p for p in left if p not in seen and p <= now)
        assert found.late == (moment - max(found.told.at, known) > LATE_FROM)
        seen += here
        handled = found.told.at
        ahead = sorted(p for p in left if p > now)
        assert found.next_at == (minutes(ahead[0]) if ahead else None)
    assert len(seen) == len(set(seen))
    assert set(seen) == {p for p in left if looks and p <= max(looks)}


@given(
    points=st.lists(MOMENTS, max_size=8),
    seconds=st.tuples(*[st.integers(-300_000, 300_000)] * 3),
)
def test_a_look_is_what_the_points_moments_say(
    points: list[int], seconds: tuple[int, int, int]
) -> None:
    handled, since, now = (AT + timedelta(seconds=n) for n in seconds)
    left = [stage for stage in stages(AT, points) if stage.at > handled]
    come = [stage for stage in left if stage.at <= now]
    found = look(AT, points, handled, since, now)
    assert [*found.skipped, *([found.told] if found.told else [])] == come
    assert found.next_at == next((stage.at for stage in left if stage.at > now), None)
