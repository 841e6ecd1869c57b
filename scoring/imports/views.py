"""导入 in the office: upload, look, confirm, book, report."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.bulletins.models import Bulletin
from cms.review.actions import Refused
from cms.scanning import door
from infoflow.units.models import Unit
from infoflow.uploads.kinds import MIME_OF_KIND, BadFile, Kind
from scoring.adoptions.models import Fact
from scoring.adoptions.offers import checks_on

from . import actions, queries, template
from .forms import TableForm, UploadForm
from .looks import Choices, look
from .meanings import all_meanings
from .models import ImportRun, Upload, imports
from .names import SKIP
from .rules import REMARKS_SHOWN, Form, NameChoice, Weight, stem_of

if TYPE_CHECKING:
    from infoflow.units.models import User

RUNS_SHOWN = 20
FACTS_SHOWN = 50
NAMES_SHOWN = 300
# More rows than this are booked with progress on the page.
WITH_PROGRESS = 2_000
_STEPS = "<!-- steps -->"


class ImporterMixin(WagtailAdminTemplateMixin):
    """A page of editors and scorers."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not imports(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def person(self) -> User:
        """Who asks; `dispatch` has sent strangers away."""
        return cast("User", self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = [{"url": reverse("facts"), "label": _("采用与计分事项")}]
        if not isinstance(self, ImportsView):
            above.append({"url": reverse("imports"), "label": _("导入表格")})
        return [*self.breadcrumbs_items, *above, {"url": "", "label": self.get_page_title()}]


class ImportsView(ImporterMixin, TemplateView):
    """导入表格: a file, what waits, what was imported."""

    template_name = "imports/imports.html"
    page_title = gettext_lazy("导入表格")
    header_icon = "upload"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", UploadForm())
        runs = ImportRun.objects.visible_to(self.person).select_related("person")
        return super().get_context_data(
            **kwargs,
            waiting=Upload.objects.visible_to(self.person).defer("data"),
            page_obj=Paginator(runs, RUNS_SHOWN).get_page(self.request.GET.get("p")),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                taken = actions.take(name=file.name, data=file.read(), person=self.person)
                upload = actions.keep(taken=taken, person=self.person)
            except BadFile as bad:
                form.add_error("file", bad.message)
            else:
                return redirect("import_look", pk=upload.pk)
        return self.render_to_response(self.get_context_data(form=form))


class TemplateFile(View):
    """模板: the facts workbook to fill in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not imports(request.user):
            raise PermissionDenied
        today = timezone.localdate()
        data = template.build(
            list(Unit.objects.active_on(today).values_list("name", flat=True)),
            list(Bulletin.objects.filter(active=True).values_list("name", flat=True)),
            checks_on(today),
        )
        answer = HttpResponse(data, content_type=MIME_OF_KIND[Kind.XLSX])
        name = quote(_("事项导入模板.xlsx"))
        answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return answer


def _options(choice: NameChoice, everything: list[tuple[int, str]]) -> list[tuple[str, str, bool]]:
    """Return what a name may mean: (value, words, chosen), the likeliest first."""
    chosen = choice.chosen
    alike = [(s.id, _("%(name)s（相近）") % {"name": s.name}) for s in choice.suggestions]
    known = {pk for pk, _name in alike}
    rest = [(pk, name) for pk, name in everything if pk not in known]
    rows = [(SKIP, _("不导入这些行")), *alike, *rest]
    return [("", _("请选择"), chosen is None), *((str(k), v, k == chosen) for k, v in rows)]


class LookView(ImporterMixin, TemplateView):
    """What a table would do, what must be confirmed, and the button that books it."""

    template_name = "imports/look.html"
    header_icon = "upload"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        person = cast("User", request.user)
        self.upload = get_object_or_404(Upload.objects.visible_to(person), pk=kwargs["pk"])
        self.choices = Choices.of(self.upload.choices)

    def get_page_title(self) -> str:
        return self.upload.name

    def see(self) -> None:
        """Read the table and look at it as it is understood now."""
        self.sheets = actions.sheets_of(self.upload)
        stem = stem_of(self.upload.name)
        self.found = look(self.sheets, self.choices, default_notice=stem)

    def table_form(self, data: Any = None) -> TableForm:
        """Return the form of what the whole table is."""
        names = [sheet.name for sheet in self.sheets]
        return TableForm(data, sheets=names, found=self.found)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.see()
        return self.render_to_response(self.get_context_data(form=self.table_form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "drop" in request.POST:
            actions.drop(upload_id=self.upload.pk, person=self.person)
            messages.success(request, _("已放弃这张表，没有登记任何内容。"))
            return redirect("imports")
        self.see()
        form = self.table_form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        chosen = form.choices(self.choices, request.POST)
        try:
            actions.choose(upload_id=self.upload.pk, choices=chosen.stored(), person=self.person)
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect("imports")
        if "book" not in request.POST:
            return redirect("import_look", pk=self.upload.pk)
        if len(self.found.rows) > WITH_PROGRESS:
            return StreamingHttpResponse(
                self.streamed(), headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
            )
        return self.book_at_once()

    def book_at_once(self) -> HttpResponse:
        """Book a short table and go to its report."""
        run, refusal = None, ""
        for step, words in self.steps():
            run, refusal = step.run if step else run, words
        if run is not None:
            return redirect("import_run", pk=run.pk)
        messages.error(self.request, refusal)
        return redirect("import_look", pk=self.upload.pk)

    def steps(self) -> Generator[tuple[actions.Step | None, str]]:
        """Book; yield each step, or why it was refused and nothing was booked."""
        try:
            # Closed at once when the page is left: the transaction must not wait for a collector.
            booking = actions.book_upload(
                upload_id=self.upload.pk, person=self.person, sheets=self.sheets
            )
            with closing(booking):
                for step in booking:
                    yield step, ""
        except Refused as refusal:
            yield None, refusal.message
        except ValidationError as error:
            yield None, " ".join(error.messages)
        except door.MarkedSecret as secret:
            door.keep_record(secret)
            yield None, _("没有导入：表中有密级标志（%(rule)s）。") % {"rule": secret.rule_label}

    def streamed(self) -> Generator[str]:
        """Yield the page in pieces while the table is booked: a bar for each step."""
        context = self.get_context_data(steps=_STEPS)
        page = render_to_string("imports/progress.html", context, self.request)
        head, _mark, foot = page.partition(_STEPS)
        # Browsers wait for about a kilobyte before they show anything.
        yield head + f"<!--{' ' * 1024}-->"
        back = reverse("import_look", args=[self.upload.pk])
        with closing(self.steps()) as steps:
            for step, refusal in steps:
                told = {"step": step, "refusal": refusal, "back": back}
                yield render_to_string("imports/_step.html", told)
        yield foot

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        found = getattr(self, "found", None)
        if found is None or "form" not in kwargs:
            return context
        remarks = found.sorted_remarks()
        meanings = all_meanings(dict(Bulletin.objects.values_list("pk", "name")))
        return {
            **context,
            "upload": self.upload,
            "found": found,
            "notice": found.form == Form.NOTICE,
            "remarks": remarks[:REMARKS_SHOWN],
            "more": max(0, len(remarks) - REMARKS_SHOWN),
            "stopping": sum(r.weight in (Weight.FAULT, Weight.ASK) for r in remarks),
            "names": self._names(),
            "columns": [
                (c, [(code, words, code == c.meaning) for code, words in meanings])
                for c in found.columns
                if c.meaning != "unit"
            ],
            "earlier": queries.earlier_run(self.upload.digest),
            "media": context["media"] + kwargs["form"].media
            if "media" in context
            else kwargs["form"].media,
        }

    def _names(self) -> list[tuple[NameChoice, list[tuple[str, str, bool]]]]:
        """Return the names that are to be confirmed: everything that is not the same word."""
        units = list(Unit.objects.values_list("pk", "name"))
        bulletins = list(Bulletin.objects.values_list("pk", "name"))
        return [
            (choice, _options(choice, everything))
            for choices, everything in (
                (self.found.units, units),
                (self.found.bulletins, bulletins),
            )
            for choice in choices.values()
            if choice.how not in ("same", "code")
        ][:NAMES_SHOWN]


class RunView(ImporterMixin, TemplateView):
    """What one import has booked."""

    template_name = "imports/run.html"
    header_icon = "upload"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        runs = ImportRun.objects.visible_to(cast("User", request.user)).select_related("person")
        self.run = get_object_or_404(runs, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return self.run.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = (
            Fact.objects.visible_to(self.person)
            .filter(queries.facts_of_run(self.run))
            .select_related("bulletin", "reversed_by")
            .prefetch_related("lines__unit")
            .order_by("pk")
        )
        page = Paginator(facts, FACTS_SHOWN).get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs, run=self.run, page_obj=page)
