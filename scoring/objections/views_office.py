"""The office's pages of objections, for scorers: list, answer, deadlines."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.review.actions import Refused
from infoflow.units.permissions import has_role, person_of
from infoflow.units.roles import Role

from . import actions, queries
from .forms import AnswerForm, SettingsForm
from .models import Objection, ObjectionSettings

PAGE_SIZE = 50


class ObjectionsMixin(WagtailAdminTemplateMixin):
    """A page of the scorers."""

    header_icon = "comment"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SCORER):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("objections_office"), "label": _("得分异议")},
            {"url": "", "label": self.get_page_title()},
        ]


class ObjectionsView(ObjectionsMixin, TemplateView):
    """Objections: what waits, by deadline; or what was answered, newest first."""

    template_name = "objections/office.html"
    page_title = gettext_lazy("得分异议")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answered = self.request.GET.get("state") == "answered"
        found = queries.objections_for(person_of(self.request))
        if answered:
            found = found.exclude(answer=None).order_by("-answer__at")
        else:
            found = found.open().order_by("answer_by", "pk")
        page = Paginator(found, PAGE_SIZE).get_page(self.request.GET.get("p"))
        now = timezone.now()
        return super().get_context_data(
            **kwargs,
            answered=answered,
            page_obj=page,
            lines=[(objection, objection.state(now)) for objection in page],
        )


class AnswerView(ObjectionsMixin, FormView[AnswerForm]):
    """One objection with the entry that it is about, and the form to answer it."""

    template_name = "objections/answer.html"
    form_class = AnswerForm
    page_title = gettext_lazy("答复异议")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        seen = Objection.objects.visible_to(request.user)
        self.objection = get_object_or_404(
            seen.select_related("unit", "entry__fact__bulletin", "entry__scheme", "by"),
            pk=kwargs["pk"],
        )

    def get_page_subtitle(self) -> str:
        return str(self.objection.unit)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        entry = self.objection.entry
        return super().get_context_data(
            **kwargs,
            objection=self.objection,
            entry=entry,
            state=self.objection.state(),
            answer=getattr(self.objection, "answer", None),
            adjustable=queries.can_adjust(min(entry.earned, timezone.localdate())),
        )

    def form_valid(self, form: AnswerForm) -> HttpResponse:
        try:
            made = actions.answer_objection(
                objection_id=self.objection.pk,
                person=person_of(self.request),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
            return self.form_invalid(form)
        except ValidationError as error:
            form.add_error(None, error.messages[0])
            return self.form_invalid(form)
        told = _("已答复：%(result)s。") % {"result": made.get_result_display()}
        if made.fact is not None:
            told += _("已登记加减分，得分随之调整。")
        messages.success(self.request, told)
        return redirect("objections_office")


class ObjectionSettingsView(ObjectionsMixin, FormView[SettingsForm]):
    """Working days for objecting and answering."""

    template_name = "objections/settings.html"
    form_class = SettingsForm
    page_title = gettext_lazy("异议期限")
    success_url = reverse_lazy("objections_office")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": ObjectionSettings.current()}

    def form_valid(self, form: SettingsForm) -> HttpResponse:
        actions.save_settings(**form.cleaned_data, person=person_of(self.request))
        messages.success(self.request, _("异议期限已保存，对此后提出的异议生效。"))
        return redirect(str(self.success_url))
