"""Rules of passwords beyond Django's own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


class LengthValidator:
    """A password needs ten characters. Django's own says so in English only."""

    min_length = 10

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a short password.

        Raises:
            ValidationError: fewer characters than `min_length`.
        """
        if len(password) < self.min_length:
            raise ValidationError(self.get_help_text(), code="password_too_short")

    def get_help_text(self) -> str:
        return _("密码至少要有%(min)d个字符。") % {"min": self.min_length}


class LettersAndDigitsValidator:
    """A password needs letters and digits. Source: 等级保护 on the complexity of passwords."""

    def validate(self, password: str, user: Any = None) -> None:
        """Refuse a password that lacks either.

        Raises:
            ValidationError: no letter, or no digit.
        """
        if not any(c.isalpha() for c in password) or not any(c.isdigit() for c in password):
            raise ValidationError(_("密码须同时有字母和数字。"), code="password_too_plain")

    def get_help_text(self) -> str:
        return _("密码须同时有字母和数字。")
