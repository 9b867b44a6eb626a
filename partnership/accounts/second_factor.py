"""The second step of signing in: when a session counts as having one, and who may not go without."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from partnership.accounts.afterwards import page_to_return_to

METHOD = "mfa"


def session_has_second_factor(request: HttpRequest) -> bool:
    """By allauth's own record of how this person, in this session, was authenticated."""
    if not request.user.is_authenticated:
        return False
    return any(each.get("method") == METHOD for each in get_authentication_records(request, request.user))


def record_second_factor(
    request: HttpRequest, authenticator: Authenticator | None = None, **facts: Any
) -> None:
    """Write the same record that allauth writes after a right code. The one place where we write it ourselves."""
    if authenticator is not None:
        facts = {"id": authenticator.pk, "type": authenticator.type, **facts}
    record_authentication(request, request.user, METHOD, **facts)


def enrolled_with(request: HttpRequest, code: str) -> None:
    """Setting up the app proves its code: the session counts from here, and that code is used up (no replay)."""
    authenticator = Authenticator.objects.get(user=request.user, type=Authenticator.Type.TOTP)
    authenticator.wrap().validate_code(code)
    authenticator.record_usage()
    record_second_factor(request, authenticator, reauthenticated=True)


def must_keep_second_factor(request: HttpRequest) -> bool:
    """Whoever holds a post that reaches pupil data, or keeps the installation, may replace it but not do without."""
    viewer = getattr(request, "viewer", None)
    return bool(viewer and (viewer.reaches_pupil_data or viewer.is_superuser))


def proved_within(request: HttpRequest, time_span: timedelta) -> bool:
    """Whether this person showed, so lately, the strongest step they have. The demo's people have nothing to show."""
    records = get_authentication_records(request, request.user)
    if is_mfa_enabled(request.user):
        records = [record for record in records if record.get("method") == METHOD]
    since = time.time() - time_span.total_seconds()
    return any(record["at"] > since or record.get("type") == "demo" for record in records)


def ask_once_more(request: HttpRequest) -> HttpResponseRedirect | None:
    """Ask who it is before what an unlocked screen must not do. A form is filled in again afterwards: nothing that
    was sent is kept meanwhile, and nothing is done without the door's own questions."""
    if proved_within(request, settings.REAUTHENTICATE_AFTER):
        return None
    pages = get_adapter().get_reauthentication_methods(request.user)
    if not pages:
        raise PermissionDenied
    return HttpResponseRedirect(f"{pages[0]['url']}?{urlencode({'next': page_to_return_to(request)})}")


def ways_to_show(user: Any) -> list[str]:
    """The pages on which somebody signed in can show their second step, the likeliest first; none if they have none."""
    if not is_mfa_enabled(user):
        return []
    return [str(each["url"]) for each in get_adapter().get_reauthentication_methods(user)]


def page_to_show_or_set_up(user: Any) -> str:
    return next(iter(ways_to_show(user)), "") or reverse("mfa_activate_totp")


@receiver(authenticator_removed)
def forget_second_factor(request: HttpRequest | None, authenticator: Authenticator, **unused: Any) -> None:
    """Once the last of them is gone, a session that leaned on it has no second factor any more."""
    if request is None or is_mfa_enabled(authenticator.user):
        return
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [r for r in records if r.get("method") != METHOD]
