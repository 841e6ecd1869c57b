"""Forms of reports: the first one is short, everything else stands behind one fold."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.units.models import Unit

from .content import NUMBERS, Content
from .rules import CHINA, COUNT_MAX, NAME_MAX, PLACE_MAX, TEXT_MAX, WHAT_MAX, Via
from .rules_grades import EventClass, Grade

MINUTE = "%Y-%m-%dT%H:%M"
OTHER = "other"
# How long ago: one tap each; the moment itself stands beside it.
AGO = (0, 10, 30, 60)
SOURCES = ("现场人员", "群众来电", "110、119、120", "村（社区）", "部门单位", "网络", "其他")


class Moment(forms.DateTimeField):
    """A day and minute in China's time."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        kwargs.setdefault(
            "error_messages",
            {
                "required": gettext_lazy("请填写时间。"),
                "invalid": gettext_lazy("时间请按“2026-01-31 14:05”填写。"),
            },
        )
        super().__init__(
            label=label,
            input_formats=[MINUTE, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE),
            **kwargs,
        )


def line(label: Any, longest: int, hint: str = "", *, required: bool = False) -> forms.CharField:
    """Return a field of one line."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        widget=forms.TextInput(attrs={"placeholder": hint, "autocomplete": "off"}),
    )


def area(label: Any, longest: int = TEXT_MAX, rows: int = 2, hint: str = "") -> forms.CharField:
    """Return a field of several lines that may stay empty."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=False,
        widget=forms.Textarea(attrs={"rows": rows, "placeholder": hint}),
    )


def count(label: Any, highest: int = COUNT_MAX) -> forms.IntegerField:
    """Return a number of people or ten thousands of yuan; empty means 不详."""
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=highest,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": "0"}),
    )


