"""A refused act or a blocked publication gives a clear page, never a fault."""

from __future__ import annotations

from collections.abc import Callable

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


class GateMiddleware:
    """Turn refusals that no view caught into a page that says what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        from .actions import Refused
        from .gate import APPEND_MARK, CLOSED_MARK, GATE_MARK, NotCleared

        if isinstance(error, Refused):
            message = error.message
        elif isinstance(error, NotCleared) or (
            isinstance(error, IntegrityError) and GATE_MARK in str(error)
        ):
            message = _(
                "该文本没有通过保密审查，不能发布。请提交审核，由保密审查员通过后自动发布。"
            )
        elif isinstance(error, IntegrityError) and APPEND_MARK in str(error):
            message = _("审核和计分记录只能新增，不能修改或删除。")
        elif isinstance(error, IntegrityError) and CLOSED_MARK in str(error):
            message = _(
                "这一期间已经结账，不能再记入；请返回重做，系统会记入未结账的期间（补计）。"
            )
        else:
            return None
        return render(request, "review/refused.html", {"message": message}, status=409)
