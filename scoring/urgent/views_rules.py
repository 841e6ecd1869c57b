"""The office's pages of the rule table: rows, presets, and a trial that stores nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button, HeaderButton
from wagtail.permission_policies import BasePermissionPolicy

from cms.review.actions import Refused
from infoflow.units.admin_views import AddView, ThroughAction
from infoflow.units.models import User
from infoflow.units.permissions import has_role, person_of

from . import actions_rules as actions
from .forms_rules import LoadForm, TrialForm
from .models_rules import Dated, GradeThreshold, UrgentRule, rule_rows
from .presets import Preset, presets
from .queries_rules import ONE_DAY, judged_until
from .rules_clock_words import step_words
from .rules_clocks import Clock, RuleRow, Verdict, clocks_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


def keeps_rules(user: User | AnonymousUser) -> bool:
    """Tell whether a person keeps the rule table."""
    return has_role(user, actions.KEEPER)


class KeeperPolicy(BasePermissionPolicy):
    """The editors list, add and change the rows; nobody deletes them."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action != "delete" and keeps_rules(user)

    def users_with_any_permission(self, actions: list[str]) -> models.QuerySet[User]:
        return User.objects.filter(groups__name="编辑", is_active=True)


class RowSaved(ThroughAction):
    """Mixin: what is saved goes through the action; its refusals stand in the form."""

    def perform(self, data: dict[str, Any]) -> models.Model:
        return actions.save_row(row=self.form.instance, person=person_of(self.request))

    def form_valid(self, form: forms.ModelForm[Any]) -> HttpResponse:
        try:
            return super().form_valid(form)
        except Refused as refused:
            raise PermissionDenied(refused.message) from None


class AddRow(RowSaved, AddView):
    log_action = "wagtail.create"


class EditRow(RowSaved, generic.EditView):
    pass


class ReplaceRow(AddRow):
    """更换: a successor, filled in as the old row is; saving ends the old one the day before."""

    @cached_property
    def old(self) -> Dated:
        found: Dated = get_object_or_404(self.model, pk=self.kwargs["pk"])
        return found

    def get_initial(self) -> dict[str, Any]:
        old = self.old
        names = [f.name for f in old._meta.concrete_fields if f.name not in ("id", "valid_to")]
        judged = judged_until(old)
        first = max(timezone.localdate(), old.valid_from) + ONE_DAY
        start = max(first, judged + ONE_DAY) if judged else first
        return {**{name: getattr(old, name) for name in names}, "valid_from": start}

    def get_add_url(self) -> str:
        return self.request.path

    def get_page_subtitle(self) -> str:
        return _("更换“%(old)s”") % {"old": self.old.words}

    def perform(self, data: dict[str, Any]) -> models.Model:
        person = person_of(self.request)
        return actions.replace_row(old=self.old, row=self.form.instance, person=person)

    def get_form(self, form_class: Any = None) -> forms.ModelForm[Any]:
        form: forms.ModelForm[Any] = super().get_form(form_class)
        # The old row still stands; whether both overlap is looked at when it has been ended.
        form.instance.replaces = self.old.pk
        told = _("保存后，原来的一条止于新的施行起的前一天。")
        for name in ("jurisdiction", "valid_from"):
            form.fields[name].help_text = told
        return form

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items()[:-1], {"url": "", "label": _("更换")}]


class RowIndex(generic.IndexView):
    """Rows with the way to replace one that is in force, and to the other pages."""

    any_permission_required = ["add", "change", "view"]

    def get_list_more_buttons(self, instance: Any) -> list[Button]:
        buttons: list[Button] = super().get_list_more_buttons(instance)
        today = timezone.localdate()
        if instance.valid_to is None or instance.valid_to >= today:
            name = self.index_url_name.replace(":index", ":replace")
            url = reverse(name, args=[instance.pk])
            buttons.append(Button(_("更换"), url=url, icon_name="resubmit", priority=50))
        return buttons

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        buttons: list[HeaderButton] = list(super().header_buttons)
        for label, name, icon in (
            (_("载入样例"), "urgent_presets", "download"),
            (_("试算"), "urgent_trial", "time"),
        ):
            buttons.append(HeaderButton(label, url=reverse(name), icon_name=icon, priority=20))
        return buttons


