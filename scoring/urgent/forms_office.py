"""Forms of office, reviewer and signatory on an event's page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.units.models import Unit

from .content import SENSITIVE
from .forms import KeyedForm, Moment, area, line
from .rules import LINK_MAX, NAME_MAX, PLACE_MAX, TEXT_MAX, WHAT_MAX, Clear, Fault, Sign
from .rules_grades import EventClass, Grade

FLAGS = {
    "sensitive_time": gettext_lazy("敏感时间"),
    "sensitive_place": gettext_lazy("敏感地点"),
    "sensitive_people": gettext_lazy("敏感人群"),
}


def _choices(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项。")},
    )


class PlainForm(forms.Form):
    """A form of one act."""

    def take(self, faults: dict[str, list[str]]) -> None:
        """Show what an action found wrong at the fields that the page has."""
        for field, messages in faults.items():
            for message in messages:
                self.add_error(field if field in self.fields else None, message)


class GradeForm(PlainForm):
    """定级."""

    grade = _choices(gettext_lazy("级别"), Grade.choices)
    event_class = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=[("", gettext_lazy("未定")), *EventClass.choices],
        required=False,
    )
    sensitive = forms.MultipleChoiceField(
        label=gettext_lazy("敏感（按较大以上报送）"),
        choices=[(name, FLAGS[name]) for name in SENSITIVE],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    why = line(gettext_lazy("依据"), WHAT_MAX, required=True)

    def clean_sensitive(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data["sensitive"])


class PieceForm(PlainForm):
    """对应稿件: the page offers items, the action decides which are allowed."""

    item = forms.IntegerField(
        label=gettext_lazy("稿件"),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        error_messages={"invalid": gettext_lazy("请从列表中选择稿件。")},
        widget=forms.Select,
    )

    def offer(self, items: Iterable[tuple[int, str]]) -> None:
        """Offer items, by number and title; none takes the word back."""
        rows = [("", _("（没有对应稿件）")), *((pk, f"{title}（{pk}）") for pk, title in items)]
        self.fields["item"].widget.choices = rows


class OnlineForm(PlainForm):
    """网上所见."""

    link = line(gettext_lazy("链接或平台、账号"), LINK_MAX, required=True)
    first_seen = Moment(gettext_lazy("网上首见时间"))
    noticed_by = line(gettext_lazy("发现人"), NAME_MAX, required=True)


class DirectForm(KeyedForm):
    """领导指示."""

    leader = line(gettext_lazy("领导"), NAME_MAX, required=True)
    given_at = Moment(gettext_lazy("指示时间"))
    text = area(gettext_lazy("指示内容"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("given_at", timezone.now())


class AnswerForm(KeyedForm):
    """落实情况."""

    text = area(gettext_lazy("落实情况"))


class SignForm(PlainForm):
    """补签."""

    verdict = _choices(gettext_lazy("意见"), Sign.choices)
    remark = line(gettext_lazy("说明（有异议必填）"), WHAT_MAX)


class ClearForm(PlainForm):
    """保密审查."""

    verdict = _choices(gettext_lazy("意见"), Clear.choices)
    reason = line(gettext_lazy("理由"), WHAT_MAX, required=True)


class FindForm(PlainForm):
    """认定."""

    kind = _choices(gettext_lazy("认定为"), Fault.choices)
    reason = area(gettext_lazy("理由"))
    evidence = area(gettext_lazy("证据"))


class ObjectForm(PlainForm):
    """申辩."""

    text = area(gettext_lazy("申辩"))


class RuleForm(PlainForm):
    """复核."""

    lifted = _choices(
        gettext_lazy("复核结果"),
        [("no", gettext_lazy("维持认定")), ("yes", gettext_lazy("撤销认定"))],
    )
    why = area(gettext_lazy("复核意见"))

    def clean_lifted(self) -> bool:
        return bool(self.cleaned_data["lifted"] == "yes")


class EndForm(PlainForm):
    """办结."""

    why = line(gettext_lazy("说明（没有终报的必填）"), WHAT_MAX)


class OpeningForm(KeyedForm):
    """What the office knows of an event that the unit has not reported in writing."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("单位"),
        queryset=Unit.objects.none(),
        empty_label=gettext_lazy("请选择单位"),
        error_messages={"required": gettext_lazy("请选择单位。")},
    )
    what = forms.CharField(
        label=gettext_lazy("什么事"),
        max_length=WHAT_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("请写明发生了什么，一句话即可。")},
    )
    place = forms.CharField(
        label=gettext_lazy("在哪里"),
        max_length=PLACE_MAX,
        error_messages={"required": gettext_lazy("请写明在哪里。")},
    )
    happened_at = Moment(gettext_lazy("事发时间（大约）"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units: Any = self.fields["unit"]
        units.queryset = Unit.objects.active_on(timezone.localdate())
        self.initial.setdefault("happened_at", timezone.now())


class CallForm(KeyedForm):
    """电话报告 on a known event: who called, when."""

    caller = line(gettext_lazy("来电人"), NAME_MAX, required=True)
    at = Moment(gettext_lazy("来电时间"))
    caller_post = line(gettext_lazy("职务"), NAME_MAX)
    phone = line(gettext_lazy("来电号码"), NAME_MAX)
    said = area(gettext_lazy("电话内容"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["caller"].error_messages["required"] = _("请写明来电人。")
        self.initial.setdefault("at", timezone.now())


class NewCallForm(CallForm, OpeningForm):
    """电话报告 of an event that nobody here knows yet."""

    field_order = ["unit", "caller", "what", "place", "happened_at", "at"]


class MissingForm(OpeningForm):
    """应报未报."""

    why = area(gettext_lazy("从哪里得知，为什么应当报告"), TEXT_MAX)
