"""The confidentiality form (保密审查表) as a form beside the text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.scanning.rules import Finding

from . import sheet_rules
from .sheet_rules import NOTE_MAX, OPINION_MAX, PLACE_MAX, Attribute, Point, Sheet, Stop, Topic

_ANSWERS = [("no", _("不涉及")), ("yes", _("涉及"))]


@dataclass(frozen=True)
class TopicRow:
    """One line of the checklist on the screen."""

    topic: Topic
    answer: forms.BoundField
    note: forms.BoundField


@dataclass(frozen=True)
class StopRow:
    """One stop to lift on the screen."""

    stop: Stop
    reason: forms.BoundField


class ClearanceForm(forms.Form):
    """A 保密审查表. Complete only when the text shall pass; other verdicts keep what is there.

    Args:
        findings: what the scan finds in the text now.
        passing: the verdict is a pass, so everything must be filled in.
    """

    attribute = forms.ChoiceField(
        label=_("公开属性"), choices=Attribute.choices, widget=forms.RadioSelect, required=False
    )
    attribute_reason = forms.CharField(
        label=_("属性理由"),
        required=False,
        max_length=NOTE_MAX,
        help_text=_("依申请公开、不予公开时必填"),
    )
    carrier = forms.CharField(label=_("载体"), required=False, max_length=PLACE_MAX)
    channel = forms.CharField(label=_("发布渠道"), required=False, max_length=PLACE_MAX)
    audience = forms.CharField(label=_("知悉范围"), required=False, max_length=PLACE_MAX)
    opinion = forms.CharField(
        label=_("审查意见"),
        required=False,
        max_length=OPINION_MAX,
        initial=_("经审查，同意。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        findings: Sequence[Finding],
        passing: bool = False,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.findings = findings
        self.passing = passing
        self.stops = sheet_rules.stops(findings)
        for topic in Topic:
            self.fields[f"topic_{topic}"] = forms.ChoiceField(
                label=topic.label, choices=_ANSWERS, widget=forms.RadioSelect, required=False
            )
            self.fields[f"note_{topic}"] = forms.CharField(
                label=_("说明"), required=False, max_length=NOTE_MAX
            )
        for stop in self.stops:
            self.fields[f"lift_{stop.key}"] = forms.CharField(
                label=_("解除理由"), required=False, max_length=NOTE_MAX
            )

    @property
    def topic_rows(self) -> list[TopicRow]:
        return [TopicRow(t, self[f"topic_{t}"], self[f"note_{t}"]) for t in Topic]

    @property
    def stop_rows(self) -> list[StopRow]:
        return [StopRow(stop, self[f"lift_{stop.key}"]) for stop in self.stops]

    @property
    def text_fields(self) -> list[forms.BoundField]:
        names = ("carrier", "channel", "audience", "opinion")
        return [self[name] for name in names]

    def sheet(self) -> Sheet:
        """Return what was filled in, after `is_valid`."""
        data = self.cleaned_data
        return Sheet(
            checklist={
                topic.value: Point(data[f"topic_{topic}"] == "yes", data.get(f"note_{topic}", ""))
                for topic in Topic
                if data.get(f"topic_{topic}")
            },
            lifted={
                stop.key: data[f"lift_{stop.key}"]
                for stop in self.stops
                if data.get(f"lift_{stop.key}")
            },
            **{
                name: data.get(name, "")
                for name in (
                    "attribute",
                    "attribute_reason",
                    "opinion",
                    "carrier",
                    "channel",
                    "audience",
                )
            },
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.passing:
            for problem in sheet_rules.problems(self.sheet(), self.findings):
                if problem.field not in self.errors:
                    self.add_error(problem.field or None, problem.message)
        return data
