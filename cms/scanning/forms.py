"""Forms of the office's pages of word lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from infoflow.uploads.rules import BadFile, Kind, inspect

from .models import Word, WordList

if TYPE_CHECKING:
    WordModelForm = forms.ModelForm[Word]
    ListModelForm = forms.ModelForm[WordList]
else:
    WordModelForm = ListModelForm = forms.ModelForm

_REQUIRED = {"required": _("请填写。")}
_DATE = {"invalid": _("日期不正确，请按 2026-01-01 填写。")}


class StopWordForm(WordModelForm):
    """A word that stops a text. Only lists of this kind are offered."""

    kind = "stop"

    class Meta:
        model = Word
        fields = ["word_list", "words", "grade", "unless", "valid_from", "valid_until", "active"]
        widgets = {"valid_from": AdminDateInput, "valid_until": AdminDateInput}
        error_messages = {
            "word_list": {"required": _("请选择词表。")},
            "words": _REQUIRED,
            "valid_from": _DATE,
            "valid_until": _DATE,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["word_list"]
        field.queryset = WordList.objects.filter(kind=self.kind)
        lists = list(field.queryset[:2])
        if len(lists) == 1:
            field.initial = lists[0].pk


class TypoWordForm(StopWordForm):
    """A word that is written wrongly."""

    kind = "typo"

    class Meta(StopWordForm.Meta):
        fields = ["word_list", "words", "right", "unless", "valid_from", "valid_until", "active"]
        labels = {"words": _("错误写法")}


class WordListForm(ListModelForm):
    """A list; its kind is one that the person keeps."""

    class Meta:
        model = WordList
        fields = ["name", "kind", "source", "active"]
        error_messages = {"name": _REQUIRED, "kind": {"required": _("请选择类别。")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.for_user = kwargs.pop("for_user", None)
        super().__init__(*args, **kwargs)

    def clean_kind(self) -> str:
        from .permissions import keeps

        kind: str = self.cleaned_data["kind"]
        if self.for_user is not None and not keeps(self.for_user, kind):
            raise forms.ValidationError(_("这一类词表由别的岗位管理，请选择您管理的类别。"))
        return kind


class ImportForm(forms.Form):
    """A sheet for one list."""

    word_list = forms.ModelChoiceField(
        label=_("导入到"),
        queryset=WordList.objects.none(),
        error_messages={"required": _("请选择词表。"), "invalid_choice": _("请选择词表。")},
    )
    file = forms.FileField(
        label=_("Excel 文件"),
        help_text=_("第一行是列名，至少有“词语”一列；不清楚格式时先导出一份照着填。"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": _("请选择文件。"), "empty": _("文件是空的，请重新选择。")},
    )
    dry_run = forms.BooleanField(label=_("只检查，不导入"), required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["word_list"]
        field.queryset = WordList.objects.filter(kind=kind)
        lists = list(field.queryset[:2])
        if len(lists) == 1:
            field.initial = lists[0].pk

    def clean_file(self) -> bytes:
        """Return the file's bytes; what is no plain .xlsx is refused with the reason."""
        sent = self.cleaned_data["file"]
        try:
            kept = inspect(name=sent.name, data=sent.read())
        except BadFile as bad:
            raise forms.ValidationError(bad.message) from None
        if kept.kind != Kind.XLSX:
            raise forms.ValidationError(_("请上传 .xlsx 文件。"))
        return kept.data
