"""The system administrator's pages in Wagtail's admin. Everything goes through the actions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.permission_policies import BasePermissionPolicy

from . import actions
from .models import Officer, User
from .permissions import has_role, person_of
from .roles import Role


class SystemAdminPolicy(BasePermissionPolicy):
    """Accounts are managed by system administrators, and never deleted.

    A policy of its own because the model permissions of users would also open Wagtail's
    stock pages of users, which pass by our actions.
    """

    def user_has_permission(self, user: User, action: str) -> bool:
        return action != "delete" and has_role(user, Role.SYSTEM_ADMIN)

    def users_with_any_permission(self, actions: list[str]) -> models.QuerySet[User]:
        return User.objects.filter(groups__name=Role.SYSTEM_ADMIN, is_active=True)


account_policy = SystemAdminPolicy(User)


class ThroughAction:
    """Mixin of create and edit views: `perform` calls the action, its refusals go to the form."""

    form: forms.ModelForm[Any]
    request: HttpRequest
    log_action = "wagtail.edit"

    def perform(self, data: dict[str, Any]) -> models.Model:
        raise NotImplementedError

    def save_instance(self) -> models.Model:
        made = self.perform(self.form.cleaned_data)
        log(instance=made, action=self.log_action, user=self.request.user)
        return made

    def form_valid(self, form: forms.ModelForm[Any]) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        except ValidationError as refused:
            form.add_error(None, refused.messages)
            self.produced_error_message = _("没有保存，请看下面的提示。")
            response = self.form_invalid(form)  # type: ignore[attr-defined]
        return response


class AddView(generic.CreateView):
    """Differs from core in its heading, which core has in English only."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = super().get_breadcrumbs_items()
        items[-1] = {"url": "", "label": _("新建%(what)s") % {"what": self.get_page_subtitle()}}
        return items


class AddUnit(ThroughAction, AddView):
    """A new unit gets its group and its page folder."""

    log_action = "wagtail.create"

    def perform(self, data: dict[str, Any]) -> models.Model:
        return actions.create_unit(**data)


class AddMembership(ThroughAction, AddView):
    log_action = "wagtail.create"

    def perform(self, data: dict[str, Any]) -> models.Model:
        return actions.set_group(**data)


class AddOfficer(ThroughAction, AddView):
    log_action = "wagtail.create"

    def perform(self, data: dict[str, Any]) -> models.Model:
        return actions.appoint_officer(**data)


class AddSignatory(ThroughAction, AddView):
    log_action = "wagtail.create"

    def perform(self, data: dict[str, Any]) -> models.Model:
        return actions.appoint_signatory(**data)


class EditAppointment(ThroughAction, generic.EditView):
    """Change a post's kind, or end it; what began cannot be rewritten."""

    def perform(self, data: dict[str, Any]) -> models.Model:
        post = self.model.objects.get(pk=self.form.instance.pk)
        until = data["until"]
        if until is None and post.until is not None:
            raise ValidationError(_("任职止已经登记，不能清空；延长任期请填新的日期。"))
        for name in ("post", "rank"):
            if name in data:
                setattr(post, name, data[name])
        if until is not None and until != post.until:
            actions.end_appointment(appointment=post, last_day=until)
        else:
            post.full_clean()
            post.save()
        return post


class PostIndex(generic.IndexView):
    """Posts, each with the way to hand it over."""

    def get_list_more_buttons(self, instance: Any) -> list[Button]:
        buttons = super().get_list_more_buttons(instance)
        if instance.ended_at is None:
            kind = "officers" if isinstance(instance, Officer) else "signatories"
            url = reverse(f"office_handover_{kind}", args=[instance.pk])
            buttons.append(Button(_("交接"), url=url, icon_name="group", priority=50))
        return buttons


def _once(request: HttpRequest, account: User, password: str) -> HttpResponse:
    """Show a one-time password in this answer and nowhere else."""
    context = {
        "account": account,
        "password": password,
        "index_url": reverse("accounts:index"),
        "page_title": _("一次性密码"),
        "header_title": _("一次性密码"),
        "header_icon": "key",
    }
    return TemplateResponse(request, "units/password_once.html", context)


