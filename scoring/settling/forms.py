"""Forms of closing."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from scoring.ledger.forms import ConfirmForm

from .rules import NOTE_MAX


class CloseForm(ConfirmForm):
    """The confirmation: the period, what was seen of it, a note."""

    note = forms.CharField(
        label=_("说明（可不填）"),
        max_length=NOTE_MAX,
        required=False,
        error_messages={"max_length": _("说明不能超过%(limit_value)d字。")},
    )
