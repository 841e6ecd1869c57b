"""The office's pages that take a scheme in from a file or a preset, and give one out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.review.actions import Refused
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .actions_import import SchemeFileError, import_scheme, missing_bulletins
from .exchange import dump_scheme
from .models import Scheme
from .presets import preset_data, presets
from .views import EDIT, LIST

if TYPE_CHECKING:
    from infoflow.units.models import User

FILE_MAX = 1_000_000  # bytes; a scheme of a hundred clauses is far smaller


class ImportForm(forms.Form):
    """A file or a preset, and whether to add the bulletins that it needs."""

    preset = forms.ChoiceField(
        label=gettext_lazy("内置样例"),
        required=False,
        help_text=gettext_lazy("各地公布过的计分办法，可以在此基础上修改。"),
    )
    file = forms.FileField(
        label=gettext_lazy("或上传文件"),
        required=False,
        help_text=gettext_lazy("从本系统导出的 JSON 文件。"),
    )
    create_bulletins = forms.BooleanField(
        label=gettext_lazy("办法用到而本系统没有的上级刊物，一并添加"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["preset"])
        field.choices = [("", _("不用样例")), *((p.code, p.name) for p in presets())]

    def clean_file(self) -> Any:
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload is None:
            return None
        if upload.size is None or upload.size > FILE_MAX:
            raise ValidationError(_("文件超过1MB，不是计分办法文件。"))
        try:
            return json.loads(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValidationError(_("文件不是 UTF-8 编码，请用本系统导出的文件。")) from None
        except json.JSONDecodeError as error:
            raise ValidationError(
                _("文件第%(line)s行不是正确的 JSON，请用本系统导出的文件。")
                % {"line": error.lineno}
            ) from None
        except RecursionError:
            raise ValidationError(_("文件嵌套太深，不是计分办法文件。")) from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "file" in cleaned and bool(cleaned["file"] is not None) == bool(cleaned.get("preset")):
            raise ValidationError(_("请选一个内置样例，或上传一个文件，两者选一。"))
        return cleaned

    @property
    def scheme_data(self) -> Any:
        """The plain data that was chosen."""
        if self.cleaned_data["preset"]:
            return preset_data(self.cleaned_data["preset"])
        return self.cleaned_data["file"]


class ImportView(WagtailAdminTemplateMixin, FormView):
    """Choose a file or a preset; everything wrong in it is listed by its place."""

    template_name = "schemes/import.html"
    form_class = ImportForm
    header_icon = "upload"
    faults: tuple[tuple[str, str], ...] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SCORER):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("导入计分办法")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(LIST), "label": _("计分办法")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, faults=self.faults, presets=presets())

    def form_valid(self, form: ImportForm) -> HttpResponse:
        data, create = form.scheme_data, form.cleaned_data["create_bulletins"]
        try:
            missing = [] if create else missing_bulletins(data)
            if missing:
                names = "、".join(f"《{bulletin.name}》" for bulletin in missing)
                form.add_error(
                    "create_bulletins",
                    _("缺少刊物%(names)s，请勾选一并添加，或先在“刊物设置”中添加。")
                    % {"names": names},
                )
                return self.form_invalid(form)
            scheme = import_scheme(
                data=data, create_bulletins=create, person=cast("User", self.request.user)
            )
        except SchemeFileError as error:
            self.faults = error.faults
            return self.form_invalid(form)
        except (Refused, ValidationError) as error:
            form.add_error(None, getattr(error, "message", None) or str(error))
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("已导入《%(scheme)s》为草稿。请核对条款，发布后才施行。") % {"scheme": str(scheme)},
        )
        return redirect(EDIT, scheme.pk)


class ExportView(View):
    """The file of a scheme: its latest draft for scorers, as published for other readers."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not has_role(request.user, Role.SCORER, Role.EDITOR):
            raise PermissionDenied
        scheme = get_object_or_404(Scheme.objects.visible_to(request.user), pk=pk)
        if has_role(request.user, Role.SCORER) and scheme.latest_revision is not None:
            scheme = scheme.latest_revision.as_object()
        text = json.dumps(dump_scheme(scheme), ensure_ascii=False, indent=2) + "\n"
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        name = f"{scheme.name}-{scheme.version}.json"
        response["Content-Disposition"] = content_disposition_header(True, name)
        return response