class AccountIndex(generic.IndexView):
    """All accounts with their roles."""

    permission_policy = account_policy
    any_permission_required = ["add", "change", "view"]

    def get_base_queryset(self) -> models.QuerySet[User]:
        return super().get_base_queryset().prefetch_related("groups")

    def get_list_more_buttons(self, instance: User) -> list[Button]:
        buttons = super().get_list_more_buttons(instance)
        if instance.is_superuser and not self.request.user.is_superuser:
            return []
        buttons.append(
            Button(
                _("重置密码"),
                url=reverse("accounts:reset", args=[instance.pk]),
                icon_name="key",
                priority=50,
            )
        )
        buttons.append(
            Button(
                _("停用") if instance.is_active else _("恢复使用"),
                url=reverse("accounts:state", args=[instance.pk]),
                icon_name="lock" if instance.is_active else "lock-open",
                priority=60,
            )
        )
        return buttons


class AddAccount(ThroughAction, AddView):
    """A new account; the answer shows its one-time password."""

    permission_policy = account_policy
    log_action = "wagtail.create"

    def perform(self, data: dict[str, Any]) -> models.Model:
        roles = [Role(name) for name in data.pop("roles")]
        account, self.password = actions.create_user(**data, roles=roles)
        return account

    def save_action(self) -> HttpResponse:
        return _once(self.request, self.object, self.password)


class EditAccount(ThroughAction, generic.EditView):
    permission_policy = account_policy

    def perform(self, data: dict[str, Any]) -> models.Model:
        account = User.objects.get(pk=self.form.instance.pk)
        return actions.update_user(
            user=account,
            name=data["name"],
            phone=data["phone"],
            roles=data["roles"],
            by=person_of(self.request),
        )


class AccountAct(View):
    """A question with one button: GET asks, POST does."""

    heading = gettext_lazy("账号")
    template_name = "units/account_act.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.user, Role.SYSTEM_ADMIN):
            raise PermissionDenied
        self.account = get_object_or_404(User, pk=kwargs["pk"])
        if self.account.is_superuser and not request.user.is_superuser:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def question(self) -> tuple[str, str]:
        """Return the question and the button's text."""
        raise NotImplementedError

    def act(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def ask(self, request: HttpRequest, refusal: str = "") -> HttpResponse:
        question, yes = self.question()
        context = {
            "question": question,
            "yes": yes,
            "refusal": refusal,
            "index_url": reverse("accounts:index"),
            "page_title": self.heading,
            "header_title": self.heading,
            "header_icon": "user",
        }
        return TemplateResponse(
            request, self.template_name, context, status=409 if refusal else 200
        )

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.ask(request)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            return self.act(request)
        except ValidationError as refused:
            return self.ask(request, " ".join(refused.messages))


class ResetPassword(AccountAct):
    heading = gettext_lazy("重置密码")

    def question(self) -> tuple[str, str]:
        return (
            _("重置%(name)s（%(user)s）的密码？原密码立即失效，被锁定的账号同时解锁。")
            % {"name": self.account.name, "user": self.account.username},
            _("重置密码"),
        )

    def act(self, request: HttpRequest) -> HttpResponse:
        password = actions.reset_password(user=self.account, by=person_of(request))
        log(instance=self.account, action="units.reset_password", user=request.user)
        return _once(request, self.account, password)


class SwitchAccount(AccountAct):
    """停用 or 恢复使用; the form names which, so that a second press changes nothing."""

    heading = gettext_lazy("停用或恢复账号")

    def question(self) -> tuple[str, str]:
        names = {"name": self.account.name, "user": self.account.username}
        if self.account.is_active:
            return (
                _("停用%(name)s（%(user)s）的账号？停用后立即不能登录，其办过的事项保留。") % names,
                _("停用"),
            )
        return _("恢复%(name)s（%(user)s）的账号？") % names, _("恢复使用")

    def act(self, request: HttpRequest) -> HttpResponse:
        active = not self.account.is_active
        actions.set_active(user=self.account, active=active, by=person_of(request))
        log(
            instance=self.account,
            action="units.open_account" if active else "units.stop_account",
            user=request.user,
        )
        done = _("账号已恢复使用。") if active else _("账号已停用。")
        messages.success(request, done)
        return redirect("accounts:index")
