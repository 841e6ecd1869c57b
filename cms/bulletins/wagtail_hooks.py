"""The office's pages of bulletins: series, pool, issues; readers' menu entry on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Exists
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.models import Page

from cms.search.batches import Source
from infoflow.desk.menu import MenuItem as DeskMenuItem
from infoflow.desk.menu import Panel
from infoflow.units.permissions import has_role, reads_bulletins, works_in_office
from infoflow.units.roles import Role
from infoflow.units.wagtail_hooks import KeptViewSet

from . import actions, queries, texts
from .models import Bulletin, IssueNumber, IssuePage
from .views import IssuesView, PoolView, send, submit
from .views_edit import IssueViewSet
from .views_search import SearchView

if TYPE_CHECKING:
    BulletinFormBase = forms.ModelForm[Bulletin]
else:
    BulletinFormBase = forms.ModelForm


class BulletinForm(BulletinFormBase):
    """Form of a series; one of our own gets its folder when saved."""

    class Meta:
        model = Bulletin
        fields = ["name", "level", "own", "kind", "order", "active", "total_before"]

    def save(self, commit: bool = True) -> Bulletin:
        bulletin = super().save(commit=commit)
        if commit:
            actions.ensure_folder(bulletin)
        return bulletin


class BulletinViewSet(KeptViewSet):
    """刊物: list, add, change; never deleted, because facts name it."""

    model = Bulletin
    name = "bulletins"
    icon = "list-ul"
    menu_label = _("刊物设置")
    menu_order = 40
    add_to_admin_menu = True
    list_display = [
        "name",
        "get_level_display",
        BooleanColumn("own", label=_("本级编发")),
        "get_kind_display",
        "order",
        BooleanColumn("active", label=_("在用")),
    ]
    list_filter = ["level", "own", "active"]
    search_fields = ["name"]

    def get_form_class(self, for_update: bool = False) -> type[BulletinForm]:
        return BulletinForm


@hooks.register("register_admin_viewset")
def bulletin_viewset() -> BulletinViewSet:
    return BulletinViewSet("bulletins")


@hooks.register("register_admin_viewset")
def issue_viewset() -> IssueViewSet:
    return IssueViewSet()


@hooks.register("register_admin_urls")
def bulletin_urls() -> list[URLPattern]:
    return [
        path("search/", SearchView.as_view(), name="office_search"),
        path("pool/", PoolView.as_view(), name="bulletin_pool"),
        path("issues/", IssuesView.as_view(), name="bulletin_issues"),
        path("issues/<row:pk>/submit/", submit, name="bulletin_submit"),
    ]


class EditorMenuItem(MenuItem):
    """Menu entry for editors only."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.EDITOR)


class OfficeMenuItem(MenuItem):
    """Menu entry for those who handle texts."""

    def is_shown(self, request: HttpRequest) -> bool:
        return works_in_office(request.user)


@hooks.register("register_admin_menu_item")
def search_menu() -> MenuItem:
    return OfficeMenuItem(
        _("检索"), reverse("office_search"), name="office-search", icon_name="search", order=25
    )


class OfficeSearchArea(SearchArea):
    """Where the box in the side bar leads: shown to everybody who reads texts in the office."""

    def is_shown(self, request: HttpRequest) -> bool:
        return works_in_office(request.user)


@hooks.register("register_admin_search_area")
def search_box() -> SearchArea:
    """Wagtail's own box finds folders only; the side bar takes the first area there is."""
    return OfficeSearchArea(_("检索"), reverse("office_search"), name="office-search", order=-1)


@hooks.register("construct_search")
def no_stock_search(request: HttpRequest, areas: list[Any]) -> None:
    """Leave out Wagtail's list of other places to search in."""
    areas.clear()


@hooks.register("register_admin_menu_item")
def pool_menu() -> MenuItem:
    return EditorMenuItem(
        _("备用稿库"), reverse("bulletin_pool"), name="pool", icon_name="folder-inverse", order=20
    )


@hooks.register("register_admin_menu_item")
def issues_menu() -> MenuItem:
    return EditorMenuItem(
        _("期刊"), reverse("bulletin_issues"), name="issues", icon_name="doc-full", order=21
    )


class SendItem(ActionMenuItem):
    """Button of the issue editor: save and send to the check."""

    name = "action-send"
    label = _("保存并送审")
    icon_name = "check"

    def is_shown(self, context: dict[str, Any]) -> bool:
        page = context.get("page")
        return (
            context["view"] == "edit"
            and page is not None
            and isinstance(page.specific, IssuePage)
            and not context["locked_for_user"]
        )


@hooks.register("register_page_action_menu_item")
def send_item() -> ActionMenuItem:
    return SendItem(order=10)


@hooks.register("after_edit_page")
def send_saved(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Send an issue that was just saved with the button "保存并送审"."""
    if "action-send" not in request.POST or not isinstance(page, IssuePage):
        return None
    return send(request, page)


@hooks.register("register_search_source")
def search_source() -> Source:
    return texts.source()


@hooks.register("register_adopted_items")
def adopted() -> Exists:
    """Tell the desk which items an issued number carries."""
    return queries.is_adopted()


@hooks.register("register_desk_menu_item")
def reading_menu(request: HttpRequest) -> DeskMenuItem | None:
    if not reads_bulletins(request.user):
        return None
    return DeskMenuItem(label=str(_("期刊阅览")), url=reverse("issue_list"), order=60)


@hooks.register("register_desk_panel")
def reading_panel(request: HttpRequest) -> Panel | None:
    if not reads_bulletins(request.user):
        return None
    numbers = IssueNumber.objects.select_related("bulletin")[:5]
    return Panel("bulletins/_desk_panel.html", {"numbers": numbers}, order=60)
