"""Allauth's forms in our words: labels are nouns, hints say what is meant, nothing hangs on a placeholder."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context as current
from allauth.core import ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.contrib.auth import password_validation
from django.http import HttpRequest

from partnership.accounts.keys import good_enough, key_of
from partnership.accounts.models import User
from partnership.ui.fields import CodeInput

EMAIL = "E-mail address"
NEW_PASSWORD = "New password"  # noqa: S105 - a label
AGAIN = "The same password again"
CODE = "Code"
TOO_WEAK = "The key of that passkey is too weak. Make one on another device."
CODE_HINT = "Six figures from the app on your phone. A recovery code works too."


def password_hint() -> str:
    """What the validators ask for, as one hint."""
    return "At least 10 characters. Three or four unrelated words are good; your name or e-mail is not."


class Worded:
    """Sets labels and hints of fields made elsewhere, and leaves placeholders out."""

    labels: dict[str, str] = {}
    hints: dict[str, str] = {}
    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


def account_of(email: str) -> User | None:
    """Whoever signs in by this address, asked by one statement whether there is somebody or not. Allauth's own search asks
    once more for an address that is nobody's. Somebody merely invited has no account yet."""
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    return user if user is not None and user.has_usable_password() else None


class LoginForm(Worded, account.LoginForm):
    labels = {"login": EMAIL, "password": "Password"}


class ResetPasswordForm(Worded, account.ResetPasswordForm):
    labels = {"email": EMAIL}
    hints = {"email": "We send a link to it, if it belongs to an account here."}
    users: list[Any]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self.users = [user] if (user := account_of(email)) else []
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """The same work for an address that is nobody's, or of somebody merely invited."""
        if not self.users:
            get_adapter().tear_up_reset_mail(self.cleaned_data["email"])
        return str(super().save(request, **kwargs))


class RequestLoginCodeForm(Worded, account.RequestLoginCodeForm):
    """A code goes only to those who have an account: the others come in by their invitation."""

    labels = {"email": EMAIL}
    hints = {"email": "We send a code to it, if it belongs to an account here."}
    _user: Any

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        self._user = account_of(email)
        if not ratelimit.consume(current.request, action="request_login_code", key=email.lower()):
            raise get_adapter().validation_error("too_many_login_attempts")
        return email


class ConfirmLoginCodeForm(Worded, account.ConfirmLoginCodeForm):
    labels = {"code": CODE}
    hints = {"code": "Eight letters, such as BCDF-GHJK, from the mail. It works once, for ten minutes."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        letters = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        self.fields["code"].widget = forms.TextInput(attrs=letters)


class ResetPasswordKeyForm(Worded, account.ResetPasswordKeyForm):
    labels = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": password_hint()}


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    labels = {"oldpassword": "Password you have now", "password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": password_hint()}


class SetPasswordForm(Worded, account.SetPasswordForm):
    labels = {"password1": NEW_PASSWORD, "password2": AGAIN}
    hints = {"password1": password_hint()}


class ReauthenticateForm(Worded, account.ReauthenticateForm):
    labels = {"password": "Password"}


class CodeForm(Worded):
    """One box for a code."""

    labels = {"code": CODE}
    hints = {"code": CODE_HINT}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget = CodeInput()  # type: ignore[attr-defined]


class AuthenticateForm(CodeForm, mfa.AuthenticateForm):
    pass


class ReauthenticateByCodeForm(CodeForm, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(CodeForm, totp.ActivateTOTPForm):
    hints = {"code": "Six figures from the app, to see that it works."}


class AddPasskeyForm(Worded, webauthn.AddWebAuthnForm):
    """A name to know it again by; each one can sign in alone, so nothing is asked about that."""

    labels = {"name": "Name"}
    hints = {"name": "So that you know it again, such as “school laptop”."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["passwordless"]

    def clean(self) -> dict[str, Any]:
        with refusing_nonsense():
            cleaned: dict[str, Any] = super().clean()
            if "credential" in cleaned and not good_enough(key_of(cleaned["credential"])):
                raise forms.ValidationError(TOO_WEAK)
        return cleaned


class PasskeyAnswer:
    """What a device answered, or what somebody sends in its place."""

    def clean_credential(self) -> Authenticator:
        with refusing_nonsense():
            passkey: Authenticator = super().clean_credential()  # type: ignore[misc]
            if not good_enough(key_of(passkey.data["credential"])):
                raise forms.ValidationError(TOO_WEAK)
            return passkey


class SignInByPasskeyForm(PasskeyAnswer, webauthn.LoginWebAuthnForm):
    pass


class SecondStepByPasskeyForm(PasskeyAnswer, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateByPasskeyForm(PasskeyAnswer, webauthn.ReauthenticateWebAuthnForm):
    pass


@contextmanager
def refusing_nonsense() -> Iterator[None]:
    """The library reads a made-up answer trustingly and trips over it: that is a wrong answer, not a fault."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError, struct.error) as fault:
        raise forms.ValidationError("That passkey was not accepted.") from fault


class RenamePasskeyForm(Worded, webauthn.EditWebAuthnForm):
    labels = {"name": "Name"}


class PasswordForm(Worded, forms.Form):
    """Two boxes for a first password; the rules are those of the settings."""

    labels: dict[str, str] = {}
    hints = {"password1": password_hint()}

    password1 = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label=AGAIN, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password1"].error_messages["required"] = "Enter a password."
        self.fields["password2"].error_messages["required"] = "Enter the same password again."

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        password_validation.validate_password(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "The two passwords differ. Enter the same one twice.")
        return cleaned
