"""Login and password change: the only door."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from . import actions
from .forms import LoginForm, OwnPasswordForm
from .permissions import person_of


class Login(LoginView):
    """The login form."""

    template_name = "desk/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True


@sensitive_post_parameters()
@login_required
def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; the first login cannot go past this page."""
    person = person_of(request)
    form = OwnPasswordForm(person, request.POST if request.method == "POST" else None)
    first = person.must_change_password
    if request.method == "POST" and form.is_valid():
        actions.change_own_password(user=person, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, person)
        messages.success(request, _("密码已修改，下次请用新密码登录。"))
        return redirect("home")
    return render(request, "desk/password.html", {"form": form, "first": first})
