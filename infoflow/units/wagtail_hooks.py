"""单位与人员 in Wagtail's admin: units, groups by year, posts, accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.log_actions import LogActionRegistry

from infoflow.desk.menu import MenuItem as DeskMenuItem

from . import admin_views as views
from .admin_handover import HandOverPost, HandOversView, HandOverView
from .admin_vacancies import VacanciesExport, VacanciesView
from .forms import AccountForm, OfficerForm, SignatoryForm, UnitForm
from .models import GroupMembership, Officer, Signatory, Unit, UnitGroup, User
from .permissions import has_role, person_of, unit_ids_of
from .roles import Role
from .vacancies import vacant_units


class KeptViewSet(ModelViewSet):
    """Rows that are listed, added and changed, but never deleted or copied.

    Differs from core: no page of usage either, because it names other rooms' texts.
    """

    copy_view_enabled = False
    inspect_view_enabled = False
    add_to_reference_index = False
    add_view_class = views.AddView
    kept_form: type[forms.ModelForm[Any]] | None = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [p for p in super().get_urlpatterns() if p.name not in ("delete", "usage")]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(
            **{"delete_url_name": None, "usage_url_name": None, **kwargs}
        )

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm[Any]]:
        return self.kept_form or super().get_form_class(for_update)


class UnitViewSet(KeptViewSet):
    model = Unit
    name = "units"
    icon = "site"
    menu_label = _("报送单位")
    kept_form = UnitForm
    add_view_class = views.AddUnit
    list_display = ["name", "code", "kind", "parent", "order", "active_from", "active_until"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]
    list_per_page = 50


class UnitGroupViewSet(KeptViewSet):
    model = UnitGroup
    name = "unit-groups"
    icon = "group"
    menu_label = _("考核分组")
    form_fields = ["name", "order"]
    list_display = ["name", "order"]
    search_fields = ["name"]


class MembershipViewSet(KeptViewSet):
    model = GroupMembership
    name = "memberships"
    icon = "list-ul"
    menu_label = _("年度分组")
    form_fields = ["unit", "group", "year"]
    add_view_class = views.AddMembership
    list_display = ["unit", "group", "year"]
    list_filter = ["year", "group"]
    search_fields = ["unit__name"]
    list_per_page = 50


class OfficerViewSet(KeptViewSet):
    model = Officer
    name = "officers"
    icon = "edit"
    menu_label = _("信息员任职")
    kept_form = OfficerForm
    add_view_class = views.AddOfficer
    index_view_class = views.PostIndex
    edit_view_class = views.EditAppointment
    list_display = ["user", "unit", "post", "rank", "since", "until"]
    list_filter = ["post", "rank"]
    search_fields = ["unit__name", "user__name"]
    list_per_page = 50


class SignatoryViewSet(KeptViewSet):
    model = Signatory
    name = "signatories"
    icon = "check"
    menu_label = _("审签人任职")
    kept_form = SignatoryForm
    add_view_class = views.AddSignatory
    index_view_class = views.PostIndex
    edit_view_class = views.EditAppointment
    list_display = ["user", "unit", "since", "until"]
    search_fields = ["unit__name", "user__name"]
    list_per_page = 50


def role_names(user: User) -> str:
    """Return a person's roles in one line; the groups were prefetched."""
    names = [group.name for group in user.groups.all() if group.name in Role.values]
    return "、".join(sorted(names))


