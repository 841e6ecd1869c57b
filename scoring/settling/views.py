"""结账: the list of closed periods, and the page that shows what would be frozen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.review.actions import Refused
from infoflow.units.permissions import person_of
from scoring.closings.models import Closing
from scoring.ledger.forms import PeriodForm
from scoring.ledger.views import ScorerView, told

from . import actions, queries
from .forms import CloseForm

# So many names are listed before "…": more are read in the ranking.
NAMES_SHOWN = 200


class ClosingsView(ScorerView):
    """Closed periods with their digests, newest first."""

    template_name = "settling/closings.html"
    page_title = gettext_lazy("结账")
    header_icon = "lock"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        seen = Closing.objects.visible_to(self.request.user)
        closings = seen.select_related("closed_by").defer("snapshot").order_by("-start")
        period = queries.offered(timezone.localdate())
        initial = {"start": period.start, "end": period.end}
        return super().get_context_data(
            **kwargs,
            closings=closings,
            form=PeriodForm(initial=initial),
            verified=self._verified(),
        )

    def _verified(self) -> dict[str, Any] | None:
        """Return what the comparison of the closing that was asked for has found."""
        pk = self.request.GET.get("verify", "")
        seen = Closing.objects.visible_to(self.request.user)
        closing = seen.filter(pk=pk).first() if pk.isascii() and pk.isdigit() else None
        if closing is None:
            return None
        found = [flaw.what for flaw in queries.flaws_of(closing)]
        return {"closing": closing, "flaws": found[:NAMES_SHOWN], "more": len(found) > NAMES_SHOWN}


class CloseView(ScorerView):
    """What would be frozen, and the button that freezes it."""

    template_name = "settling/close.html"
    page_title = gettext_lazy("核对并结账")
    header_icon = "lock"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("closings"), "label": _("结账")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given = kwargs.pop("form", None) or PeriodForm(self.request.GET or None)
        context: dict[str, Any] = {"form": given, "refusal": kwargs.pop("refusal", "")}
        if given.is_bound and not given.errors.keys() & {"start", "end"}:
            start, end = given.cleaned_data["start"], given.cleaned_data["end"]
            seen = queries.preview(start, end)
            context |= {
                "seen": seen,
                "refusal": context["refusal"] or seen.refusal,
                "lines": told(seen.difference),
                "silent": seen.silent[:NAMES_SHOWN],
                "unadopted": seen.unadopted[:NAMES_SHOWN],
                "closing": CloseForm(initial={"start": start, "end": end, "digest": seen.digest}),
                "note_errors": given.errors.get("note", []),
            }
        return super().get_context_data(**kwargs, **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Freeze what was shown; if it is another by now, show that."""
        form = CloseForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            made = actions.close_period(**form.cleaned_data, person=person_of(request))
        except Refused as refusal:
            return self.render_to_response(
                self.get_context_data(form=form, refusal=refusal.message), status=409
            )
        messages.success(
            request,
            _("%(closing)s 已结账，摘要 %(digest)s。")
            % {"closing": str(made), "digest": made.digest[:16]},
        )
        return redirect("closings")
