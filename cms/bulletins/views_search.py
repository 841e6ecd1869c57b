"""The office's search over items that have left their units and over issues."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from cms.review.views import OfficeView
from infoflow.paging import paginator_of
from infoflow.units.permissions import has_role, person_of
from infoflow.units.roles import Role

from . import queries, searching
from .forms_search import IssueSearchForm, ItemSearchForm

PAGE_SIZE = 20
ITEMS, ISSUES = "items", "issues"


class SearchView(OfficeView):
    """检索: one form, two kinds of results."""

    template_name = "search/office.html"
    page_title = _("检索")
    header_icon = "search"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def kind(self) -> str:
        return ISSUES if self.request.GET.get("kind") == ISSUES else ITEMS

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = person_of(self.request)
        form_class = IssueSearchForm if self.kind == ISSUES else ItemSearchForm
        form = form_class(self.request.GET)
        wanted = form.wanted()
        context: dict[str, Any] = {"form": form, "wanted": wanted, "kind": self.kind}
        if wanted:
            if self.kind == ITEMS:
                pages: Any = searching.items(user, wanted)
            else:
                pages = searching.issues(user, wanted, issued=False)
            page = paginator_of(pages, PAGE_SIZE, words=wanted.words).get_page(
                self.request.GET.get("p")
            )
            rows = list(page.object_list)
            context["page_obj"] = page
            if self.kind == ITEMS:
                context["hits"] = searching.item_hits(rows, wanted.words)
            else:
                context["hits"] = searching.issue_hits(rows, wanted.words, issued=False)
                lines = queries.issue_lines(rows)
                context["lines"] = list(zip(context["hits"], lines, strict=True))
                context["composes"] = has_role(user, Role.EDITOR)
        return super().get_context_data(**kwargs, **context)
