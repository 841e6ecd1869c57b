"""The office's pages of recurring duties: list, keeping one, exemptions, what was sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from cms.review.actions import Refused
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from infoflow.worktime.queries import calendar

from . import actions_recurring as actions
from .forms_recurring import DutyForm, ExemptForm
from .models_recurring import Exemption, RecurringDuty
from .rules_recurring import put_off
from .views_office import CommissionsMixin
from .views_office_write import ActMixin

RUNS_SHOWN = 24


class RecurringMixin(CommissionsMixin):
    """A page of recurring duties."""

    header_icon = "history"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        found = super().get_breadcrumbs_items()
        between = {"url": reverse("recurring_duties"), "label": _("定期报送")}
        return [*found[:-1], between, found[-1]]


class DutiesView(RecurringMixin, TemplateView):
    """All duties: rhythm, next deadline, how many units."""

    template_name = "commissions/recurring_list.html"
    page_title = gettext_lazy("定期报送")
    writes = False

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return super().get_breadcrumbs_items()[:-1]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, table = timezone.now(), calendar()
        duties = RecurringDuty.objects.prefetch_related("units").order_by("stopped_at", "title")
        rows = [
            (duty, None if duty.stopped_at else put_off(duty.slots.after(now), table))
            for duty in duties
        ]
        may_write = has_role(self.request.user, Role.EDITOR)
        return super().get_context_data(**kwargs, rows=rows, may_write=may_write)


class NewDutyView(RecurringMixin, ActMixin, FormView[DutyForm]):
    """Set up a duty."""

    template_name = "commissions/recurring_form.html"
    form_class = DutyForm
    page_title = gettext_lazy("新的定期报送")
    initial = {"ahead": 3, "at": "17:00", "rhythm": "monthly"}

    def form_valid(self, form: DutyForm) -> HttpResponse:
        made: list[RecurringDuty] = []

        def act() -> None:
            made.append(
                actions.save_duty(duty=form.duty(), units=form.chosen_units(), person=self.person)
            )

        if not self.attempt(form, act):
            return self.form_invalid(form)
        messages.success(self.request, _("已保存，到时自动下达。"))
        return redirect("recurring_duty", made[0].pk)


class DutyMixin(RecurringMixin):
    """A page about one duty."""

    duty: RecurringDuty

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            self.duty = get_object_or_404(RecurringDuty, pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return self.duty.title


class EditDutyView(DutyMixin, ActMixin, FormView[DutyForm]):
    """Change a duty; what was sent stays."""

    template_name = "commissions/recurring_form.html"
    form_class = DutyForm
    page_title = gettext_lazy("修改定期报送")

    def get_initial(self) -> dict[str, Any]:
        return DutyForm.initial_of(self.duty)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, duty=self.duty)

    def form_valid(self, form: DutyForm) -> HttpResponse:
        def act() -> None:
            actions.save_duty(
                duty=form.duty(),
                units=form.chosen_units(),
                person=self.person,
                duty_id=self.duty.pk,
            )

        if not self.attempt(form, act):
            return self.form_invalid(form)
        messages.success(self.request, _("已保存，对此后下达的期次生效。"))
        return redirect("recurring_duty", self.duty.pk)


class DutyView(DutyMixin, TemplateView):
    """One duty: what it says, who is exempt, what was sent."""

    template_name = "commissions/recurring_detail.html"
    page_title = gettext_lazy("定期报送")
    writes = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        duty = self.duty
        unit_ids = list(duty.units.values_list("pk", flat=True))
        context = super().get_context_data(**kwargs)
        context.setdefault("form", ExemptForm(units=unit_ids))
        return {
            **context,
            "duty": duty,
            "units": list(duty.units.order_by("order", "pk")),
            "next": put_off(duty.slots.after(timezone.now()), calendar()),
            "exemptions": duty.exemptions.select_related("unit", "by", "ended_by"),
            "runs": duty.runs.select_related("commission")[:RUNS_SHOWN],
            "may_write": has_role(self.request.user, Role.EDITOR),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let a unit off, take that back, stop or resume."""
        if not has_role(request.user, Role.EDITOR):
            raise PermissionDenied
        what = request.POST.get("act", "")
        try:
            if what == "exempt":
                return self._exempt(request)
            if what == "end":
                of = request.POST.get("of", "")
                pk = int(of) if of.isdecimal() and len(of) < 19 else 0
                mine = get_object_or_404(Exemption, pk=pk, duty=self.duty)
                actions.end_exemption(exemption_id=mine.pk, person=self.person)
                messages.success(request, _("免报已取消，对此后下达的期次生效。"))
            elif what == "stop":
                actions.stop_duty(duty_id=self.duty.pk, person=self.person)
                messages.success(request, _("已停用，不再下达；已下达的照常办理。"))
            elif what == "resume":
                actions.resume_duty(duty_id=self.duty.pk, person=self.person)
                messages.success(request, _("已恢复，从下一期起下达。"))
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("recurring_duty", self.duty.pk)

    def _exempt(self, request: HttpRequest) -> HttpResponse:
        units = list(self.duty.units.values_list("pk", flat=True))
        form = ExemptForm(request.POST, units=units)
        if form.is_valid():
            try:
                actions.exempt(duty_id=self.duty.pk, person=self.person, **form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, _("已登记免报，对此后下达的期次生效。"))
                return redirect("recurring_duty", self.duty.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)
