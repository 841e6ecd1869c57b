"""Short ways to write the moments of an event."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from infoflow.worktime.rules import CHINA
from scoring.urgent.presets import presets
from scoring.urgent.rules_clocks import EventFacts, RuleRow
from scoring.urgent.rules_grades import Grade

# A Wednesday; the day of an event unless a case says otherwise.
DAY = date(2026, 6, 3)
GRADES = {"一般": Grade.GENERAL, "较大": Grade.SERIOUS, "重大": Grade.MAJOR, "特大": Grade.EXTREME}


def at(text: str) -> datetime:
    """Return a moment: "14:03", "14:03:30", or with its day "4日08:00", "2026-06-04T08:00"."""
    day = DAY
    if "日" in text:
        number, text = text.split("日")
        day = DAY.replace(day=int(number))
    if "T" in text:
        return datetime.fromisoformat(text).replace(tzinfo=CHINA)
    return datetime.combine(day, time.fromisoformat(text), CHINA)


NAMES = {
    "事发": "happened_at",
    "获悉": "learned_at",
    "接报": "received_at",
    "电话": "phone_at",
    "书面": "written_at",
    "终报": "final_at",
    "结束": "ended_at",
}


def facts(text: str, **values: Any) -> EventFacts:
    """Return facts from "重大 敏感 事发14:00 获悉14:03 电话14:10 不全 续4日07:50"."""
    known: dict[str, Any] = {"cls": "accident", "grade": None, "sensitive": False}
    known |= {"happened_at": None, "happened_about": False, "learned_at": None}
    followups = []
    for word in text.split():
        if word in GRADES:
            known["grade"] = GRADES[word]
        elif word == "敏感":
            known["sensitive"] = True
        elif word == "约":
            known["happened_about"] = True
        elif word == "不全":
            known["written_incomplete_reason"] = "伤亡人数正在核实"
        elif word.startswith("续"):
            followups.append(at(word[1:]))
        else:
            known[NAMES[word[:2]]] = at(word[2:])
    return EventFacts(**{**known, "followups": tuple(followups), **values})


def preset(code: str) -> list[RuleRow]:
    """Return the rules of a preset, in force from 2000 on."""
    table = presets()[code]
    return table.rules_for(
        jurisdiction=table.jurisdiction, document=table.document, since=date(2000, 1, 1)
    )
