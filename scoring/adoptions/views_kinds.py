"""The office's forms of each kind of fact, and the page to choose one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from infoflow.units.permissions import has_role
from infoflow.units.roles import Role

from .actions_instructions import record_instruction
from .forms import FactForm
from .forms_kinds import AdoptedForm, ForwardedForm, InstructionForm
from .forms_marks import AdjustmentForm, CheckForm, CommissionForm, QualityForm, UrgentForm
from .models import Fact
from .views import RecorderMixin, RecordView


class AdoptedView(RecordView):
    """登记上级采用."""

    page_title = gettext_lazy("登记上级采用")
    form_class = AdoptedForm


class ForwardedView(RecordView):
    """登记上报."""

    page_title = gettext_lazy("登记上报")
    form_class = ForwardedForm


class InstructionView(RecordView):
    """登记批示."""

    page_title = gettext_lazy("登记批示")
    form_class = InstructionForm

    def record(self, form: FactForm, key: str) -> Fact:
        return record_instruction(**form.values, key=key, person=self.person)


class QualityView(RecordView):
    """登记质量问题."""

    page_title = gettext_lazy("登记质量问题")
    form_class = QualityForm


class CheckView(RecordView):
    """登记考核项目."""

    page_title = gettext_lazy("登记考核项目")
    form_class = CheckForm


class CommissionView(RecordView):
    """登记约稿结果."""

    page_title = gettext_lazy("登记约稿结果")
    form_class = CommissionForm


class UrgentView(RecordView):
    """登记紧急信息."""

    page_title = gettext_lazy("登记紧急信息")
    form_class = UrgentForm


class AdjustmentView(RecordView):
    """登记加减分; scorers only."""

    page_title = gettext_lazy("登记加减分")
    form_class = AdjustmentForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, Role.SCORER):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


@dataclass(frozen=True)
class Choice:
    """One kind on the page to choose from."""

    url_name: str
    label: Promise
    about: Promise
    scorer_only: bool = False


CHOICES = (
    Choice(
        "fact_adopted",
        gettext_lazy("上级采用"),
        gettext_lazy("上级刊物采用了稿件。本级刊物采用的，签发时系统自动登记。"),
    ),
    Choice("fact_forwarded", gettext_lazy("上报"), gettext_lazy("稿件向上级刊物报送了。")),
    Choice(
        "fact_instruction",
        gettext_lazy("批示"),
        gettext_lazy("领导在稿件上作了批示；可以要求单位限期反馈办理情况。"),
    ),
    Choice("fact_commission", gettext_lazy("约稿结果"), gettext_lazy("约稿按时完成、迟报或未报。")),
    Choice(
        "fact_urgent",
        gettext_lazy("紧急信息"),
        gettext_lazy("紧急信息按时报送，或迟报、漏报、错报、谎报、瞒报、被通报。"),
    ),
    Choice(
        "fact_quality",
        gettext_lazy("质量问题"),
        gettext_lazy("稿件失实、有差错、不合要求或被通报；要写明理由。"),
    ),
    Choice(
        "fact_check", gettext_lazy("考核项目"), gettext_lazy("计分办法中逐项考核的工作完成了。")
    ),
    Choice(
        "fact_adjustment",
        gettext_lazy("加减分"),
        gettext_lazy("办法允许的其他加减分；要写明理由，只有计分员可以登记。"),
        scorer_only=True,
    ),
)


class KindsView(RecorderMixin, TemplateView):
    """登记事项: which form to take."""

    template_name = "adoptions/kinds.html"
    page_title = gettext_lazy("登记事项")
    header_icon = "plus"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("facts"), "label": _("采用与计分事项")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scorer = has_role(self.person, Role.SCORER)
        choices = [c for c in CHOICES if scorer or not c.scorer_only]
        return super().get_context_data(**kwargs, choices=choices)
