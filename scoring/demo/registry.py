"""The demonstration sets by name. A set loads itself, in one transaction, and twice is once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from . import fenyang, huolinguole, walkthrough, xining, zhalantun
from .tables import load


@dataclass(frozen=True)
class DemoSet:
    """A set: its name on the command line, what it holds, and how it is loaded."""

    name: str
    about: str
    load: Callable[[], int]  # returns the number of new facts


SETS: tuple[DemoSet, ...] = (
    DemoSet(
        "fenyang-2009",
        "汾阳2009年前三季度：十个单位报送336条，上报238条，得75分",
        partial(load, fenyang.TABLE),
    ),
    DemoSet(
        "zhalantun-2023q1",
        "扎兰屯2023年一季度：前五名205、180、145、135、130分",
        partial(load, zhalantun.TABLE),
    ),
    DemoSet(
        "huolinguole-2018",
        "霍林郭勒2018年1—2月：报送与采用，含四个零报送单位",
        partial(load, huolinguole.TABLE),
    ),
    DemoSet(
        "xining-2017",
        "西宁城中区2017年4月：报送301条，采纳159条，采纳率52.8%",
        partial(load, xining.TABLE),
    ),
    DemoSet(
        "walkthrough",
        "演示县：稿件和期刊在流程的每一站各有几件，附演示账号",
        walkthrough.load,
    ),
)


def named(names: list[str]) -> tuple[list[DemoSet], list[str]]:
    """Return the sets asked for (all without names) and the names that no set has."""
    by_name = {demo_set.name: demo_set for demo_set in SETS}
    if not names:
        return list(SETS), []
    wanted = [by_name[name] for name in dict.fromkeys(names) if name in by_name]
    return wanted, [name for name in names if name not in by_name]