class AccountViewSet(KeptViewSet):
    """Accounts, in place of Wagtail's stock pages of users."""

    model = User
    name = "accounts"
    icon = "user"
    menu_label = _("账号")
    kept_form = AccountForm
    index_view_class = views.AccountIndex
    add_view_class = views.AddAccount
    edit_view_class = views.EditAccount
    list_display = [
        "name",
        "username",
        Column("roles", label=_("角色"), accessor=role_names),
        BooleanColumn("is_active", label=_("在用"), sort_key="is_active"),
        "last_login",
    ]
    list_filter = ["is_active"]
    search_fields = ["name", "username", "phone"]
    ordering = ["username"]
    list_per_page = 50

    @property
    def permission_policy(self) -> views.SystemAdminPolicy:
        return views.account_policy

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{"history_url_name": None, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        kept = [p for p in super().get_urlpatterns() if not str(p.name).startswith("history")]
        return [
            *kept,
            path("reset/<row:pk>/", views.ResetPassword.as_view(), name="reset"),
            path("state/<row:pk>/", views.SwitchAccount.as_view(), name="state"),
        ]


class UnitsGroup(ModelViewSetGroup):
    menu_label = _("单位与人员")
    menu_icon = "group"
    menu_order = 60
    items = (
        UnitViewSet(),
        UnitGroupViewSet(),
        MembershipViewSet(),
        OfficerViewSet(),
        SignatoryViewSet(),
        AccountViewSet(),
    )


@hooks.register("register_admin_viewset")
def units_viewsets() -> UnitsGroup:
    return UnitsGroup()


@hooks.register("register_admin_urls")
def people_urls() -> list[URLPattern]:
    return [
        path("handover/", HandOversView.as_view(), name="office_handovers"),
        path("handover/<row:pk>/", HandOverView.as_view(), name="office_handover"),
        path(
            "handover/officers/<row:pk>/",
            HandOverPost.as_view(),
            {"kind": "officers"},
            name="office_handover_officers",
        ),
        path(
            "handover/signatories/<row:pk>/",
            HandOverPost.as_view(),
            {"kind": "signatories"},
            name="office_handover_signatories",
        ),
        path("vacancies/", VacanciesView.as_view(), name="office_vacancies"),
        path("vacancies/export/", VacanciesExport.as_view(), name="office_vacancies_export"),
    ]


class RoleMenuItem(MenuItem):
    """Menu entry for some roles only."""

    def __init__(self, *args: Any, roles: tuple[Role, ...], **kwargs: Any) -> None:
        self.roles = roles
        super().__init__(*args, **kwargs)

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, *self.roles)


@hooks.register("register_admin_menu_item")
def handover_menu() -> MenuItem:
    return RoleMenuItem(
        _("交接记录"),
        reverse("office_handovers"),
        name="handovers",
        icon_name="group",
        order=62,
        roles=HandOversView.roles,
    )


@hooks.register("register_admin_menu_item")
def vacancies_menu() -> MenuItem:
    return RoleMenuItem(
        _("缺员单位"),
        reverse("office_vacancies"),
        name="vacancies",
        icon_name="warning",
        order=63,
        roles=VacanciesView.roles,
    )


class VacantPanel(Component):
    """How many units lack somebody, on the first page of those who can do something."""

    template_name = "units/vacant_panel.html"
    order = 20

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {"count": len(vacant_units(timezone.localdate()))}


# After review's hook, which replaces the stock panels.
@hooks.register("construct_homepage_panels", order=20)
def vacant_panel(request: HttpRequest, panels: list[Any]) -> None:
    if has_role(request.user, Role.SYSTEM_ADMIN):
        panels.append(VacantPanel())


@hooks.register("register_desk_menu_item")
def handover_entry(request: HttpRequest) -> DeskMenuItem | None:
    """交接, for those who may hand over."""
    if not unit_ids_of(person_of(request), Role.SIGNATORY):
        return None
    return DeskMenuItem(str(_("交接")), reverse("handover_list"), order=50)


@hooks.register("register_log_actions")
def log_actions(registry: LogActionRegistry) -> None:
    """Acts on accounts in Wagtail's log."""
    registry.register_action("units.reset_password", _("重置密码"), _("重置了密码"))
    registry.register_action("units.stop_account", _("停用账号"), _("停用了账号"))
    registry.register_action("units.open_account", _("恢复账号"), _("恢复了账号"))
    registry.register_action("units.hand_over", _("交接"), _("办理了交接"))


@hooks.register("construct_settings_menu")
def no_stock_users(request: HttpRequest, items: list[Any]) -> None:
    """Keep the stock entries of users and groups for superusers."""
    if not request.user.is_superuser:
        items[:] = [item for item in items if item.name not in ("users", "groups")]
