"""The form of a hand-over, for the desk and for the office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import User
from .models_handover import NOTE_MAX


class HandOverForm(forms.Form):
    """Who takes over, why, and the word that it has been looked through."""

    successor = forms.ModelChoiceField(
        label=gettext_lazy("接手人"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("请选择"),
        error_messages={
            "required": gettext_lazy("请选择接手人。"),
            "invalid_choice": gettext_lazy("不能选这个人，请重新选择。"),
        },
    )
    note = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=NOTE_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": NOTE_MAX}),
        error_messages={
            "max_length": gettext_lazy("说明不能超过%(limit_value)s字，现在%(show_value)s字。")
        },
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("已核对移交内容，确认交接"),
        error_messages={"required": gettext_lazy("请核对下面的移交内容后勾选确认。")},
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["successor"]
        field.queryset = people
        field.label_from_instance = lambda user: (
            _("%(name)s（%(account)s）")
            % {
                "name": user.name,
                "account": user.username,
            }
        )
