"""Printing a 保密审查表; closed and refused texts, and taking them up again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from infoflow.units.permissions import person_of

from . import actions, queries, sheets
from .actions import Refused
from .forms import ReopenForm
from .models import Decision
from .rules import FINAL_VERDICTS, Step
from .views import OfficeView
from .views_versions import TextView

PAGE_SIZE = 20


class SheetView(TextView):
    """A text's 保密审查表 on one A4 page."""

    template_name = "review/sheet.html"
    page_title = gettext_lazy("保密审查表")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper = sheets.paper_of(self.page)
        if paper is None:
            raise Http404
        return super().get_context_data(**kwargs, page=self.page, paper=paper)


class ClosedView(OfficeView):
    """Texts that were closed or refused, newest first, with who, when and why."""

    template_name = "review/closed.html"
    header_icon = "folder"
    page_title = gettext_lazy("已办结稿件")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").strip()[:50]
        rows = queries.closed(person_of(self.request), words=words)
        page = Paginator(rows, PAGE_SIZE).get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs, page_obj=page, rows=page.object_list, words=words)


class ReopenView(TextView):
    """Take a closed or refused text up again, with a reason."""

    template_name = "review/reopen.html"
    page_title = gettext_lazy("恢复办理")

    @cached_property
    def decision(self) -> Decision:
        """The newest decision, which must have ended the road."""
        last = queries.road_of(self.page).last()
        if last is None or last.verdict not in FINAL_VERDICTS:
            raise Http404
        return last

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.decision.revision.as_object()
        kwargs.setdefault("form", ReopenForm())
        return super().get_context_data(
            **kwargs,
            page=self.page,
            title=text.title,
            text=text.render_text(),
            decision=self.decision,
            refusal=self.refusal(),
        )

    def refusal(self) -> str | None:
        """Return why this person may not take the text up again, or None."""
        return actions.why_not(
            page=self.page, step=Step(self.decision.step), person=person_of(self.request)
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, page = ReopenForm(request.POST), self.page
        last = queries.road_of(page).last()
        # Of a text that was taken up meanwhile the action says so; of others the form is asked.
        if last is not None and last.verdict in FINAL_VERDICTS and (refusal := self.refusal()):
            raise Refused(refusal)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        actions.reopen(
            page_id=page.pk, person=person_of(request), reason=form.cleaned_data["reason"]
        )
        row = queries.open_steps([page.pk]).get(page.pk)
        messages.success(
            request,
            _("已恢复办理，现在等待%(step)s。") % {"step": row[0].label if row else ""},
        )
        return redirect("review_closed")
