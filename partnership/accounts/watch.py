"""The security log: a line for each sign-in, each change of a way in, and each request that was turned away.

Ids and codes alone: never a name, an address of mail, or anything that was typed. JSON, so that no value can begin a
line of its own."""

from __future__ import annotations

import json
import logging
from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth
from django.dispatch import Signal, receiver
from django.http import HttpRequest

from partnership.accounts.models import User

log = logging.getLogger("partnership.security")

EVENTS = {
    account.password_changed: "password.changed",
    account.password_set: "password.set",
    account.password_reset: "password.reset",
    mfa.authenticator_added: "second_step.added",
    mfa.authenticator_removed: "second_step.removed",
    mfa.authenticator_reset: "second_step.renewed",
    mfa.authenticator_used: "second_step.shown",
    mfa.authentication_failed: "second_step.refused",
}


def note(event: str, request: HttpRequest | None, *, level: int = logging.INFO, **facts: object) -> None:
    """One line: what happened, from which network address, and ids that say who and what."""
    told = {name: str(value) for name, value in facts.items() if value is not None}
    log.log(level, "%s %s", event, json.dumps({"from": origin(request), **told}, sort_keys=True))


def origin(request: HttpRequest | None) -> str:
    """The person's network address as the trusted proxies tell it; '' for a command."""
    if request is None or "REMOTE_ADDR" not in request.META:
        return ""
    from allauth.account.adapter import get_adapter

    return str(get_adapter().get_client_ip(request))


@receiver(auth.user_logged_in)
def signed_in(request: HttpRequest, user: User, **unused: Any) -> None:
    steps = [record.get("method") for record in get_authentication_records(request, user)]
    note("sign_in.done", request, user=user.pk, by="+".join(map(str, steps)) or None)


@receiver(auth.user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **unused: Any) -> None:
    if user is not None:
        note("sign_out.done", request, user=user.pk)


@receiver(auth.user_login_failed)
def not_signed_in(credentials: dict[str, Any], request: HttpRequest | None = None, **unused: Any) -> None:
    """A wrong password, or an address nobody has: then there is no `user`."""
    email = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    user = User.objects.filter(email=email).values_list("pk", flat=True).first() if email else None
    note("sign_in.refused", request, level=logging.WARNING, user=user)


@receiver(list(EVENTS))
def changed_or_shown(
    signal: Signal,
    request: HttpRequest,
    user: User,
    authenticator: Authenticator | None = None,
    **unused: Any,
) -> None:
    event = EVENTS[signal]
    level = logging.WARNING if event.endswith(".refused") else logging.INFO
    note(event, request, level=level, user=user.pk, type=authenticator.type if authenticator else None)
