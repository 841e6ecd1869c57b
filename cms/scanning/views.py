"""The office's pages of the scan: word lists by Excel, and who was refused at the door."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.widgets.button import HeaderButton

from infoflow.units.admin_views import AddView
from infoflow.units.permissions import person_of
from infoflow.uploads.kinds import MIME_OF_KIND, Kind

from . import actions, sheets
from .forms import ImportForm
from .models import ListKind, Refusal, Word
from .permissions import KeeperPolicy, keeps, kinds_kept, list_policy, sees_refusals

PAGE_SIZE = 50


class Kept:
    """Mixin: the page of one thing that the person must keep."""

    permission_policy: KeeperPolicy
    request: HttpRequest

    def get_object(self, queryset: Any = None) -> Any:
        # Core's page of the history takes no queryset.
        found = super().get_object()  # type: ignore[misc]
        user = person_of(self.request)
        if not self.permission_policy.user_has_permission_for_instance(user, "change", found):
            raise PermissionDenied
        return found


class StopKept(Kept):
    permission_policy = KeeperPolicy(Word, ListKind.STOP)


class TypoKept(Kept):
    permission_policy = KeeperPolicy(Word, ListKind.TYPO)


class ListKept(Kept):
    permission_policy = list_policy

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        return {**kwargs, "for_user": person_of(self.request)}


class AddStop(StopKept, AddView):
    pass


class EditStop(StopKept, generic.EditView):
    pass


class StopHistory(StopKept, HistoryView):
    pass


class AddTypo(TypoKept, AddView):
    pass


class EditTypo(TypoKept, generic.EditView):
    pass


class TypoHistory(TypoKept, HistoryView):
    pass


class AddList(ListKept, AddView):
    pass


class EditList(ListKept, generic.EditView):
    pass


class ListHistory(ListKept, HistoryView):
    pass


class WordIndex(generic.IndexView):
    """The words of one kind."""

    kind: str = ""
    any_permission_required = ["add", "change", "view"]

    def get_base_queryset(self) -> models.QuerySet[Word]:
        words: models.QuerySet[Word] = super().get_base_queryset()
        return words.filter(word_list__kind=self.kind).select_related("word_list")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = list(super().header_buttons)
        for label, name, icon in (
            (_("导入 Excel"), "scanning_import", "upload"),
            (_("导出 Excel"), "scanning_export", "download"),
        ):
            url = reverse(name, args=[self.kind])
            buttons.append(HeaderButton(label=label, url=url, icon_name=icon, priority=20))
        return buttons


class StopIndex(StopKept, WordIndex):
    page_title = gettext_lazy("内部用语")
    kind = ListKind.STOP


class TypoIndex(TypoKept, WordIndex):
    page_title = gettext_lazy("错别字")
    kind = ListKind.TYPO


class ListIndex(generic.IndexView):
    """The lists that a person keeps."""

    any_permission_required = ["add", "change", "view"]

    def get_base_queryset(self) -> models.QuerySet[Any]:
        lists: models.QuerySet[Any] = super().get_base_queryset()
        return lists.filter(kind__in=kinds_kept(person_of(self.request)))


def _kind_of(request: HttpRequest, kind: str) -> ListKind:
    if kind not in ListKind:
        raise Http404
    if not keeps(request.user, kind):
        raise PermissionDenied
    return ListKind(kind)


class ExportView(View):
    """All words of a kind as an Excel file."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        wanted = _kind_of(request, kind)
        words = Word.objects.filter(word_list__kind=wanted).order_by("word_list", "words")
        name = _("内部用语") if wanted == ListKind.STOP else _("错别字")
        answer = HttpResponse(sheets.write(words), content_type=MIME_OF_KIND[Kind.XLSX])
        file_name = quote(f"{name}{timezone.localdate():%Y%m%d}.xlsx")
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{file_name}"
        return answer


class ImportView(WagtailAdminTemplateMixin, TemplateView):
    """Words from an Excel file: all rows, or none with a list of what is wrong."""

    template_name = "scanning/import.html"
    page_title = gettext_lazy("导入词语")
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.kind = _kind_of(request, kwargs["kind"])
        return super().dispatch(request, *args, **kwargs)

    @property
    def index_url(self) -> str:
        return reverse(f"{self.kind}-words:index")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        label = _("内部用语") if self.kind == ListKind.STOP else _("错别字")
        return [
            *self.breadcrumbs_items,
            {"url": self.index_url, "label": label},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", ImportForm(kind=self.kind))
        export = reverse("scanning_export", args=[self.kind])
        return super().get_context_data(**kwargs, index_url=self.index_url, export_url=export)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ImportForm(request.POST, request.FILES, kind=self.kind)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        lines, faults = sheets.read(form.cleaned_data["file"])
        dry_run = form.cleaned_data["dry_run"] or bool(faults)
        done = actions.import_words(
            word_list=form.cleaned_data["word_list"],
            lines=lines,
            person=person_of(request),
            dry_run=dry_run,
        )
        faults = sorted(faults + done.faults, key=lambda fault: fault.row)
        context = self.get_context_data(form=form, done=done, faults=faults, dry_run=dry_run)
        return self.render_to_response(context, status=422 if faults else 200)


class RefusalsView(WagtailAdminTemplateMixin, TemplateView):
    """密级拒收记录: who, when, by which way, which rule; nothing of the text exists."""

    template_name = "scanning/refusals.html"
    page_title = gettext_lazy("密级拒收记录")
    header_icon = "warning"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not sees_refusals(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        records = Refusal.objects.visible_to(person_of(self.request))
        months = (
            records.annotate(month=TruncMonth("at"))
            .order_by("-month")
            .values("month")
            .annotate(n=Count("pk"), people=Count("person", distinct=True))
        )
        page = Paginator(records.select_related("person", "unit"), PAGE_SIZE)
        return super().get_context_data(
            **kwargs, months=list(months[:12]), page_obj=page.get_page(self.request.GET.get("p"))
        )
