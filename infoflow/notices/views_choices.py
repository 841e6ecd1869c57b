"""A person's own choices: addresses, kinds, quiet hours, the calendar address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from infoflow.units.models import User
from infoflow.units.permissions import person_of

from . import actions_channels as actions
from . import feed
from .forms import QuietForm
from .kinds import choosable
from .models_outbox import Address, Channel, Feed, Quiet
from .rules import SERVICES, Service, covered


@dataclass(frozen=True)
class Way:
    """A channel as its block on the page shows it."""

    channel: Channel
    address: Address | None
    hint: str
    signs: bool

    @property
    def shown(self) -> str:
        """The address in part."""
        return covered(self.address.token) if self.address else ""


def _page(request: HttpRequest, person: User, **more: Any) -> HttpResponse:
    held = {a.channel_id: a for a in Address.objects.visible_to(person)}
    ways = [
        Way(channel, held.get(channel.pk), str(about.hint), about.signs)
        for channel in Channel.objects.filter(stopped_at=None)
        for about in [SERVICES[Service(channel.service)]]
    ]
    bound = [way for way in ways if way.address is not None]
    kinds = [
        (kind, [(way, kind.urgent or kind.code not in way.address.muted) for way in bound])  # type: ignore[union-attr]
        for kind in choosable()
    ]
    quiet = Quiet.objects.filter(person=person).first()
    context = {
        "ways": ways,
        "bound": bound,
        "kinds": kinds,
        "quiet": quiet,
        "feed": Feed.objects.filter(person=person, stopped_at=None).first(),
    }
    return render(request, "notices/choices.html", context | more)


def _number(text: str) -> int:
    """Return a row's number from a form; one that can be none leads to nothing."""
    return int(text) if text.isdecimal() and len(text) <= 18 else 0


def _bind(request: HttpRequest, person: User) -> str:
    actions.bind(
        channel_id=_number(request.POST.get("channel", "")),
        typed=request.POST.get("typed", "")[:400],
        signing=request.POST.get("signing", "")[:200],
        person=person,
    )
    return _("已绑定。可以点“发一条测试消息”试一试。")


def _unbind(request: HttpRequest, person: User) -> str:
    done = actions.unbind(address_id=_number(request.POST.get("address", "")), person=person)
    return _("已解除绑定，不再往那里发消息。") if done else _("这个地址此前已经解除。")


def _choose(request: HttpRequest, person: User) -> str:
    pairs = (value.partition(":") for value in request.POST.getlist("wanted"))
    actions.choose(wanted=[(_number(pk), code) for pk, _colon, code in pairs], person=person)
    return _("消息类别已保存。")


def _quiet(request: HttpRequest, person: User) -> str:
    form = QuietForm(request.POST)
    if not form.is_valid():
        raise ValidationError(_("时间请写成 22:00 这样。"))
    actions.set_quiet(**form.cleaned_data, person=person)
    return _("免打扰时段已保存。")


def _test(request: HttpRequest, person: User) -> str:
    if not Address.objects.in_use().filter(person=person).exists():
        raise ValidationError(_("请先绑定一个渠道。"))
    if actions.send_test(person=person) is None:
        raise ValidationError(_("刚刚发过，请过一分钟再试。"))
    return _("测试消息已交发，一般一分钟内送到。")


def _stop_feed(request: HttpRequest, person: User) -> str:
    done = feed.stop_feed(person=person)
    return _("日历地址已停用，原地址不能再用。") if done else _("没有在用的日历地址。")


_ACTS: dict[str, Callable[[HttpRequest, User], str]] = {
    "bind": _bind,
    "unbind": _unbind,
    "choose": _choose,
    "quiet": _quiet,
    "test": _test,
    "stop-feed": _stop_feed,
}


@login_required
@require_http_methods(["GET", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """Show and change a person's own choices."""
    person = person_of(request)
    if request.method == "GET":
        return _page(request, person)
    act = request.POST.get("act", "")
    if act == "make-feed":
        secret = feed.make_feed(person=person)
        address = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("due_feed", args=[secret])
        return _page(request, person, feed_address=address)
    if act not in _ACTS:
        raise Http404
    try:
        messages.success(request, _ACTS[act](request, person))
    except ValidationError as error:
        return _page(request, person, fault=error.messages[0], act=act, typed=request.POST)
    return redirect("notice_choices")


@require_GET
def due_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Give a person's open deadlines to whoever knows the address; a wrong one is 404."""
    person = feed.owner_of(secret)
    if person is None:
        raise Http404
    response = HttpResponse(feed.calendar_for(person), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="dues.ics"'
    response["Cache-Control"] = "private, no-store"
    return response
