"""Coming in for the first time, and starting afresh: what an invitation does to an account."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.dispatch import Signal
from django.http import HttpRequest

from partnership.accounts.models import User
from partnership.accounts.sessions import OFFICE_CODE, end_sessions

account_closed = Signal()
"""Sent with `user`, for what a feature gave this account and must end with it."""


def open_account(user: User, *, email: str, password: str) -> None:
    """Give somebody their first password. The invitation reached the address, which so is proved to be theirs."""
    user.email = email
    user.set_password(password)
    user.save()
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )


def sign_in_first_time(request: HttpRequest, user: User) -> None:
    """Sign in with the password just set. No second factor stands behind this session yet."""
    get_adapter().login(request, user)
    record_authentication(request, user, method="password", email=user.email)


def sign_in_by_office_code(request: HttpRequest, user: User) -> None:
    """One step, given by somebody else: the session is short, and changes nothing about how its person signs in."""
    record_authentication(request, user, method=OFFICE_CODE)
    get_adapter().login(request, user)


def close_account(user: User) -> None:
    """Take password, second step, the tie to a school's own account and open sessions away; the person and their posts
    stay."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user.pk)
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    account_closed.send(sender=User, user=user)
