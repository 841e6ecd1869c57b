"""Where notices stand in the desk's and the office's menus."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem as OfficeMenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.log_actions import LogActionRegistry

from infoflow.desk.menu import MenuItem
from infoflow.units.roles import Role
from infoflow.units.wagtail_hooks import RoleMenuItem

from . import hooks_health, queries  # noqa: F401 - the former registers by itself
from .views_channels import ChannelsView, ChannelView, GroupView
from .views_office import NoticesView


@hooks.register("register_admin_urls")
def notice_urls() -> list[URLPattern]:
    return [
        path("notices/", NoticesView.as_view(), name="notices_office"),
        path("notices/channels/", ChannelsView.as_view(), name="notice_channels"),
        path("notices/channels/<slug:service>/", ChannelView.as_view(), name="notice_channel"),
        path("notices/groups/new/", GroupView.as_view(), name="notice_group_new"),
        path("notices/groups/<row:pk>/", GroupView.as_view(), name="notice_group"),
    ]


class NoticesMenuItem(OfficeMenuItem):
    """Differs from core: the label says how many notices are unread."""

    def render_component(self, request: HttpRequest) -> Any:
        count = queries.unread_of(request.user)
        label = str(self.label)
        if count:
            label = _("消息（%(n)s条未读）") % {"n": shown(count)}
        return LinkMenuItem(
            self.name, label, self.url, icon_name=self.icon_name, classname=self.classname
        )


def shown(count: int) -> str:
    """Return a number of unread notices as a badge shows it."""
    return f"{queries.COUNTED}+" if count > queries.COUNTED else str(count)


@hooks.register("register_admin_menu_item")
def notices_menu() -> OfficeMenuItem:
    return NoticesMenuItem(
        gettext_lazy("消息"), reverse("notices_office"), name="notices", icon_name="mail", order=5
    )


@hooks.register("register_admin_menu_item")
def channels_menu() -> OfficeMenuItem:
    return RoleMenuItem(
        gettext_lazy("消息渠道"),
        reverse("notice_channels"),
        name="notice-channels",
        icon_name="mail",
        order=64,
        roles=(Role.SYSTEM_ADMIN,),
    )


@hooks.register("register_desk_menu_item")
def desk_notices(request: HttpRequest) -> MenuItem:
    return MenuItem(_("消息"), reverse("notices"), order=5, badge=queries.unread_of(request.user))


@hooks.register("register_log_actions")
def channel_log_actions(registry: LogActionRegistry) -> None:
    """Changes of channels and groups in Wagtail's log; tokens and passwords are not in it."""
    registry.register_action("notices.channel_saved", _("设置消息渠道"), _("设置了消息渠道"))
    registry.register_action("notices.channel_stopped", _("停用消息渠道"), _("停用了消息渠道"))
    registry.register_action("notices.group_saved", _("设置工作群"), _("设置了工作群"))
    registry.register_action("notices.group_removed", _("移除工作群"), _("移除了工作群"))
