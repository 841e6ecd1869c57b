"""The office's menu of the scan."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.permissions import register_permission_policy

from infoflow.units.wagtail_hooks import KeptViewSet

from . import views
from .forms import StopWordForm, TypoWordForm, WordListForm
from .models import ListKind, Word, WordList
from .permissions import keeps, list_policy, sees_refusals, word_policy

register_permission_policy(Word, word_policy, exact_class=True)
register_permission_policy(WordList, list_policy, exact_class=True)


class WordViewSet(KeptViewSet):
    """Words of one kind. A word that no longer holds is switched off, never deleted."""

    model = Word
    kind = ""
    list_per_page = 50
    search_fields = ["words", "right"]
    list_filter = ["word_list", "active"]

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        """Differs from core: shown to those who keep this kind, not to all who keep words."""
        kind = self.kind

        class KindMenuItem(MenuItem):
            def is_shown(self, request: HttpRequest) -> bool:
                return keeps(request.user, kind)

        return KindMenuItem


class StopViewSet(WordViewSet):
    kind = ListKind.STOP
    name = "stop-words"
    icon = "lock"
    menu_label = _("内部用语")
    kept_form = StopWordForm
    index_view_class = views.StopIndex
    add_view_class = views.AddStop
    edit_view_class = views.EditStop
    history_view_class = views.StopHistory
    list_display = [
        "words",
        "word_list",
        Column("grade", label=_("级别"), accessor="get_grade_display", sort_key="grade"),
        "valid_from",
        "valid_until",
        BooleanColumn("active", label=_("在用")),
    ]


class TypoViewSet(WordViewSet):
    kind = ListKind.TYPO
    name = "typo-words"
    icon = "edit"
    menu_label = _("错别字")
    kept_form = TypoWordForm
    index_view_class = views.TypoIndex
    add_view_class = views.AddTypo
    edit_view_class = views.EditTypo
    history_view_class = views.TypoHistory
    list_display = ["words", "right", "word_list", BooleanColumn("active", label=_("在用"))]


_KIND = Column("kind", label=_("类别"), accessor="get_kind_display", sort_key="kind")


class WordListViewSet(KeptViewSet):
    model = WordList
    name = "word-lists"
    icon = "list-ul"
    menu_label = _("词表")
    kept_form = WordListForm
    index_view_class = views.ListIndex
    add_view_class = views.AddList
    edit_view_class = views.EditList
    history_view_class = views.ListHistory
    list_display = ["name", _KIND, "source", BooleanColumn("active", label=_("在用"))]
    search_fields = ["name", "source"]


class WordsGroup(ModelViewSetGroup):
    menu_label = _("词库")
    menu_icon = "search"
    menu_order = 50
    items = (StopViewSet(), TypoViewSet(), WordListViewSet())


@hooks.register("register_admin_viewset")
def word_viewsets() -> WordsGroup:
    return WordsGroup()


@hooks.register("register_admin_urls")
def scanning_urls() -> list[URLPattern]:
    return [
        path("words/<str:kind>/import/", views.ImportView.as_view(), name="scanning_import"),
        path("words/<str:kind>/export/", views.ExportView.as_view(), name="scanning_export"),
        path("refusals/", views.RefusalsView.as_view(), name="scanning_refusals"),
    ]


class RefusalsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return sees_refusals(request.user)


@hooks.register("register_admin_menu_item")
def refusals_menu() -> MenuItem:
    return RefusalsMenuItem(
        _("密级拒收记录"),
        reverse("scanning_refusals"),
        name="refusals",
        icon_name="warning",
        order=51,
    )
