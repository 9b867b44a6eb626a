"""Signed-in sessions: how long one lasts, and how a person's sessions end (walls §1).

A session carries a hash of its owner's password and of the count of times their sessions were ended; Django compares it
with every request. So all of them end by one number, whether or not anybody kept a list of them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.signals import password_changed, password_reset, password_set
from allauth.core import context as current
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.db.models import F
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from partnership.accounts.models import User

OFFICE_CODE = "office_code"
"""How allauth's record of a session calls the code that the school's office gave."""
BEGAN, SEEN = "session_began", "session_seen"
SEEN_EVERY = 60
"""Seconds between two writes of the last use, so that not every page writes the session."""


@receiver(user_logged_in)
def begin(request: HttpRequest, **unused: Any) -> None:
    """Whoever signs in, by whatever road: both clocks start, and the session stands in its owner's list."""
    now = time.time()
    request.session[BEGAN] = request.session[SEEN] = now
    if "REMOTE_ADDR" in request.META:
        UserSession.objects.create_from_request(request)


def end_sessions(user_id: uuid.UUID) -> None:
    """End every session of this person, but the one that asks for it when it is their own."""
    User.objects.filter(pk=user_id).update(sessions_ended=F("sessions_ended") + 1)
    request = current.request
    user = getattr(request, "user", None)
    if request is not None and user is not None and user.pk == user_id:
        user.refresh_from_db(fields=["sessions_ended"])
        update_session_auth_hash(request, user)
        UserSession.objects.create_from_request(request)  # the session goes on under a new key


def end_own_session(user: User, pk: int) -> bool:
    """End one of one's own sessions; False where there is none by this number."""
    found = UserSession.objects.filter(user=user, pk=pk).first()
    if found is None:
        return False
    found.end()
    return True


def end_the_others(request: HttpRequest) -> None:
    """After one's own way in has changed: whoever is signed in by the old one is so no longer."""
    end_sessions(request.user.pk)  # type: ignore[arg-type]


@receiver([password_changed, password_set, password_reset])
def password_is_new(user: User, **unused: Any) -> None:
    """A new password ends what was begun with the old one, and what was begun without any."""
    end_sessions(user.pk)


def is_shared(session: Any) -> bool:
    """Whether it was begun by a code of the office, on a device that others use after."""
    return any(each["method"] == OFFICE_CODE for each in session.get(AUTHENTICATION_METHODS_SESSION_KEY, []))


def idle_limit(session: Any) -> float:
    """The seconds without use after which it is over."""
    limit = settings.SESSION_IDLE_SHARED if is_shared(session) else settings.SESSION_IDLE
    return float(limit.total_seconds())


def over(session: Any, *, now: float) -> str:
    """Why a session is over: not used for too long, or begun too long ago; '' while it lasts."""
    if now - session.get(SEEN, now) > idle_limit(session):
        return "You were signed out, since nothing was pressed for a while."
    if now - session.get(BEGAN, now) > settings.SESSION_ABSOLUTE.total_seconds():
        return "You were signed out at the end of a long day."
    return ""


DOOR = "accounts/"
"""Where `partnership/urls.py` puts the door's pages."""
OPEN_TO_SHARED = frozenset({"account_login", "account_logout"})
"""What a shared session may open of the door's pages: the others change, or show, how its person signs in."""


class SessionLimits:
    """Ends a session that is over before anything else looks at it. Any request counts as use.

    On a shared device the page itself goes once the session is over, and ways in stay as they are: else whoever gave
    the code could give themselves a lasting one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        shared = request.user.is_authenticated and is_shared(request.session)
        if request.user.is_authenticated:
            self.keep(request, now=time.time())
        request.on_shared_device = shared and request.user.is_authenticated  # type: ignore[attr-defined]
        response = self.get_response(request)
        if shared and not request.user.is_authenticated:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'  # signed out: Back shows nothing
        elif shared and response.status_code == HTTPStatus.OK:
            response.headers["Refresh"] = str(int(idle_limit(request.session)) + 1)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        if not request.on_shared_device or match is None or match.url_name in OPEN_TO_SHARED:  # type: ignore[attr-defined]
            return None
        if not match.route.startswith(DOOR):
            return None
        messages.info(
            request, "Signed in by a code from the school office, you cannot change how you sign in."
        )
        return redirect(settings.ACCOUNT_HOME_URL)

    def keep(self, request: HttpRequest, *, now: float) -> None:
        session = request.session
        if reason := over(session, now=now):
            logout(request)
            messages.info(request, f"{reason} Sign in to go on.")
            return
        session.setdefault(BEGAN, now)  # begun before there were limits: they count from here
        if now - session.get(SEEN, 0) > SEEN_EVERY:
            session[SEEN] = now
