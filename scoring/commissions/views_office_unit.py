"""The office's page of one asked unit: requests, pieces, urging, 未报; each form one action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from cms.review.actions import Refused
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from . import actions_change, actions_office, actions_unit, queries
from .forms_office_unit import (
    AdoptedForm,
    ReasonForm,
    ReplyForm,
    RulingForm,
    UnableReplyForm,
    UrgeForm,
)
from .models import Adopted, Answer, AskedUnit, Extension, Unable
from .rules import may_urge, still_owes
from .standing import Standing, standing
from .views_office import CommissionMixin


@dataclass(frozen=True)
class Act:
    """What one form of the page does."""

    form: type[forms.Form]
    run: Callable[[UnitView, forms.Form, int], Any]
    done: Any


def _reply_extension(view: UnitView, form: forms.Form, pk: int) -> None:
    assert isinstance(form, ReplyForm)  # noqa: S101 - as ACTS says
    mine = get_object_or_404(Extension, pk=pk, asked=view.asked)
    actions_office.reply_extension(
        extension_id=mine.pk,
        reply=form.cleaned_data["reply"],
        given=form.given_at(),
        words=form.cleaned_data["words"],
        person=view.person,
    )


def _reply_unable(view: UnitView, form: forms.Form, pk: int) -> None:
    mine = get_object_or_404(Unable, pk=pk, asked=view.asked)
    actions_office.reply_unable(
        unable_id=mine.pk,
        agree=form.cleaned_data["agree"] == "yes",
        words=form.cleaned_data["words"],
        person=view.person,
    )


def _urge(view: UnitView, form: forms.Form, pk: int) -> None:
    actions_office.urge(asked_id=view.asked.pk, person=view.person, **form.cleaned_data)


def _rule(view: UnitView, form: forms.Form, pk: int) -> None:
    mine = get_object_or_404(Answer, pk=pk, asked=view.asked)
    actions_office.rule_on(answer_id=mine.pk, person=view.person, **form.cleaned_data)


def _adopt(view: UnitView, form: forms.Form, pk: int) -> None:
    mine = get_object_or_404(Answer, pk=pk, asked=view.asked)
    actions_office.mark_adopted(answer_id=mine.pk, person=view.person, **form.cleaned_data)


def _undo_adopted(view: UnitView, form: forms.Form, pk: int) -> None:
    mine = get_object_or_404(Adopted, pk=pk, answer__asked=view.asked)
    actions_office.undo_adopted(adopted_id=mine.pk, person=view.person)


def _unlink(view: UnitView, form: forms.Form, pk: int) -> None:
    mine = get_object_or_404(Answer, pk=pk, asked=view.asked)
    actions_unit.unlink_item(answer_id=mine.pk, person=view.person, **form.cleaned_data)


def _miss(view: UnitView, form: forms.Form, pk: int) -> None:
    actions_office.mark_missed(asked_id=view.asked.pk, person=view.person, **form.cleaned_data)


def _unmiss(view: UnitView, form: forms.Form, pk: int) -> None:
    actions_office.undo_missed(asked_id=view.asked.pk, person=view.person, **form.cleaned_data)


def _drop(view: UnitView, form: forms.Form, pk: int) -> None:
    actions_change.drop_unit(asked_id=view.asked.pk, person=view.person, **form.cleaned_data)


def _link(view: UnitView, form: forms.Form, pk: int) -> None:
    actions_unit.link_item(
        asked_id=view.asked.pk, item_id=form.cleaned_data["item"], person=view.person
    )


class LinkForm(forms.Form):
    """An item that answers after all; whether it may is decided by the action."""

    item = forms.IntegerField(
        label=gettext_lazy("稿件"),
        max_value=10**17,
        widget=forms.Select,
        error_messages=dict.fromkeys(
            ("required", "invalid", "max_value"), gettext_lazy("请选择一篇稿件。")
        ),
    )


ACTS: dict[str, Act] = {
    "extension": Act(ReplyForm, _reply_extension, gettext_lazy("已答复延期申请，已通知单位。")),
    "unable": Act(UnableReplyForm, _reply_unable, gettext_lazy("已答复，已通知单位。")),
    "urge": Act(UrgeForm, _urge, gettext_lazy("已催办，已通知单位。")),
    "rule": Act(RulingForm, _rule, gettext_lazy("意见已登记，已通知单位。")),
    "adopt": Act(AdoptedForm, _adopt, gettext_lazy("采用情况已登记，已通知单位。")),
    "unadopt": Act(forms.Form, _undo_adopted, gettext_lazy("采用情况已撤销。")),
    "unlink": Act(ReasonForm, _unlink, gettext_lazy("已解除关联，已通知单位。")),
    "link": Act(LinkForm, _link, gettext_lazy("已关联稿件。")),
    "miss": Act(ReasonForm, _miss, gettext_lazy("已记为未报，已通知单位。")),
    "unmiss": Act(ReasonForm, _unmiss, gettext_lazy("已撤销未报。")),
    "drop": Act(ReasonForm, _drop, gettext_lazy("已撤销对该单位的约稿，已通知单位。")),
}


@dataclass(frozen=True)
class PieceCard:
    """One piece with what the office may do about it."""

    answer: Answer
    title: str
    piece: Any
    verdicts: list[Any]
    adopted: list[Adopted]
    ruling: forms.Form
    adopting: forms.Form
    unlinking: forms.Form


class UnitView(CommissionMixin, TemplateView):
    """One asked unit: its requests, its pieces, its log."""

    template_name = "commissions/office_unit.html"
    page_title = gettext_lazy("办理情况")
    writes = False
    failed: tuple[str, int, forms.Form] | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if request.user.is_authenticated:
            rows = AskedUnit.objects.visible_to(request.user).filter(commission=self.commission)
            self.asked = get_object_or_404(
                rows.filter(asked_at__isnull=False).select_related(
                    "unit", "commission", "person", "signed_by", "missed_by"
                ),
                pk=kwargs["asked_pk"],
            )

    def get_page_subtitle(self) -> str:
        return f"{self.commission.number_text} {self.asked.unit}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what one form says; a refusal stands in that form."""
        if not has_role(request.user, Role.EDITOR):
            raise PermissionDenied
        name, of = request.POST.get("act", ""), request.POST.get("of", "0")
        act = ACTS.get(name)
        pk = int(of) if of.isdecimal() and len(of) < 19 else 0
        if act is None:
            messages.error(request, _("没有认出要办的事，请刷新页面再试。"))
            return self.here()
        form = act.form(request.POST)
        if form.is_valid():
            try:
                act.run(self, form, pk)
            except Refused as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, act.done)
                return self.here()
        if not form.fields:
            messages.error(request, str(form.non_field_errors()[0]))
            return self.here()
        self.failed = (name, pk, form)
        return self.render_to_response(self.get_context_data(), status=422)

    def here(self) -> HttpResponse:
        """Show the page anew."""
        return redirect("commission_unit_office", self.commission.pk, self.asked.pk)

    def form_of(self, name: str, pk: int = 0, **initial: Any) -> forms.Form:
        """Return one form of the page: as typed when it was refused just now."""
        if self.failed is not None and self.failed[:2] == (name, pk):
            return self.failed[2]
        prefix = f"{name}_{pk}"
        return ACTS[name].form(initial=initial, auto_id=f"id_{prefix}_%s")

    def link_form(self) -> forms.Form | None:
        """Return the form to link one of the unit's items; None: there is none."""
        items = queries.linkable(self.asked, self.person)
        titles = queries.sent_titles(item.pk for item in items)
        form = self.form_of("link")
        form.fields["item"].widget.choices = [
            (pk, _("%(title)s（第%(pk)s号）") % {"title": title, "pk": pk})
            for pk, title in titles.items()
        ]
        return form if titles or form.is_bound else None

    def cards(self, now: Standing) -> list[PieceCard]:
        """Return the standing pieces, oldest first."""
        titles = queries.sent_titles(answer.item_id for answer in now.answers)
        found = []
        for answer in now.answers:
            found.append(
                PieceCard(
                    answer=answer,
                    title=titles.get(answer.item_id, ""),
                    piece=now.pieces[answer.pk],
                    verdicts=list(answer.verdicts.select_related("by")),
                    adopted=list(answer.adopted.filter(undone_at__isnull=True)),
                    ruling=self.form_of("rule", answer.pk),
                    adopting=self.form_of("adopt", answer.pk, on=timezone.localdate()),
                    unlinking=self.form_of("unlink", answer.pk),
                )
            )
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        found = standing(self.asked, now)
        urges = list(self.asked.urges.select_related("by").order_by("-pk"))
        extensions = list(self.asked.extensions.select_related("by", "replied_by"))
        unables = list(self.asked.unables.select_related("by", "replied_by"))
        owes = still_owes(found.facts)
        return super().get_context_data(
            **kwargs,
            asked=self.asked,
            standing=found,
            cards=self.cards(found),
            extensions=[
                (row, None if row.replied_at else self.form_of("extension", row.pk))
                for row in extensions
            ],
            unables=[
                (row, None if row.replied_at else self.form_of("unable", row.pk)) for row in unables
            ],
            urges=urges,
            may_urge=owes,
            soon=bool(urges) and not may_urge(urges[0].at, now, urgent=False),
            may_miss=owes and self.asked.due < now and found.facts.submitted is None,
            may_drop=self.asked.dropped_at is None and found.facts.accepted is None,
            urge_form=self.form_of("urge"),
            miss_form=self.form_of("miss"),
            unmiss_form=self.form_of("unmiss"),
            drop_form=self.form_of("drop"),
            link_form=self.link_form(),
            events=self.asked.events.select_related("by").order_by("-pk"),
            may_write=has_role(self.request.user, Role.EDITOR),
            # Also above: what was refused may have no form on the page any more.
            refusal=self.failed[2].non_field_errors() if self.failed else [],
        )
