"""Whether the system works: one page for everybody and machines, one for administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from infoflow.units.admin_handover import AdminPage
from infoflow.units.roles import Role

from . import sweep
from .health import Report, report
from .models_sweep import SweepRun


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Say for each part whether it works, and how long ago it did; 503 when something does not.

    Rendered without the request: who is logged in would be asked of the database that may be
    down. `?format=json` for machines.
    """
    found = report()
    status = 200 if found.good else 503
    if request.GET.get("format") == "json":
        return JsonResponse(as_data(found), status=status)
    page = render_to_string("notices/health.html", {"report": found})
    return HttpResponse(page, status=status)


def as_data(found: Report) -> dict[str, Any]:
    """Return what everybody may know as plain data; ages in seconds."""
    parts = {}
    for line in found.lines:
        since = line.finding.since
        age = None if since is None else max(0, int((found.at - since).total_seconds()))
        parts[line.name] = {"state": line.finding.state.value, "age": age}
    return {"ok": found.good, "parts": parts}


class HealthView(AdminPage):
    """The same with what to do, and the jobs one by one."""

    template_name = "notices/admin_health.html"
    page_title = gettext_lazy("系统状态")
    header_icon = "glasses"
    roles = (Role.SYSTEM_ADMIN,)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = {run.job: run for run in SweepRun.objects.all()}
        jobs = [(job, runs.get(job.name)) for job in sweep.jobs()]
        return super().get_context_data(**kwargs, report=report(fresh=True), jobs=jobs)
