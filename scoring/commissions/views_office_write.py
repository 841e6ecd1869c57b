"""The office's pages that write commissions: draft, sending, changing, taking back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from cms.review.actions import Refused
from infoflow.worktime.queries import calendar

from . import actions, actions_change
from .content import Ask, Content, doubts
from .forms_office import AddUnitsForm, ChangeForm, ContentForm, DraftForm, PartsForm, PhonedForm
from .forms_office_unit import ReasonForm
from .models import Commission, CommissionTemplate
from .rules import deadline_for
from .shared import NeedsConfirmation
from .views_office import CommissionMixin, CommissionsMixin


class ActMixin:
    """A form whose action may refuse, or ask once more."""

    request: HttpRequest

    def attempt(self, form: Form, act: Callable[[], Any]) -> bool:
        """Run an action; a refusal stands in the form, a doubt asks for a tick."""
        try:
            act()
        except NeedsConfirmation as asking:
            self.doubts = asking.doubts
            return False
        except Refused as refusal:
            form.add_error(None, refusal.message)
            return False
        return True

    doubts: list[str] = []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "doubts": self.doubts}


class NewView(CommissionsMixin, ActMixin, FormView[DraftForm]):
    """Write a draft, from a template or from an earlier commission."""

    template_name = "commissions/office_form.html"
    form_class = DraftForm
    page_title = gettext_lazy("新约稿")

    def get_initial(self) -> dict[str, Any]:
        query = self.request.GET
        template, copied = query.get("template", ""), query.get("copy", "")
        if template.isdecimal() and len(template) < 19:
            found = CommissionTemplate.objects.filter(pk=template, retired=False).first()
            return ContentForm.initial_from(found) if found else {}
        if copied.isdecimal() and len(copied) < 19:
            source = Commission.objects.visible_to(self.person).filter(pk=copied).first()
            if source is not None:
                said = ContentForm.initial_of(Content.of(source))
                said.update(due_at=None, superior_due_at=None)
                asked = list(source.asked.values_list("unit_id", flat=True))
                return {**said, "units": asked}
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs, templates=CommissionTemplate.objects.filter(retired=False)
        )

    def form_valid(self, form: DraftForm) -> HttpResponse:
        made: list[Commission] = []

        def act() -> None:
            made.append(
                actions.create_commission(
                    content=form.content(),
                    asks=form.asks(),
                    person=self.person,
                    form_key=form.cleaned_data["form_key"],
                )
            )

        if not self.attempt(form, act):
            return self.form_invalid(form)
        return after_draft(self.request, made[0])


def after_draft(request: HttpRequest, commission: Commission) -> HttpResponse:
    """Go on to the last look before sending, or stay with a draft that asks nobody yet."""
    if "send" in request.POST and commission.sent_at is None:
        return redirect("commission_send", commission.pk)
    messages.success(request, _("草稿已保存，还没有下达。"))
    return redirect("commission_edit", commission.pk)


class EditView(CommissionMixin, ActMixin, FormView[DraftForm]):
    """Change a draft."""

    template_name = "commissions/office_form.html"
    form_class = DraftForm
    page_title = gettext_lazy("修改约稿草稿")

    def get_initial(self) -> dict[str, Any]:
        said = ContentForm.initial_of(Content.of(self.commission))
        asked = list(self.commission.asked.values_list("unit_id", flat=True))
        return {**said, "units": asked}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.commission.sent_at is not None:
            return self.back()
        return super().get(request, *args, **kwargs)

    def form_valid(self, form: DraftForm) -> HttpResponse:
        standing = list(self.commission.asked.all())

        def act() -> None:
            actions.edit_commission(
                commission_id=self.commission.pk,
                content=form.content(),
                asks=form.asks(standing),
                person=self.person,
            )

        if not self.attempt(form, act):
            return self.form_invalid(form)
        return after_draft(self.request, self.commission)


class SendView(CommissionMixin, ActMixin, FormView[PartsForm]):
    """The last look: lead, parts, the reckoned deadline, what is doubtful; then send."""

    template_name = "commissions/office_send.html"
    form_class = PartsForm
    page_title = gettext_lazy("核对并下达")

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = list(self.commission.asked.select_related("unit").order_by("position", "pk"))
        return {**super().get_form_kwargs(), "rows": rows}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.commission.sent_at is not None:
            return self.back()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        content = Content.of(self.commission)
        form: PartsForm = context["form"]
        deadline = None
        if content.due_at is not None or content.due_days is not None:
            deadline = deadline_for(
                timezone.now(), at=content.due_at, days=content.due_days, calendar=calendar()
            )
        asks = [Ask(row.unit_id) for row in form.rows]
        return {**context, "deadline": deadline, "doubts": list(doubts(content, asks))}

    def form_valid(self, form: PartsForm) -> HttpResponse:
        def act() -> None:
            if self.commission.sent_at is None:
                actions.edit_commission(
                    commission_id=self.commission.pk,
                    content=Content.of(self.commission),
                    asks=form.asks(),
                    person=self.person,
                )
            actions.send_commission(
                commission_id=self.commission.pk,
                person=self.person,
                confirmed=form.cleaned_data["confirmed"],
            )

        if not self.attempt(form, act):
            return self.form_invalid(form)
        self.commission.refresh_from_db()
        number = self.commission.number_text
        messages.success(
            self.request, _("已下达%(number)s，已通知各单位签收。") % {"number": number}
        )
        return self.back()


class ChangeView(CommissionMixin, ActMixin, FormView[ChangeForm]):
    """Change what was sent and tell all its units."""

    template_name = "commissions/office_form.html"
    form_class = ChangeForm
    page_title = gettext_lazy("修改并通知")

    def get_initial(self) -> dict[str, Any]:
        return {**ContentForm.initial_of(Content.of(self.commission)), "due_days": None}

    def form_valid(self, form: ChangeForm) -> HttpResponse:
        def act() -> None:
            actions_change.change_commission(
                commission_id=self.commission.pk,
                content=form.content(),
                words=form.cleaned_data["words"],
                person=self.person,
                confirmed=form.cleaned_data["confirmed"],
            )

        if not self.attempt(form, act):
            return self.form_invalid(form)
        messages.success(self.request, _("已修改，已通知各单位。"))
        return self.back()


class AddUnitsView(CommissionMixin, ActMixin, FormView[AddUnitsForm]):
    """Ask further units."""

    template_name = "commissions/office_add.html"
    form_class = AddUnitsForm
    page_title = gettext_lazy("增加单位")

    def get_form_kwargs(self) -> dict[str, Any]:
        have = list(self.commission.asked.values_list("unit_id", flat=True))
        return {**super().get_form_kwargs(), "without": have}

    def form_valid(self, form: AddUnitsForm) -> HttpResponse:
        def act() -> None:
            actions_change.add_units(
                commission_id=self.commission.pk,
                asks=form.asks(),
                due_at=form.cleaned_data["due_at"],
                person=self.person,
                confirmed=form.cleaned_data["confirmed"],
            )

        if not self.attempt(form, act):
            return self.form_invalid(form)
        messages.success(self.request, _("已增加单位并通知签收。"))
        return self.back()


class CancelView(CommissionMixin, ActMixin, FormView[ReasonForm]):
    """Take a commission back."""

    template_name = "commissions/office_cancel.html"
    form_class = ReasonForm
    page_title = gettext_lazy("撤销约稿")

    def form_valid(self, form: ReasonForm) -> HttpResponse:
        def act() -> None:
            actions_change.cancel_commission(
                commission_id=self.commission.pk, person=self.person, **form.cleaned_data
            )

        if not self.attempt(form, act):
            return self.form_invalid(form)
        if self.commission.sent_at is None:
            messages.success(self.request, _("草稿已撤销，在“已撤销”中可以看到。"))
            return redirect("commissions_office")
        messages.success(self.request, _("已撤销，已通知还没有办结的单位。"))
        return self.back()


class PhonedView(CommissionsMixin, ActMixin, FormView[PhonedForm]):
    """Enter a commission that went out by telephone."""

    template_name = "commissions/office_form.html"
    form_class = PhonedForm
    page_title = gettext_lazy("补登电话约稿")

    def form_valid(self, form: PhonedForm) -> HttpResponse:
        made: list[Commission] = []

        def act() -> None:
            made.append(
                actions.enter_phoned(
                    content=form.content(),
                    asks=form.asks(),
                    caller=form.cleaned_data["caller"],
                    called_at=form.cleaned_data["called_at"],
                    person=self.person,
                    confirmed=form.cleaned_data["confirmed"],
                    form_key=form.cleaned_data["form_key"],
                )
            )

        if not self.attempt(form, act):
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("已补登%(number)s，已通知单位签收。") % {"number": made[0].number_text},
        )
        return redirect("commission_office", made[0].pk)
