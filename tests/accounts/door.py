"""Walking through the real sign-in pages."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client
from django.urls import reverse

from partnership.accounts.models import User

PASSWORD = "calm-river-41"


@dataclass
class Totp:
    """The app on somebody's phone."""

    secret: str
    user: User | None = None

    @classmethod
    def shown_by(cls, client: Client) -> Totp:
        """Scan what the set-up page shows."""
        page = client.get(reverse("mfa_activate_totp"))
        assert page.status_code == 200, page
        return cls(page.context["form"].secret)

    def code(self) -> str:
        """What the app shows now; near the end of its half-minute one waits for the next, as people do."""
        if (left := 30 - time.time() % 30) < 4:
            time.sleep(left + 0.1)
        return format_hotp_value(hotp_value(self.secret, int(time.time()) // 30))

    def recovery_codes(self) -> list[str]:
        row = Authenticator.objects.get(user=self.user, type=Authenticator.Type.RECOVERY_CODES)
        codes: list[str] = row.wrap().get_unused_codes()
        return codes


def enrol(user: User) -> Totp:
    """Somebody who set up their second step some other day."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return Totp(secret, user)


def sign_in_with_password(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def with_code(client: Client, code: str) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": code})
