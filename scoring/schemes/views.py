"""The office's pages that make a new version of a scheme or end one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.review.actions import Refused
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from . import actions
from .forms import EndForm
from .models import Scheme

if TYPE_CHECKING:
    from infoflow.units.models import User

LIST = "wagtailsnippets_schemes_scheme:list"
EDIT = "wagtailsnippets_schemes_scheme:edit"


class SchemeMixin(WagtailAdminTemplateMixin):
    """A page of the scorers about one scheme."""

    header_icon = "table"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, Role.SCORER):
            raise PermissionDenied
        self.scheme = get_object_or_404(Scheme.objects.visible_to(request.user), pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    @property
    def person(self) -> User:
        """Who asks; `dispatch` has sent strangers away."""
        return cast("User", self.request.user)

    def get_page_subtitle(self) -> str:
        return str(self.scheme)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse(LIST), "label": _("计分办法")},
            {"url": "", "label": self.get_page_title(), "sublabel": str(self.scheme)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, scheme=self.scheme)


class NewVersionView(SchemeMixin, TemplateView):
    """Ask, then copy a scheme as a draft."""

    template_name = "schemes/new_version.html"

    def get_page_title(self) -> str:
        return _("新建版本")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        copy = actions.new_version(scheme_id=self.scheme.pk, person=self.person)
        messages.success(
            request, _("已建立《%(scheme)s》草稿，请修改后发布。") % {"scheme": str(copy)}
        )
        return redirect(EDIT, copy.pk)


class EndView(SchemeMixin, FormView):
    """Set the last day of a version in force."""

    template_name = "schemes/end.html"
    form_class = EndForm

    def get_page_title(self) -> str:
        return _("设截止日期")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {**context, "media": context["form"].media}

    def form_valid(self, form: EndForm) -> HttpResponse:
        try:
            ended = actions.end_scheme(
                scheme_id=self.scheme.pk,
                last_day=form.cleaned_data["last_day"],
                person=self.person,
            )
        except Refused as refusal:
            form.add_error("last_day", refusal.message)
            return self.form_invalid(form)
        except ValidationError as error:
            form.add_error("last_day", error.messages[0])
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("《%(scheme)s》施行到%(day)s为止。")
            % {"scheme": str(ended), "day": f"{ended.valid_until:%Y-%m-%d}"},
        )
        return redirect(LIST)
