"""The office's pages of commissions: lists, what is overdue, one commission."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.review.actions import Refused
from infoflow.units.permissions import has_role, works_in_office
from infoflow.units.roles import Role

from . import actions_office, queries_office
from .forms_office_unit import UrgeForm
from .models import Commission
from .rules import tally

if TYPE_CHECKING:
    from infoflow.units.models import User

PAGE_SIZE = 30
TABS = (
    ("", gettext_lazy("已下达")),
    ("drafts", gettext_lazy("草稿")),
    ("cancelled", gettext_lazy("已撤销")),
)


class CommissionsMixin(WagtailAdminTemplateMixin):
    """A page of commissions in the office; writing is for editors, reading for the office."""

    header_icon = "clipboard-list"
    writes = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if not (has_role(user, Role.EDITOR) if self.writes else works_in_office(user)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def person(self) -> User:
        """Who asks; `dispatch` has sent strangers away."""
        return cast("User", self.request.user)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("commissions_office"), "label": _("约稿")},
            {"url": "", "label": self.get_page_title()},
        ]


class CommissionMixin(CommissionsMixin):
    """A page about one commission."""

    commission: Commission

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            found = Commission.objects.visible_to(request.user)
            self.commission = get_object_or_404(
                found.select_related("sent_by", "created_by", "cancelled_by"), pk=kwargs["pk"]
            )

    def get_page_subtitle(self) -> str:
        """Its number; its title before it has one."""
        sent = self.commission.sent_at is not None
        return self.commission.number_text if sent else self.commission.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, commission=self.commission)

    def back(self) -> HttpResponse:
        """Go to the commission's own page."""
        return redirect("commission_office", self.commission.pk)


class CommissionListView(CommissionsMixin, TemplateView):
    """Commissions: what was sent, drafts, cancelled; and what waits for an editor."""

    template_name = "commissions/office_list.html"
    page_title = gettext_lazy("约稿")
    writes = False

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tab, words = self.request.GET.get("tab", ""), self.request.GET.get("q", "")
        now = timezone.now()
        found = queries_office.list_of(tab, words, self.person)
        page = Paginator(found, PAGE_SIZE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            **kwargs,
            tab=tab,
            words=words,
            tabs=TABS,
            page_obj=page,
            rows=queries_office.rows_of(list(page), now),
            waiting=queries_office.waiting(self.person, now) if not tab else [],
            may_write=has_role(self.request.user, Role.EDITOR),
        )


class OverdueView(CommissionsMixin, TemplateView):
    """Who should have delivered and has not."""

    template_name = "commissions/office_overdue.html"
    page_title = gettext_lazy("逾期未报")
    writes = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            lines=queries_office.overdue(self.person, timezone.now()),
            may_write=has_role(self.request.user, Role.EDITOR),
            form=UrgeForm(),
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Urge those that were ticked."""
        urge_many(request, self.person)
        return redirect("commissions_overdue")


def urge_many(request: HttpRequest, person: User) -> None:
    """Urge the ticked units one by one; what is refused is said by name.

    Raises:
        PermissionDenied: no editor.
    """
    if not has_role(person, Role.EDITOR):
        raise PermissionDenied
    form = UrgeForm(request.POST)
    ids = [int(pk) for pk in request.POST.getlist("asked") if pk.isdecimal() and len(pk) < 19]
    if not ids:
        messages.error(request, _("请先勾选要催办的单位。"))
        return
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return
    done = 0
    for pk in dict.fromkeys(ids):
        try:
            actions_office.urge(asked_id=pk, person=person, **form.cleaned_data)
            done += 1
        except Refused as refusal:
            messages.warning(request, refusal.message)
    if done:
        messages.success(request, _("已催办%(n)d个单位，已通知其信息员和审签人。") % {"n": done})


class CommissionView(CommissionMixin, TemplateView):
    """One commission: what it says, how each unit stands, what happened."""

    template_name = "commissions/office_detail.html"
    page_title = gettext_lazy("约稿")
    writes = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.commission.sent_at is None and self.commission.cancelled_at is None:
            name = "commission_send" if self.commission.asked.exists() else "commission_edit"
            return redirect(name, self.commission.pk)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = queries_office.lines_of(self.commission, timezone.now())
        events = self.commission.events.select_related("by", "asked__unit").order_by("-pk")
        return super().get_context_data(
            **kwargs,
            lines=lines,
            owing=any(line.open for line in lines),
            tally=tally(line.standing.state for line in lines),
            events=events,
            running=self.commission.cancelled_at is None,
            may_write=has_role(self.request.user, Role.EDITOR),
            form=UrgeForm(),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Urge those that were ticked."""
        urge_many(request, self.person)
        return self.back()
