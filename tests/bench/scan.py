"""Measure the scan of a draft against the floor of reading and matching it.

Run with `bin/bench scan`. The floor is our own reading (`normalise.read`, itself 30 times as
fast as a loop over the characters) and one bare pass of the same automaton over it, both in
the same run by turns; the scan adds 密级标志, internal signs, personal data, exceptions, places
in the source and the look whether the lists have changed.
"""

from __future__ import annotations

import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

GOAL_RATIO = 0.7
GOAL_MS = 1.0
SIZE = 3_000
DRAFTS = 40
ROUNDS = 25
SEED = 20261125
SENTENCES = (
    "今年以来，{unit}坚持问题导向，扎实推进重点工作，取得阶段性成效。",
    "截至11月25日，累计完成投资{n}.6亿元，同比增长{n}.3%。",
    "建立健全工作台账，逐项明确责任单位、完成时限，实行销号管理。",
    "组织开展保密宣传教育{n}场次，{n}20余人参加。",
    "针对群众反映的停车难问题，新增泊位{n}80个，改造老旧小区{n}处。",
    "一要提高思想认识，压实工作责任；二要强化督导检查，确保落到实处。",
    "围绕产业发展、民生保障、安全生产等方面，深入{n}个乡镇（街道）开展调研。",
    "下一步，将持续优化营商环境，推动各项政策措施落地见效。",
)
UNITS = ("财政局", "水务局", "文化和旅游局", "太和桥街道办事处", "信访局", "林业局")


def say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def set_up() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "infoflow.settings.test"
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.SCAN_TRUST = 1.0
    django.setup()
    call_command("migrate", verbosity=0)


def drafts(chance: random.Random, planted: list[str]) -> list[str]:
    """Return drafts of 3,000 characters; each holds two words of the lists."""
    made: list[str] = []
    for _number in range(DRAFTS):
        lines: list[str] = []
        while sum(map(len, lines)) < SIZE:
            line = "".join(
                chance.choice(SENTENCES).format(unit=chance.choice(UNITS), n=chance.randint(1, 9))
                for _n in range(4)
            )
            lines.append(line)
        text = "\n".join(lines)[:SIZE]
        for word in chance.sample(planted, 2):
            place = chance.randrange(SIZE - 60)
            text = text[:place] + word + text[place + len(word) :]
        made.append(text)
    return made


def random_words(chance: random.Random, count: int) -> list[str]:
    """Return different words of two to six of the characters that official texts use."""
    letters = sorted({char for line in SENTENCES for char in line if char > "\u4e00"})
    letters += [chr(code) for code in range(0x4E00, 0x5200)]
    words: set[str] = set()
    while len(words) < count:
        words.add("".join(chance.choices(letters, k=chance.choice((3, 3, 4, 4, 4, 5, 6)))))
    return sorted(words)


def quickest(calls: list[Callable[[str], object]], texts: list[str]) -> list[list[float]]:
    """Return for each call the processor time of each text in µs: the best of all rounds.

    The calls take turns on every text, so that a busy neighbour disturbs them alike; the best
    of many rounds is what the work itself costs.
    """
    best = [[float("inf")] * len(texts) for _call in calls]
    for _round in range(ROUNDS):
        for number, text in enumerate(texts):
            for times, call in zip(best, calls, strict=True):
                start = time.process_time_ns()
                call(text)
                times[number] = min(times[number], (time.process_time_ns() - start) / 1_000)
    return best


def measure(count: int, chance: random.Random) -> tuple[float, float, float]:
    """Return the mean of the floor and of the scan, and the slowest draft's scan, in µs."""
    from django.utils import timezone

    from cms.scanning import lists, normalise, scanner
    from cms.scanning.masking import BIRTH
    from cms.scanning.models import ScanState

    words = random_words(chance, count)
    entries = lists.entries_on(timezone.localdate()) + [
        lists.Entry(number, "stop", word, source="测量") for number, word in enumerate(words)
    ]
    begun = time.process_time()
    lexicon = lists.lexicon_of(entries)
    say(f"{count:>7} words: automaton built in {time.process_time() - begun:.2f} s")
    keeper = lists._keeper
    keeper.kept = lists.InForce(ScanState.now(), timezone.localdate(), lexicon, BIRTH)
    match = lexicon.automaton.find_matches_as_indexes

    def floor(text: str) -> None:
        match(normalise.read(text).words, overlapping=True)

    def ours(text: str) -> None:
        scanner.scan({"title": "关于重点工作进展情况的报告", "body": text})

    texts = drafts(chance, words)
    found = [len(scanner.scan({"body": text})) for text in texts]
    say(f"{'':>14} findings a draft: {statistics.mean(found):.1f} (at least {min(found)})")
    floors, scans = quickest([floor, ours], texts)
    return statistics.mean(floors), statistics.mean(scans), max(scans)


def slow_floor(texts: list[str]) -> float:
    """Return what reading character by character would cost, for comparison."""
    from cms.scanning.normalise import folded

    def loop(text: str) -> None:
        words: list[str] = []
        places: list[int] = []
        for place, char in enumerate(text):
            for said in folded(char):
                words.append(said)
                places.append(place)

    return statistics.mean(quickest([loop], texts)[0])


def main() -> int:
    set_up()
    chance = random.Random(SEED)
    say(f"Python {platform.python_version()}, {os.cpu_count()} cores, processor time, µs a draft")
    reached = True
    for count in (10_000, 100_000):
        floor, scan, slowest = measure(count, chance)
        ratio = floor / scan
        reached &= ratio >= GOAL_RATIO and slowest / 1_000 <= GOAL_MS
        say(
            f"{'':>14} floor {floor:.0f}, scan {scan:.0f}, ratio {ratio:.2f};"
            f" slowest draft {slowest / 1_000:.2f} ms"
        )
    looped = slow_floor(drafts(chance, ["部署"] * 2)[:10])
    say(f"reading character by character alone: {looped:.0f}")
    say(f"goal >= {GOAL_RATIO} and <= {GOAL_MS} ms: {'reached' if reached else 'missed'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
