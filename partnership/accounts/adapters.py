"""How allauth behaves here: nobody signs themselves up, mail goes by the outbox, the second step stays."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.module_loading import import_string

from partnership.accounts.mail import post
from partnership.accounts.models import User
from partnership.accounts.second_factor import must_keep_second_factor, proved_within
from partnership.accounts.vault import vault
from partnership.accounts.watch import note

PASSWORD, CODE, PASSKEY = "reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate:webauthn"
WAYS = {PASSWORD: "Use your password", CODE: "Use a code", PASSKEY: "Use a passkey"}
SHARED_MAILBOX = (
    "This address is a shared mailbox, so nobody signs in with it. Ask your head to move you to your own."
)
NO_CODES_YET = "Recovery codes come with an authenticator app or a passkey. Set one of these up first."
TRY_LATER = "That was too many tries. Wait five minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):
    """Entry by invitation only; answers are the same whether or not an address is known."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is closed. Ask your head or coordinator.",
        "email_password_mismatch": "The e-mail address and password do not go together.",
        "enter_current_password": "Enter the password you have now.",
        "incorrect_code": "That code is not right. Look at it again.",
        "incorrect_password": "That password is not right.",
        "invalid_password_reset": "This link has been used or is too old. Ask for a new one.",
        "too_many_login_attempts": TRY_LATER,
        "rate_limited": TRY_LATER,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], *, keep: bool = True
    ) -> None:
        """As allauth, but through the outbox; what is not kept is written and torn up, for equal work."""
        request = current.request
        facts = {"request": request, "email": email, "platform_name": settings.PLATFORM_NAME, **context}
        post(self.render_mail(template_prefix, email, facts), at=timezone.now(), keep=keep)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """By whatever road: an address that several people read signs nobody in (practice P11)."""
        if import_string(settings.ROLE_MAILBOXES)(user.email):
            messages.error(request, SHARED_MAILBOX)
            return HttpResponseRedirect(reverse("account_login"))
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def tear_up_reset_mail(self, email: str) -> None:
        """The work of a reset link, for an address that gets none: who is invited comes in by their invitation."""
        link = self.get_reset_password_from_key_url(f"{get_random_string(20)}-{get_random_string(39)}")
        self.send_mail("account/email/password_reset_key", email, {"password_reset_url": link}, keep=False)

    def tear_up_login_code(self, email: str) -> None:
        """The work of a code, for an address that gets none."""
        code = self.generate_login_code()
        self.send_mail("account/email/login_code", email, {"code": code}, keep=False)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """As allauth, which counts tries for each address and each network address; the log hears of the end of them."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            note("sign_in.too_many", request, level=logging.WARNING)
            raise

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Whoever has a second step proves it again; their password alone must not open the recovery codes. A passkey
        comes first where there is no app."""
        methods = [
            {**method, "description": WAYS.get(method["id"], method["description"])}
            for method in super().get_reauthentication_methods(user)
        ]
        stronger = [method for method in methods if method["id"] != PASSWORD]
        if not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            stronger.sort(key=lambda method: method["id"] != PASSKEY)
        return stronger or methods

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within five minutes of signing in, which proved as much a moment ago."""
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        just_now = timedelta(seconds=app_settings.REAUTHENTICATION_TIMEOUT)
        return required and not proved_within(current.request, just_now)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return str(settings.ACCOUNT_HOME_URL)


class MFAAdapter(DefaultMFAAdapter):
    """Second steps in our words."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code is not right. Enter the six figures your app shows now, or an unused recovery code.",
        "cannot_generate_recovery_codes": NO_CODES_YET,
        "cannot_delete_authenticator": (
            "Your post reaches pages about children, so the second step stays. You can add another, then take this one off."
        ),
    }

    def encrypt(self, text: str) -> str:
        return vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return vault().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last but a sheet of codes stays with whoever needs one."""
        others = Authenticator.objects.filter(user=authenticator.user_id).exclude(pk=authenticator.pk)
        has_another = others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        return has_another or not must_keep_second_factor(current.request)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return "My passkey" if not count else f"Passkey {count + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.PLATFORM_NAME}
