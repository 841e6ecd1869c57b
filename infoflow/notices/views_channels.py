"""The office's pages of channels, for system administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import ModelLogEntry

from infoflow.units.permissions import has_role, person_of
from infoflow.units.roles import Role

from . import actions_channels as actions
from .forms import ChannelForm, GroupForm
from .models_outbox import Address, Channel, Delivery
from .rules import Service, covered

FAILED_SHOWN = 50
CHANGES_SHOWN = 20


class ChannelsMixin(WagtailAdminTemplateMixin):
    """A page of the system administrators."""

    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SYSTEM_ADMIN):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("notice_channels"), "label": _("消息渠道")},
            {"url": "", "label": self.get_page_title()},
        ]


class ChannelsView(ChannelsMixin, TemplateView):
    """The five services with how they do, the groups, and what could not be brought."""

    template_name = "notices/channels.html"
    page_title = gettext_lazy("消息渠道")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        set_up = {channel.service: channel for channel in Channel.objects.all()}
        groups = Address.objects.filter(person=None, unbound_at=None).select_related("channel")
        failed = Delivery.objects.exclude(given_up_at=None).select_related(
            "notice", "channel", "address__person"
        )
        return super().get_context_data(
            **kwargs,
            lines=[(service, set_up.get(service)) for service in Service],
            groups=[(group, covered(group.token)) for group in groups],
            failed=list(failed.order_by("-given_up_at")[:FAILED_SHOWN]),
            changes=list(
                ModelLogEntry.objects.filter(action__startswith="notices.")
                .select_related("user")
                .order_by("-timestamp")[:CHANGES_SHOWN]
            ),
        )


class ChannelView(ChannelsMixin, FormView[ChannelForm]):
    """Set up one way out, or stop it."""

    template_name = "notices/channel.html"
    form_class = ChannelForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if kwargs["service"] not in Service.values:
            raise Http404
        self.service = Service(kwargs["service"])
        self.channel = Channel.objects.filter(service=self.service).first()

    def get_page_title(self) -> str:
        return str(self.service.label)

    def get_form_kwargs(self) -> dict[str, Any]:
        # No initial of the view: the form takes it from the channel.
        kwargs = super().get_form_kwargs()
        del kwargs["initial"]
        return {**kwargs, "service": self.service, "channel": self.channel}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, channel=self.channel)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "stop" in request.POST:
            actions.stop_channel(service=self.service, person=person_of(request))
            messages.success(request, _("已停用，不再往外发；等待外发的消息不再发送。"))
            return redirect("notice_channels")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: ChannelForm) -> HttpResponse:
        try:
            actions.save_channel(
                service=self.service, person=person_of(self.request), **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error.messages[0])
            return self.form_invalid(form)
        messages.success(self.request, _("已保存并启用。人员可在“消息—接收设置”中绑定自己的地址。"))
        return redirect("notice_channels")


class GroupView(ChannelsMixin, FormView[GroupForm]):
    """A group of the office: new or changed."""

    template_name = "notices/group.html"
    form_class = GroupForm

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.address: Address | None = None
        if "pk" in kwargs:
            groups = Address.objects.filter(person=None, unbound_at=None)
            self.address = get_object_or_404(groups, pk=kwargs["pk"])

    def get_page_title(self) -> str:
        return self.address.name if self.address else _("添加工作群")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        del kwargs["initial"]
        return {**kwargs, "address": self.address}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs,
            address=self.address,
            shown=covered(self.address.token) if self.address else "",
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.address is not None and "remove" in request.POST:
            actions.remove_group(address_id=self.address.pk, person=person_of(request))
            messages.success(request, _("已删除，不再往这个群发消息。"))
            return redirect("notice_channels")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: GroupForm) -> HttpResponse:
        fields = {**form.cleaned_data}
        channel = fields.pop("channel")
        try:
            actions.save_group(
                channel_id=channel.pk,
                address_id=self.address.pk if self.address else None,
                person=person_of(self.request),
                **fields,
            )
        except ValidationError as error:
            form.add_error(None, error.messages[0])
            return self.form_invalid(form)
        messages.success(self.request, _("已保存。"))
        return redirect("notice_channels")
