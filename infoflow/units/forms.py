"""Forms of the door (login, password) and of the administrator's pages of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput

from .models import Appointment, Officer, Signatory, Unit, User
from .roles import UNIT_ROLES, Role

OFFICE_ROLE_CHOICES = [(r.value, r.label) for r in Role if r not in UNIT_ROLES]


class LoginForm(AuthenticationForm):
    """Login. An unknown name, a wrong password and a stopped account look the same."""

    error_messages = {
        "invalid_login": gettext_lazy(
            "账号或密码不正确，或账号已停用。请检查大小写后再试；连续输错5次账号将锁定30分钟。"
            "忘记密码请联系信息科系统管理员重置。"
        ),
        "inactive": gettext_lazy("账号已停用，请联系信息科系统管理员。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].error_messages["required"] = _("请填写账号。")
        self.fields["password"].error_messages["required"] = _("请填写密码。")


class OwnPasswordForm(SetPasswordForm):
    """A new password of one's own; the old one is asked unless it was just used to enter."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields["new_password1"].label = _("新密码")
        self.fields["new_password2"].label = _("再输一遍新密码")
        if not user.must_change_password:
            old = forms.CharField(
                label=_("现在的密码"),
                strip=False,
                widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
            )
            self.fields = {"old_password": old, **self.fields}
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写。")
        self.error_messages = {
            **self.error_messages,
            "password_mismatch": _("两遍输入的新密码不一致，请重新输入。"),
        }

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not self.user.check_password(old):
            raise ValidationError(_("现在的密码不正确，请重新输入。"))
        return old

    def clean_new_password1(self) -> str:
        new: str = self.cleaned_data["new_password1"]
        if self.user.check_password(new):
            raise ValidationError(_("新密码不能与现在的密码相同。"))
        return new


if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
    UnitModelForm = forms.ModelForm[Unit]
    PostModelForm = forms.ModelForm[Appointment]
else:
    UserModelForm = UnitModelForm = PostModelForm = forms.ModelForm


class AccountForm(UserModelForm):
    """An account with its office roles; unit roles come with an appointment."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("办公角色"),
        required=False,
        choices=OFFICE_ROLE_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "信息员、审签人不在这里勾选，请到“信息员任职”“审签人任职”登记。"
            "系统管理员、安全管理员、审计员不能兼任其他角色。"
        ),
    )

    class Meta:
        model = User
        fields = ["username", "name", "phone"]
        labels = {"username": gettext_lazy("账号（工号）")}
        help_texts = {"username": gettext_lazy("登录用，建立后不能修改；字母、数字和 @.+-_")}
        error_messages = {
            "username": {
                "unique": gettext_lazy("这个账号已经有人使用，请换一个。"),
                "invalid": gettext_lazy("账号只能用字母、数字和 @.+-_。"),
                "required": gettext_lazy("请填写账号。"),
            },
            "name": {"required": gettext_lazy("请填写姓名。")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["username"].disabled = True
            held = self.instance.groups.values_list("name", flat=True)
            self.initial["roles"] = [name for name in held if name in Role.values]


class UnitForm(UnitModelForm):
    """A unit; its code names its group and cannot be changed."""

    class Meta:
        model = Unit
        fields = ["code", "name", "kind", "parent", "order", "active_from", "active_until"]
        widgets = {"active_from": AdminDateInput, "active_until": AdminDateInput}
        error_messages = {
            "code": {
                "unique": gettext_lazy("这个单位代码已经使用，请换一个。"),
                "required": gettext_lazy("请填写单位代码。"),
            },
            "name": {"required": gettext_lazy("请填写单位名称。")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True


class AppointmentForm(PostModelForm):
    """Who holds which post in which unit from when on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in ("unit", "user", "since"):
                self.fields[name].disabled = True
            return
        people: Any = self.fields["user"]
        people.queryset = User.objects.filter(is_active=True).order_by("name", "username")
        people.label_from_instance = lambda user: f"{user.name}（{user.username}）"
        self.initial.setdefault("since", timezone.localdate())


class OfficerForm(AppointmentForm):
    class Meta:
        model = Officer
        fields = ["unit", "user", "post", "rank", "since", "until"]
        widgets = {"since": AdminDateInput, "until": AdminDateInput}


class SignatoryForm(AppointmentForm):
    class Meta:
        model = Signatory
        fields = ["unit", "user", "since", "until"]
        widgets = {"since": AdminDateInput, "until": AdminDateInput}
