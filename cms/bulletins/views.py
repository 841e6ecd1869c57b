"""The office's pool and issue list; readers' list and page of issues."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.review.actions import Refused
from infoflow.paging import CappedPaginator, paginator_of
from infoflow.units.permissions import has_role, person_of, reads_bulletins
from infoflow.units.roles import Role

from . import actions, queries, searching
from .forms import PoolForm
from .forms_search import IssueSearchForm
from .models import Bulletin, IssuePage

PAGE_SIZE = 30


class EditorView(WagtailAdminTemplateMixin, TemplateView):
    """A page of the editors."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.EDITOR):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class PoolView(EditorView):
    """备用稿库: tick items and put them into an issue."""

    template_name = "bulletins/pool.html"
    page_title = _("备用稿库")
    header_icon = "folder-open-inverse"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        used = self.request.GET.get("used") == "1"
        search = self.request.GET.get("q", "").strip()[:50]
        items = queries.pool(person_of(self.request), used=used, search=search)
        page = CappedPaginator(items, PAGE_SIZE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            **kwargs,
            page_obj=page,
            used=used,
            q=search,
            bulletins=Bulletin.objects.own().filter(active=True),
            open_issues=queries.open_issues(person_of(self.request))[:20],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = PoolForm(request.POST)
        if not form.is_valid():
            messages.error(request, str(next(iter(form.errors.values()))[0]))
            return redirect(request.get_full_path())
        kind, _sep, number = form.cleaned_data["target"].partition(":")
        try:
            issue = actions.compose(
                person=person_of(request),
                item_ids=form.cleaned_data["items"],
                bulletin=Bulletin.objects.filter(pk=number).first() if kind == "bulletin" else None,
                issue_id=int(number) if kind == "issue" else None,
                merged=form.cleaned_data["merged"],
            )
        except Refused as refusal:
            messages.error(request, refusal.message)
            return redirect(request.get_full_path())
        messages.success(request, _("已编入“%(title)s”，请编辑后送审。") % {"title": issue.title})
        return redirect("wagtailadmin_pages:edit", issue.pk)


class IssuesView(EditorView):
    """Our issues: those being composed, under review, issued."""

    template_name = "bulletins/issues_office.html"
    page_title = _("期刊")
    header_icon = "doc-full-inverse"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        issues = (
            IssuePage.objects.visible_to(self.request.user)
            .select_related("bulletin", "number", "owner")
            .order_by("-pk")
        )
        page = Paginator(issues, PAGE_SIZE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            **kwargs, page_obj=page, lines=queries.issue_lines(list(page.object_list))
        )


def send(request: HttpRequest, issue: IssuePage) -> HttpResponse:
    """Send an issue to the confidentiality check and the signature, and say what follows."""
    try:
        actions.submit_issue(issue_id=issue.pk, person=person_of(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("wagtailadmin_pages:edit", issue.pk)
    messages.success(request, _("已送保密审查，通过后由签发人签发。"))
    return redirect("bulletin_issues")


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an issue from the list."""
    if not has_role(request.user, Role.EDITOR):
        raise PermissionDenied
    return send(request, get_object_or_404(IssuePage.objects.visible_to(request.user), pk=pk))


@login_required
@require_GET
def issue_list(request: HttpRequest) -> HttpResponse:
    """List issued numbers for reading roles, newest first, or those that hold some words."""
    if not reads_bulletins(request.user):
        raise Http404
    form = IssueSearchForm(request.GET)
    wanted = form.wanted()
    issues = searching.issues(person_of(request), wanted, issued=True)
    page = paginator_of(issues, PAGE_SIZE, words=wanted.words).get_page(request.GET.get("p"))
    hits = searching.issue_hits(list(page.object_list), wanted.words, issued=True)
    context = {"page_obj": page, "form": form, "wanted": wanted, "hits": hits}
    return render(request, "bulletins/issue_list.html", context)


@login_required
@require_GET
def issue_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one issued number; nothing of a text that differs from what was cleared."""
    issue = get_object_or_404(
        IssuePage.objects.visible_to(request.user)
        .filter(live=True)
        .select_related("bulletin", "number", "number__signer", "owner"),
        pk=pk,
    )
    if not issue.is_readable():
        return render(request, "review/differs.html", {"page": issue}, status=409)
    return render(
        request,
        "bulletins/issue.html",
        {"issue": issue, "number": issue.number, "entries": list(issue.entries.all())},
    )
