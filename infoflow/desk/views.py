"""First page of the desk, and the pages that say what went wrong."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from infoflow.units.permissions import enters_admin, unit_ids_of

from .keeping import can_be_kept, kept_page
from .menu import panels_for


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for a person; who only works in the office is sent there."""
    if enters_admin(request.user) and not unit_ids_of(request.user):
        return redirect("wagtailadmin_home")
    panels = [
        render_to_string(panel.template, panel.context, request) for panel in panels_for(request)
    ]
    return render(request, "desk/home.html", {"panels": panels})


def closed(request: HttpRequest, **kwargs: str) -> HttpResponse:
    """Answer as if the address did not exist: this stands before a stock one."""
    raise Http404


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do when a form is too old to be trusted; what was typed is handed back."""
    if can_be_kept(request):
        return kept_page(request)
    return render(request, "desk/csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what is wrong with a request that could not be read."""
    status = 400
    heading = _("这次提交无法读取，没有保存")
    advice = _("请按浏览器的“后退”键回到刚才的页面，刷新后再试。")
    if isinstance(exception, RequestDataTooBig) and request.content_type == "multipart/form-data":
        status = 413
        heading = _("文件太大，没有上传")
        advice = _(
            "请按浏览器的“后退”键回到刚才的页面，选择不超过20兆的文件；"
            "Word 和 WPS 里可以用“压缩图片”缩小文件。"
        )
    elif isinstance(exception, RequestDataTooBig):
        status = 413
        heading = _("内容太长，没有保存")
        advice = _(
            "一次提交的内容超过了5兆。请按浏览器的“后退”键回到刚才的页面，"
            "删减正文（不超过5万字）后再保存；从网页粘贴时请先粘贴到记事本去掉格式。"
        )
    elif isinstance(exception, TooManyFieldsSent):
        advice = _("提交的项目太多，请分几次办理。")
    context = {"heading": heading, "advice": advice}
    return render(request, "desk/sorry.html", context, status=status)
