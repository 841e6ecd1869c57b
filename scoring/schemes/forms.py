"""The form of a scheme in the admin, and the form that ends one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from infoflow.units.models import plausible_date


class SchemeForm(WagtailAdminModelForm):
    """Refuses what the model would refuse at publication, with the message at the field."""

    @staticmethod
    def frozen_message() -> str:
        """Say why a used version is closed and what to do instead."""
        return str(
            _("本版办法已用于计分，不能修改。需要调整请点“新建版本”，在新版本上修改后发布。")
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.instance.used:
            self.add_error(None, self.frozen_message())
            return cleaned
        name = cleaned.get("name")
        twins = type(self.instance)._default_manager.filter(
            name=name, version=self.instance.version
        )
        if name and twins.exclude(pk=self.instance.pk).exists():
            self.add_error(
                "name",
                _("已有同名的计分办法。修订原办法请在原办法上点“新建版本”，否则请换个名称。"),
            )
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        publishing = "action-publish" in self.data
        if publishing and not self.errors:
            for field, message in self.instance.faults_of_publication().items():
                self.add_error(field, message)


class EndForm(forms.Form):
    """The last day on which a version is in force."""

    last_day = forms.DateField(
        label=gettext_lazy("截止日期"),
        help_text=gettext_lazy("含当日；此后的采用不再按本办法计分，已计的分自动冲回。"),
        widget=AdminDateInput,
        validators=[plausible_date],
        error_messages={
            "required": gettext_lazy("请填写截止日期。"),
            "invalid": gettext_lazy("日期请按“2026-06-30”的格式填写。"),
        },
    )
