"""The office's pages of facts: list, recording by hand, withdrawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import django_filters  # type: ignore[import-untyped]
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView, WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from cms.bulletins.models import Bulletin
from cms.review.actions import Refused
from infoflow.units.models import Unit
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from . import actions, queries
from .forms import FactForm, WithdrawForm
from .models import Fact
from .rules import FactKind, form_key, points_text

if TYPE_CHECKING:
    from infoflow.units.models import User


def may_record(user: Any) -> bool:
    """Tell whether a person records and withdraws facts."""
    return has_role(user, Role.EDITOR, Role.SCORER)


class RecorderMixin(WagtailAdminTemplateMixin):
    """A page of editors and scorers."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_record(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def person(self) -> User:
        """Who asks; `dispatch` has sent strangers away."""
        return cast("User", self.request.user)


class FactFilter(WagtailFilterSet):
    """What a list of facts can be narrowed to."""

    kind = django_filters.ChoiceFilter(label=gettext_lazy("事项"), choices=FactKind.choices)
    date = django_filters.DateFromToRangeFilter(
        label=gettext_lazy("期间"), widget=DateRangePickerWidget
    )
    bulletin = django_filters.ModelChoiceFilter(
        label=gettext_lazy("刊物"), queryset=Bulletin.objects.all()
    )
    unit = django_filters.ModelChoiceFilter(
        label=gettext_lazy("单位"), queryset=Unit.objects.all(), method="of_unit"
    )

    class Meta:
        model = Fact
        fields = ["kind", "date", "bulletin", "unit"]

    def of_unit(self, facts: Any, name: str, unit: Unit) -> Any:
        """Keep the facts that name a unit, alone or with others."""
        return facts.filter(lines__unit=unit)


def _day(fact: Fact) -> str:
    return fact.date.isoformat()


def _units(fact: Fact) -> str:
    return "、".join(line.unit.name for line in fact.lines.all())


def _how(fact: Fact) -> str:
    """The form, the mark, the checked item or the points: what tells facts of a kind apart."""
    if fact.kind == FactKind.ADJUSTMENT and fact.hundredths is not None:
        return f"{points_text(fact.hundredths)}分"
    return fact.get_form_display() or fact.get_mark_display() or fact.check_item


def _state(fact: Fact) -> str:
    if fact.reverses_id is not None:
        return _("撤销记录")
    if getattr(fact, "reversed_by", None) is not None:
        return _("已撤销")
    return _("无本系统稿件") if fact.marked_without_item else ""


def details_of(fact: Fact) -> list[tuple[str, str]]:
    """Return what only some kinds have, as label and words, without what is empty."""
    points = "" if fact.hundredths is None else f"{points_text(fact.hundredths)}分"
    lines = [
        (_("批示领导"), fact.leader),
        (_("领导级别"), fact.get_level_display() if fact.level is not None else ""),
        (_("具体情况"), fact.get_mark_display()),
        (_("考核项目"), fact.check_item),
        (_("稿件形式"), fact.get_genre_display()),
        (_("字数"), str(fact.words or "")),
        (_("特征"), fact.trait_labels),
        (_("加减分值") if fact.kind == FactKind.ADJUSTMENT else _("选定分值"), points),
    ]
    return [(label, words) for label, words in lines if words]


