"""The office's pages of settings and templates of commissions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from infoflow.units.models import User
from infoflow.units.permissions import has_role
from infoflow.units.roles import Role
from infoflow.units.wagtail_hooks import KeptViewSet

from . import actions_change
from .forms_settings import SettingsForm, TemplateForm
from .models import CommissionSettings, CommissionTemplate
from .views_office import CommissionsMixin


class EditorPolicy(BasePermissionPolicy):
    """Templates are kept by editors, and never deleted: 停用 takes one out of use."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return action != "delete" and has_role(user, Role.EDITOR)

    def users_with_any_permission(self, actions: list[str]) -> models.QuerySet[User]:
        return User.objects.filter(groups__name=Role.EDITOR, is_active=True)


register_permission_policy(CommissionTemplate, EditorPolicy(CommissionTemplate), exact_class=True)


class TemplateViewSet(KeptViewSet):
    """约稿模板."""

    model = CommissionTemplate
    name = "commission-templates"
    icon = "doc-full"
    menu_label = gettext_lazy("约稿模板")
    kept_form = TemplateForm
    list_display = ["name", "title", "days", BooleanColumn("retired", label=gettext_lazy("停用"))]
    search_fields = ["name", "title"]


class CommissionSettingsView(CommissionsMixin, FormView[SettingsForm]):
    """Reminders and grace."""

    template_name = "commissions/office_settings.html"
    form_class = SettingsForm
    page_title = gettext_lazy("约稿提醒设置")
    success_url = reverse_lazy("commissions_office")

    def get_initial(self) -> dict[str, Any]:
        row = CommissionSettings.current()
        return {"reminders": row.reminders, "grace_days": row.grace_days}

    def form_valid(self, form: SettingsForm) -> HttpResponse:
        actions_change.save_settings(**form.cleaned_data, person=self.person)
        messages.success(self.request, _("已保存，对此后下达的约稿生效。"))
        return super().form_valid(form)
