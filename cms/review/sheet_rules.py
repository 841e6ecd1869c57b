"""What a 保密审查表 holds and when it is complete. Pure: no ORM, no clock.

Source: domain rules on confidentiality: checklist, attribute with reason, a stop that only a
named reviewer lifts with a reason, opinion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.scanning.rules import Finding, Kind, part_label

NOTE_MAX = 200
OPINION_MAX = 500
PLACE_MAX = 60


class Topic(models.TextChoices):
    """What a reviewer looks for, one by one."""

    STATE_SECRET = "state", gettext_lazy("国家秘密")
    WORK_SECRET = "work", gettext_lazy("工作秘密")
    TRADE_SECRET = "trade", gettext_lazy("商业秘密")
    PRIVACY = "privacy", gettext_lazy("个人隐私")
    SENSITIVE = "sensitive", gettext_lazy("敏感信息")


class Attribute(models.TextChoices):
    """公开属性. Source: domain rules on confidentiality."""

    OPEN = "open", gettext_lazy("主动公开")
    ON_REQUEST = "request", gettext_lazy("依申请公开")
    CLOSED = "closed", gettext_lazy("不予公开")


REASONED_ATTRIBUTES = frozenset({Attribute.ON_REQUEST, Attribute.CLOSED})


@dataclass(frozen=True)
class Point:
    """One line of the checklist."""

    involved: bool
    note: str = ""


@dataclass(frozen=True)
class Stop:
    """One stop that a reviewer must lift: the same words in the same part count once."""

    key: str
    part: str
    words: str
    hint: str
    count: int

    @property
    def part_label(self) -> str:
        return part_label(self.part)


@dataclass(frozen=True)
class Sheet:
    """A filled-in 保密审查表."""

    checklist: Mapping[str, Point] = field(default_factory=dict)  # Topic → point
    attribute: str = ""  # Attribute
    attribute_reason: str = ""
    opinion: str = ""
    lifted: Mapping[str, str] = field(default_factory=dict)  # Stop.key → reason
    carrier: str = ""
    channel: str = ""
    audience: str = ""

    @classmethod
    def nothing_involved(
        cls, *, opinion: str, carrier: str = "", channel: str = "", audience: str = ""
    ) -> Sheet:
        """Return the sheet of a text that touches none of the topics, open to everybody."""
        return cls(
            checklist={topic.value: Point(involved=False) for topic in Topic},
            attribute=Attribute.OPEN.value,
            opinion=opinion,
            carrier=carrier,
            channel=channel,
            audience=audience,
        )

    @property
    def is_begun(self) -> bool:
        """Whether the reviewer has filled in anything that is worth keeping."""
        return bool(self.checklist or self.attribute or self.lifted)


@dataclass(frozen=True)
class Problem:
    """What is missing, and at which field of the form."""

    field: str
    message: str


def stop_key(finding: Finding) -> str:
    """Return a short name of a stop that survives a reload of the page."""
    text = f"{finding.rule}\n{finding.part}\n{finding.words}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def stops(findings: Iterable[Finding]) -> list[Stop]:
    """Return the stops among the findings, each kind of words once for each part."""
    found: dict[str, Stop] = {}
    for finding in findings:
        if finding.kind == Kind.STOP:
            key = stop_key(finding)
            count = found[key].count + 1 if key in found else 1
            found[key] = Stop(key, finding.part, finding.words, finding.hint, count)
    return list(found.values())


def problems(sheet: Sheet, findings: Sequence[Finding]) -> list[Problem]:
    """Return what keeps a sheet from letting its text pass; empty when it is complete."""
    return [
        *_checklist_problems(sheet),
        *_attribute_problems(sheet),
        *_finding_problems(sheet, findings),
        *_length_problems(sheet),
    ]


def _checklist_problems(sheet: Sheet) -> list[Problem]:
    found = []
    for topic in Topic:
        point = sheet.checklist.get(topic)
        if point is None:
            message = _("请选择是否涉及%(topic)s。") % {"topic": topic.label}
            found.append(Problem(f"topic_{topic}", message))
        elif point.involved and topic == Topic.STATE_SECRET:
            message = _("涉及国家秘密的不能通过，请选择“保密审查不通过”，并通过机要渠道处理。")
            found.append(Problem(f"topic_{topic}", message))
        elif point.involved and not point.note:
            message = _("涉及%(topic)s，请说明为什么仍可通过。") % {"topic": topic.label}
            found.append(Problem(f"note_{topic}", message))
    return found


def _attribute_problems(sheet: Sheet) -> list[Problem]:
    if sheet.attribute not in Attribute.values:
        return [Problem("attribute", _("请选择公开属性。"))]
    if sheet.attribute in REASONED_ATTRIBUTES and not sheet.attribute_reason:
        label = Attribute(sheet.attribute).label
        return [Problem("attribute_reason", _("%(label)s须填写理由。") % {"label": label})]
    return []


def _finding_problems(sheet: Sheet, findings: Sequence[Finding]) -> list[Problem]:
    found = []
    if any(finding.kind == Kind.MARK for finding in findings):
        message = _("文中有密级标志，不能通过，请选择“保密审查不通过”，并通过机要渠道处理。")
        found.append(Problem("", message))
    for stop in stops(findings):
        if not sheet.lifted.get(stop.key):
            message = _("%(part)s中的“%(words)s”须填写解除理由。") % {
                "part": stop.part_label,
                "words": stop.words,
            }
            found.append(Problem(f"lift_{stop.key}", message))
    if not sheet.opinion:
        found.append(Problem("opinion", _("请填写审查意见。")))
    return found


def _length_problems(sheet: Sheet) -> list[Problem]:
    texts = [
        (sheet.attribute_reason, NOTE_MAX, "attribute_reason"),
        (sheet.opinion, OPINION_MAX, "opinion"),
        *((point.note, NOTE_MAX, f"note_{topic}") for topic, point in sheet.checklist.items()),
        *((reason, NOTE_MAX, f"lift_{key}") for key, reason in sheet.lifted.items()),
        *((text, PLACE_MAX, "") for text in (sheet.carrier, sheet.channel, sheet.audience)),
    ]
    return [
        Problem(name, _("文字过长，不能超过%(max)d字。") % {"max": limit})
        for text, limit, name in texts
        if len(text) > limit
    ]