class FactsView(RecorderMixin, BaseListingView):
    """采用登记: every fact, newest first."""

    page_title = gettext_lazy("采用与计分事项")
    header_icon = "doc-full-inverse"
    index_url_name = "facts"
    index_results_url_name = "facts_results"
    filterset_class = FactFilter
    paginate_by = 50
    default_ordering = ("-date", "-pk")
    is_searchable = True
    search_backend_name = None
    search_fields = ["title"]
    model = Fact
    no_results_message = gettext_lazy(
        "没有符合条件的登记。换一个条件再看；要登记的，点上面的“登记上级采用”或“登记其他事项”。"
    )
    columns = [
        Column("date", label=gettext_lazy("日期"), accessor=_day, classname="if-day"),
        Column(
            "kind", label=gettext_lazy("事项"), accessor="get_kind_display", classname="if-kind"
        ),
        TitleColumn(
            "title",
            label=gettext_lazy("标题"),
            get_url=lambda fact: reverse("fact", args=[fact.pk]),
        ),
        Column("units", label=gettext_lazy("单位"), accessor=_units, width="18%"),
        Column("bulletin", label=gettext_lazy("刊物"), width="14%", classname="if-spare"),
        Column("how", label=gettext_lazy("情况"), accessor=_how, width="10%", classname="if-spare"),
        Column("state", label=gettext_lazy("状态"), accessor=_state, width="9%"),
    ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The forms used most, one click away; the others one more."""
        buttons = [
            (_("登记上级采用"), "fact_adopted", "plus"),
            (_("登记其他事项"), "fact_kinds", "plus"),
            (_("批示办理"), "fact_instructions", "clipboard-list"),
        ]
        return [
            HeaderButton(label=label, url=reverse(name), icon_name=icon, priority=10 * n)
            for n, (label, name, icon) in enumerate(buttons, start=1)
        ]

    def get_base_queryset(self) -> Any:
        return queries.facts_for_list(self.person)


class RecordView(RecorderMixin, FormView):
    """One form for a fact recorded by hand; sent twice it records once."""

    template_name = "adoptions/record.html"
    form_class: type[FactForm]
    header_icon = "plus"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("facts"), "label": _("采用与计分事项")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.person}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return {
            **context,
            "action_url": self.request.path,
            "submit_button_label": _("登记"),
            "back_url": reverse("facts"),
            "submit_button_active_label": _("正在登记…"),
            "media": context["form"].media,
        }

    def form_valid(self, form: FactForm) -> HttpResponse:
        try:
            fact = self.record(form, form_key(str(form.cleaned_data["form_id"])))
        except Refused as refusal:
            form.add_error(None, refusal.message)
            return self.form_invalid(form)
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        messages.success(
            self.request,
            _("已登记《%(title)s》，得分见下。") % {"title": fact.title},
            buttons=[messages.button(self.request.path, _("再登记一条"))],
        )
        return redirect("fact", fact.pk)

    def record(self, form: FactForm, key: str) -> Fact:
        """Record what the form says under a key."""
        return actions.record_fact(**form.values, key=key, person=self.person)

    def form_invalid(self, form: Form) -> HttpResponse:
        messages.validation_error(self.request, _("登记没有成功，请按提示修改。"), form)
        return super().form_invalid(form)


class FactView(RecorderMixin, FormView):
    """One fact with everything known of it, and the form that takes it back."""

    template_name = "adoptions/fact.html"
    form_class = WithdrawForm
    header_icon = "doc-full-inverse"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.fact = get_object_or_404(
            queries.facts_for_list(cast("User", request.user)).select_related(
                "reverses", "instruction"
            ),
            pk=kwargs["pk"],
        )

    def get_page_title(self) -> str:
        return self.fact.title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("facts"), "label": _("采用与计分事项")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            fact=self.fact,
            units=_units(self.fact),
            state=_state(self.fact),
            withdrawal=getattr(self.fact, "reversed_by", None),
            details=details_of(self.fact),
            instruction=getattr(self.fact, "instruction", None),
            answers=queries.answers_to(self.fact),
            panels=self._panels(),
        )

    def _panels(self) -> list[str]:
        """Return what rooms above say of the fact.

        `register_fact_panel`: callable(request, fact) -> Panel | None
        """
        found = [hook(self.request, self.fact) for hook in hooks.get_hooks("register_fact_panel")]
        return [
            render_to_string(panel.template, panel.context, request=self.request)
            for panel in sorted((p for p in found if p is not None), key=lambda p: p.order)
        ]

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        try:
            actions.withdraw_fact(
                fact_id=self.fact.pk,
                person=self.person,
                reason=form.cleaned_data["reason"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
            return self.form_invalid(form)
        messages.success(
            self.request, _("已撤销《%(title)s》，得分随之冲回。") % {"title": self.fact.title}
        )
        return redirect("facts")
