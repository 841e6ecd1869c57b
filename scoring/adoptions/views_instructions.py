"""批示办理 in the office: who has answered, who is late."""

from __future__ import annotations

from typing import Any

import django_filters  # type: ignore[import-untyped]
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import HeaderButton

from infoflow.units.models import Unit

from . import queries
from .models import FactLine
from .rules_instructions import AnswerState, standing_of
from .views import RecorderMixin


class AnswerFilter(WagtailFilterSet):
    """What the list of answers can be narrowed to."""

    state = django_filters.ChoiceFilter(
        label=gettext_lazy("状态"), choices=AnswerState.choices, method="in_state"
    )
    unit = django_filters.ModelChoiceFilter(label=gettext_lazy("单位"), queryset=Unit.objects.all())

    class Meta:
        model = FactLine
        fields = ["state", "unit"]

    def in_state(self, lines: Any, name: str, state: str) -> Any:
        """Keep the lines whose answer is in a state today."""
        return queries.in_state(lines, state)


def _deadline(line: FactLine) -> str:
    instruction = getattr(line.fact, "instruction", None)
    return instruction.answer_by.isoformat() if instruction and instruction.answer_by else ""


def standing_words(line: Any) -> str:
    """Return where a unit's answer stands, in a clerk's words."""
    instruction = getattr(line.fact, "instruction", None)
    answer_by = instruction.answer_by if instruction is not None else None
    return standing_of(answer_by, line.answered, timezone.localdate()).words


class InstructionsView(RecorderMixin, BaseListingView):
    """批示办理: a line for each instruction and unit, what is due first."""

    page_title = gettext_lazy("批示办理")
    header_icon = "clipboard-list"
    index_url_name = "fact_instructions"
    index_results_url_name = "fact_instructions_results"
    filterset_class = AnswerFilter
    paginate_by = 50
    is_searchable = True
    search_backend_name = None
    search_fields = ["fact__title"]
    model = FactLine
    no_results_message = gettext_lazy(
        "没有符合条件的批示。登记批示时填了反馈期限的，单位在工作台反馈；谁没有反馈、谁逾期，在这里看。"
    )
    columns = [
        Column(
            "happened",
            label=gettext_lazy("批示日期"),
            accessor=lambda line: line.happened.isoformat(),
            classname="if-day",
        ),
        TitleColumn(
            "title",
            label=gettext_lazy("标题"),
            accessor="fact.title",
            get_url=lambda line: reverse("fact", args=[line.fact_id]),
        ),
        Column(
            "leader", label=gettext_lazy("批示领导"), accessor="fact.leader", classname="if-spare"
        ),
        Column("unit", label=gettext_lazy("单位"), width="15%"),
        Column("deadline", label=gettext_lazy("反馈期限"), accessor=_deadline, classname="if-day"),
        Column("state", label=gettext_lazy("状态"), accessor=standing_words, width="14%"),
    ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [
            HeaderButton(
                label=_("登记批示"), url=reverse("fact_instruction"), icon_name="plus", priority=10
            )
        ]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("facts"), "label": _("采用与计分事项")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_base_queryset(self) -> Any:
        return queries.instruction_lines()
