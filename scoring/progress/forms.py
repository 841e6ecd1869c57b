"""Forms of progress: 零报告, settings, what to show."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.units.models import Unit

from .models import REASON_MAX, ProgressSettings
from .rules import ZeroState


class ZeroReportForm(forms.Form):
    """Which of one's units, and why there is nothing to report."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("单位"),
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": gettext_lazy("只能为自己的单位作零报告。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("没有信息可报的原因"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("例如：本季度无新情况。信息科和领导看得到。"),
        error_messages={
            "required": gettext_lazy("请写明没有信息可报的原因，例如：本季度无新情况。"),
            "max_length": gettext_lazy("说明不能超过200字，请缩短。"),
        },
    )

    def __init__(self, *args: Any, units: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - as declared above
        field.queryset = Unit.objects.filter(pk__in=units).order_by("order", "code")
        if len(units) == 1:
            field.initial = units[0]
            field.widget = forms.HiddenInput()


class ProgressSettingsForm(forms.ModelForm):
    """The one row of settings."""

    class Meta:
        model = ProgressSettings
        fields = ["period", "warn_before", "rush_days", "silent_days"]


class ShownForm(forms.Form):
    """Which period and which units a list shows; a plain GET form."""

    period = forms.ChoiceField(label=gettext_lazy("期间"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("考核分组"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("状态"), required=False)

    def __init__(
        self, *args: Any, periods: list[tuple[str, str]], groups: list[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, Any]]] = {
            "period": list(periods),
            "group": [("", _("全部分组")), *((name, name) for name in groups)],
            "state": [
                ("", _("全部单位")),
                ("zero", _("各种挂零")),
                *ZeroState.choices,
                ("behind", _("落后于任务进度")),
            ],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = offered

    def chosen(self, name: str) -> str:
        """Return what was chosen, or "" when that is none of the choices."""
        self.is_valid()
        value: str = self.cleaned_data.get(name, "")
        return value
