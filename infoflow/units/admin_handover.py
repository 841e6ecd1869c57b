"""交接 in the office: a system administrator hands over any unit's post; counts, no titles."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from . import handover
from .forms_handover import HandOverForm
from .models import HandOver, Officer, Signatory, User
from .permissions import has_role, person_of
from .roles import SEPARATE_ROLES, Role

PAGE_SIZE = 20
ROLE_OF_KIND = {"officers": Role.OFFICER, "signatories": Role.SIGNATORY}


class AdminPage(WagtailAdminTemplateMixin, TemplateView):
    """A page of the office for some roles; everybody else is turned away."""

    header_icon = "group"
    roles: tuple[Role, ...] = (Role.SYSTEM_ADMIN,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, *self.roles):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def above(self) -> list[dict[str, Any]]:
        """Return the breadcrumbs between the first page and this one."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": self.get_page_title()}
        return [*self.breadcrumbs_items, *self.above(), here]


class HandOversView(AdminPage):
    """All hand-overs, newest first."""

    template_name = "units/admin_handovers.html"
    page_title = _("交接记录")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        records = HandOver.objects.visible_to(person_of(self.request)).select_related(
            "unit", "leaver", "successor", "by"
        )
        page = Paginator(records, PAGE_SIZE).get_page(self.request.GET.get("p"))
        return super().get_context_data(**kwargs, page_obj=page)


class _BelowHandOvers(AdminPage):
    def above(self) -> list[dict[str, Any]]:
        return [{"url": reverse("office_handovers"), "label": _("交接记录")}]


class HandOverView(_BelowHandOvers):
    """One record: who gave how much to whom."""

    template_name = "units/admin_handover_record.html"

    @cached_property
    def made(self) -> HandOver:
        records = HandOver.objects.visible_to(person_of(self.request)).select_related(
            "unit", "leaver", "successor", "by"
        )
        return get_object_or_404(records, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        return _("%(leaver)s移交%(successor)s") % {
            "leaver": self.made.leaver,
            "successor": self.made.successor,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, made=self.made, lines=self.made.lines.all())


class HandOverPost(_BelowHandOvers):
    """Hand over one post: how much goes, to whom, done."""

    template_name = "units/admin_handover.html"

    @property
    def role(self) -> Role:
        return ROLE_OF_KIND[self.kwargs["kind"]]

    @cached_property
    def post_held(self) -> Officer | Signatory:
        model = handover.MODEL_OF_ROLE[self.role]
        posts: Any = model.objects.select_related("unit", "user")
        found: Officer | Signatory = get_object_or_404(posts, pk=self.kwargs["pk"])
        return found

    def is_over(self) -> bool:
        model = handover.MODEL_OF_ROLE[self.role]
        rest = model.objects.not_over_on(timezone.localdate())
        return not rest.filter(pk=self.post_held.pk).exists()

    def get_page_title(self) -> str:
        return _("移交%(name)s的%(role)s工作") % {
            "name": self.post_held.user,
            "role": self.role.label,
        }

    def people(self) -> QuerySet[User]:
        return (
            User.objects.filter(is_active=True, is_superuser=False)
            .exclude(pk=self.post_held.user_id)
            .exclude(groups__name__in=[str(role) for role in SEPARATE_ROLES])
            .order_by("name", "username")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or HandOverForm(people=self.people())
        post = self.post_held
        held = handover.holdings(unit=post.unit, person=post.user, role=self.role)
        return super().get_context_data(
            **kwargs,
            form=form,
            post=post,
            role=self.role,
            over=self.is_over(),
            lines=[(holding.label, len(holding.ids), holding.moves) for holding in held],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = HandOverForm(request.POST, people=self.people())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        post = self.post_held
        try:
            made = handover.hand_over(
                unit=post.unit,
                leaver=post.user,
                successor=form.cleaned_data["successor"],
                by=person_of(request),
                note=form.cleaned_data["note"],
                role=self.role,
            )
        except ValidationError as refused:
            form.add_error(None, refused.messages)
            return self.render_to_response(self.get_context_data(form=form), status=409)
        messages.success(request, _("已交接。"))
        return redirect("office_handover", pk=made.pk)
