"""Forms that carry files: attachments of an item, a Word file that becomes one."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.units.models import Unit, User
from infoflow.units.permissions import unit_ids_of
from infoflow.units.roles import Role
from infoflow.uploads.handlers import TooLargeFile
from infoflow.uploads.rules import too_large

ACCEPT_ANY = ".docx,.xlsx,.pdf,.png,.jpg,.jpeg,.txt"


class FilesInput(forms.ClearableFileInput):
    """A file field that takes several at once."""

    allow_multiple_selected = True


class FilesField(forms.Field):
    """One or more files in memory: (name as sent, bytes)."""

    def __init__(self, *, accept: str, several: bool, missing: Any) -> None:
        attrs = {"accept": accept, "multiple": several}
        super().__init__(
            label=gettext_lazy("文件"),
            widget=FilesInput(attrs=attrs),
            error_messages={"required": missing},
        )

    def clean(self, value: Any) -> list[tuple[str, bytes]]:
        """Return the files.

        Raises:
            ValidationError: none was chosen, or one is larger than the cap.
        """
        files: list[UploadedFile] = [file for file in value or [] if file]
        if not files:
            raise ValidationError(self.error_messages["required"], code="required")
        large = next((file for file in files if isinstance(file, TooLargeFile)), None)
        if large is not None:
            raise ValidationError(
                _("“%(name)s”没有上传：%(why)s")
                % {"name": large.name, "why": too_large(large.real_size).message},
                code="too_large",
            )
        return [(file.name or "", file.read()) for file in files]


class AttachForm(forms.Form):
    """Files to add to a draft."""

    upload = FilesField(
        accept=ACCEPT_ANY, several=True, missing=gettext_lazy("请先选择文件，再点“添加”。")
    )


class ImportForm(forms.Form):
    """A Word file to make a draft of; the unit only for those who write for several."""

    unit = forms.ModelChoiceField(
        label=gettext_lazy("报送单位"),
        queryset=Unit.objects.none(),
        empty_label=None,
        error_messages={
            "required": gettext_lazy("请选择报送单位。"),
            "invalid_choice": gettext_lazy("您不是这个单位的信息员，请重新选择。"),
        },
    )
    upload = FilesField(
        accept=".docx", several=False, missing=gettext_lazy("请先选择 Word 文件，再点“导入”。")
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = list(Unit.objects.filter(pk__in=unit_ids_of(person, Role.OFFICER)))
        unit: Any = self.fields["unit"]
        unit.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in self.units])
        if len(self.units) < 2:
            del self.fields["unit"]
        self.initial.setdefault("form_key", uuid.uuid4())

    @property
    def chosen_unit(self) -> Unit:
        """The unit that it is for, after validation."""
        unit: Unit = self.cleaned_data.get("unit") or self.units[0]
        return unit