class KeyedForm(forms.Form):
    """A form with a name of its own, so that sending it twice does it once."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("key", uuid.uuid4())

    def take(self, faults: dict[str, list[str]]) -> None:
        """Show what an action found wrong at the fields that the page has."""
        for field, messages in faults.items():
            place = field if field in self.fields else None
            for message in messages:
                self.add_error(place, message)


class ContentForm(KeyedForm):
    """What every report may say beside its first part."""

    facts = area(gettext_lazy("详细情况"), rows=4)
    dead = count(gettext_lazy("死亡"))
    missing = count(gettext_lazy("失踪"))
    serious = count(gettext_lazy("重伤"))
    light = count(gettext_lazy("轻伤"))
    trapped = count(gettext_lazy("被困"))
    evacuated = count(gettext_lazy("转移安置"))
    gathered = count(gettext_lazy("聚集人数"))
    loss = count(gettext_lazy("直接损失（万元）"), 2_000_000_000)
    trend = area(gettext_lazy("发展态势"))
    measures = area(gettext_lazy("已采取的措施"))
    leaders = line(gettext_lazy("到场领导"), WHAT_MAX)
    requests = area(gettext_lazy("请求事项"))
    commander = line(gettext_lazy("现场指挥"), NAME_MAX)
    commander_phone = line(gettext_lazy("现场指挥电话"), NAME_MAX)
    cause = area(gettext_lazy("初步原因（待核）"))
    grade = forms.ChoiceField(
        label=gettext_lazy("初判级别"),
        choices=[("", gettext_lazy("由信息科定")), *Grade.choices],
        required=False,
    )
    sensitive_time = forms.BooleanField(label=gettext_lazy("敏感时间"), required=False)
    sensitive_place = forms.BooleanField(label=gettext_lazy("敏感地点"), required=False)
    sensitive_people = forms.BooleanField(label=gettext_lazy("敏感人群"), required=False)

    def __init__(self, *args: Any, by_office: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_office = by_office
        if by_office:
            self.fields["via"] = forms.ChoiceField(
                label=_("怎样收到的"),
                choices=[choice for choice in Via.choices if choice[0] != Via.SYSTEM],
            )
            self.fields["received_at"] = Moment(_("收到时间"))
            self.initial.setdefault("received_at", timezone.now())
        for name in NUMBERS:
            self.fields[name].error_messages["invalid"] = _("请填写数字，不清楚的留空。")
            self.fields[name].error_messages["min_value"] = _("人数不能是负数。")

    @property
    def channel(self) -> dict[str, Any]:
        """How and when it came, where the office records it for the unit."""
        if not self.by_office:
            return {}
        return {name: self.cleaned_data[name] for name in ("via", "received_at")}

    @property
    def numbers(self) -> list[forms.BoundField]:
        """The fields of casualties that stand in one row."""
        return [self[name] for name in NUMBERS[:5]]

    @property
    def more_numbers(self) -> list[forms.BoundField]:
        """The other numbers."""
        return [self[name] for name in NUMBERS[5:]]

    @property
    def flags(self) -> list[forms.BoundField]:
        """What makes an event sensitive."""
        return [self[name] for name in ("sensitive_time", "sensitive_place", "sensitive_people")]

    @property
    def content(self) -> Content:
        """What the form says."""
        return Content.of(self.cleaned_data)


class FirstForm(ContentForm):
    """首报: what, where, when, since when known, casualties, source."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("报送单位"),
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"required": gettext_lazy("请选择报送单位。")},
    )
    # The minute in which the page was opened; the quick choices of the time begin there.
    shown_at = Moment("", required=False)
    what = forms.CharField(
        label=gettext_lazy("什么事"),
        max_length=WHAT_MAX,
        widget=forms.Textarea(
            attrs={
                "rows": 2,
                "autofocus": True,
                "placeholder": gettext_lazy("一句话，如：山体滑坡，埋压房屋两间"),
            }
        ),
        error_messages={
            "required": gettext_lazy("请写明发生了什么，一句话即可。"),
            "max_length": gettext_lazy("这里不超过200字，其余写在“补充情况”的详细情况中。"),
        },
    )
    place = forms.CharField(
        label=gettext_lazy("在哪里"),
        max_length=PLACE_MAX,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("写到村（社区）"), "autocomplete": "off"}
        ),
        error_messages={
            "required": gettext_lazy("请写明在哪里，写到乡镇（街道）和村（社区）。"),
            "max_length": gettext_lazy("地点不超过100字。"),
        },
    )
    when = forms.ChoiceField(
        label=gettext_lazy("什么时候发生"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("请点选事发时间；说不准的选最接近的一项。"),
            "invalid_choice": gettext_lazy("请点选事发时间。"),
        },
    )
    happened_at = Moment(gettext_lazy("事发时间"), required=False)
    happened_about = forms.BooleanField(label=gettext_lazy("大约"), required=False)
    learned_at = Moment(gettext_lazy("本单位何时获悉"))
    casualties = forms.ChoiceField(
        label=gettext_lazy("人员伤亡"),
        choices=[
            ("unknown", gettext_lazy("不详")),
            ("none", gettext_lazy("没有")),
            ("some", gettext_lazy("有")),
        ],
        initial="unknown",
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(
        label=gettext_lazy("从哪里得知"),
        choices=[(source, source) for source in SOURCES],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请点选从哪里得知。")},
    )
    event_class = forms.ChoiceField(
        label=gettext_lazy("类别（可不选）"),
        choices=list(EventClass.choices),
        required=False,
        widget=forms.RadioSelect,
    )
    incomplete_because = line(gettext_lazy("暂缺哪些内容，为什么"), WHAT_MAX)

    def __init__(self, *args: Any, units: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["unit"]
        choice.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])
        self.one_unit = len(units) == 1
        if self.one_unit:
            choice.widget = forms.HiddenInput()
            self.initial.setdefault("unit", units[0].pk)
        self.fields["shown_at"].widget = forms.DateTimeInput(
            attrs={"type": "hidden"}, format=MINUTE
        )
        shown = self._shown_at()
        self.initial.setdefault("shown_at", shown)
        self.initial.setdefault("happened_at", shown)
        self.initial.setdefault("learned_at", shown)
        times: Any = self.fields["when"]
        times.choices = [*ago_choices(shown), (OTHER, _("其他时间"))]

    def _shown_at(self) -> datetime:
        """Return the minute that the form was first shown in; now for a new one."""
        now = timezone.now().astimezone(CHINA).replace(second=0, microsecond=0)
        try:
            shown = minute_of(str(self.data.get("shown_at", "")))
        except ValueError:
            return now
        return shown if shown <= now else now

    @property
    def folded(self) -> bool:
        """Whether what stands behind the fold can stay there: no fault in it."""
        front = {"unit", "what", "place", "when", "happened_at", "learned_at", "source"}
        front |= {"via", "received_at"}
        return not set(self.errors) - front - {"__all__", "casualties", *NUMBERS[:5]}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        when = data.get("when")
        if when == OTHER:
            if data.get("happened_at") is None and "happened_at" not in self.errors:
                self.add_error("happened_at", _("请填写事发的日期和钟点。"))
        elif when:
            self.errors.pop("happened_at", None)
            data["happened_at"] = minute_of(when)
            data["happened_about"] = True
        if data.get("casualties") == "none":
            data.update(dict.fromkeys(NUMBERS[:5], 0))
        elif data.get("casualties") == "unknown":
            data.update(dict.fromkeys(NUMBERS[:5]))
        elif all(data.get(name) is None for name in NUMBERS[:5]):
            self.add_error("casualties", _("请至少填一个人数；都不清楚的请选“不详”。"))
        return data

    @property
    def content(self) -> Content:
        """What the form says; the event's time and place are handed in beside it."""
        said = {**self.cleaned_data, "happened_at": None, "place": ""}
        return Content.of(said)


def minute_of(text: str) -> datetime:
    """Return a minute in China's time as a form writes it.

    Raises:
        ValueError: it is none.
    """
    return datetime.strptime(text, MINUTE).replace(tzinfo=CHINA)


def ago_choices(shown: datetime) -> list[tuple[str, str]]:
    """Return the quick choices of the time, each with the minute that it stands for."""
    words = {0: _("刚刚"), 60: _("1小时前")}
    made = []
    for minutes in AGO:
        moment = shown - timedelta(minutes=minutes)
        label = words.get(minutes) or _("%(n)d分钟前") % {"n": minutes}
        made.append((moment.strftime(MINUTE), f"{label} {moment:%H:%M}"))
    return made


class FollowForm(ContentForm):
    """续报: only what is new; what was told before stands beside it."""

    happened_at = Moment(gettext_lazy("更正事发时间"), required=False)
    place = line(gettext_lazy("更正地点"), PLACE_MAX)

    @property
    def folded(self) -> bool:
        """Whether the fold can stay closed: no fault in it."""
        front = {"facts", "__all__", *NUMBERS[:5], "trend", "measures", "result", "cause"}
        return not set(self.errors) - front - {"responsibility", "lessons", "via", "received_at"}


class FinalForm(FollowForm):
    """终报: cause, responsibility, losses, result, lessons."""

    result = area(gettext_lazy("处置结果"), rows=3)
    responsibility = area(gettext_lazy("责任认定"))
    lessons = area(gettext_lazy("教训和改进"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].label = _("原因")