class KeeperPage(WagtailAdminTemplateMixin, TemplateView):
    """A page of those who keep the table."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not keeps_rules(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("urgent-rules:index"), "label": _("紧急信息时限规则")},
            {"url": "", "label": self.get_page_title()},
        ]


class PresetsView(KeeperPage):
    """Published tables; one of them with all its rows, and the form that loads it."""

    template_name = "urgent/office/presets.html"
    page_title = gettext_lazy("载入样例")
    header_icon = "download"

    @cached_property
    def preset(self) -> Preset | None:
        code = self.request.GET.get("code", "")
        if not code:
            return None
        if code not in presets():
            raise Http404
        return presets()[code]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        preset = self.preset
        if preset is not None:
            kwargs.setdefault("form", LoadForm.for_preset(preset))
            kwargs["rows"] = [
                *(UrgentRule.of(row).words for row in preset.rules),
                *(GradeThreshold.of(row, jurisdiction="").words for row in preset.thresholds),
            ]
        return super().get_context_data(
            **kwargs, preset=preset, presets=presets().values(), index=reverse("urgent-rules:index")
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        preset = self.preset
        if preset is None:
            raise Http404
        form = LoadForm(request.POST)
        if form.is_valid():
            try:
                count = actions.load_preset(
                    code=preset.code, person=person_of(request), **form.cleaned_data
                )
            except ValidationError as refused:
                form.add_error(None, refused.messages)
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("已载入%(n)d条，请逐条核对。") % {"n": count})
                name = "urgent-rules" if preset.rules else "grade-thresholds"
                return redirect(f"{name}:index")
        return self.render_to_response(self.get_context_data(form=form), status=422)


TONES = {Verdict.ON_TIME: "ok", Verdict.LATE: "late"}


def trial_line(clock: Clock) -> dict[str, Any]:
    """Return a clock as the trial shows it."""
    late = clock.verdict is Verdict.LATE
    told = str(clock.verdict.label)
    if late:
        minutes = {"n": clock.late_minutes}
        told = _("迟报%(n)d分钟") % minutes if clock.met_at else _("已过时限，尚未报告")
    return {
        "clock": clock,
        "step": step_words(clock.step, clock.channel),
        "verdict": told,
        "tone": TONES.get(clock.verdict, "open"),
    }


class TrialView(KeeperPage):
    """Moments in, clocks out: which rules would hold, and what they would say."""

    template_name = "urgent/office/trial.html"
    page_title = gettext_lazy("试算时限")
    header_icon = "time"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data = self.request.GET
        form = TrialForm(data if "cls" in data else None)
        lines: list[dict[str, Any]] | None = None
        if form.is_bound and form.is_valid():
            asked = form.cleaned_data["as_of"] or timezone.now()
            # A follow-up every few minutes over years would be a page without end.
            asked = min(asked, max(_known(form)) + timedelta(days=31))
            clocks = clocks_of(form.facts, self._rows(form), as_of=asked)
            lines = [trial_line(clock) for clock in clocks]
        return super().get_context_data(**kwargs, form=form, lines=lines)

    def _rows(self, form: TrialForm) -> list[RuleRow]:
        code = form.cleaned_data["table"]
        if not code:
            return rule_rows()
        preset = presets()[code]
        return preset.rules_for(
            jurisdiction=preset.jurisdiction,
            document=preset.document,
            since=min(form.facts.day, preset.valid_from or form.facts.day),
        )


def _known(form: TrialForm) -> list[Any]:
    facts = form.facts
    moments = [facts.happened_at, facts.learned_at, facts.final_at, facts.ended_at]
    moments += [facts.phone_at, facts.written_at, facts.received_at, *facts.followups]
    return [moment for moment in moments if moment is not None]
