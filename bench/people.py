"""Who opens pages in the bench, and which children they open, chosen by what stands in the county."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import login
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone

from bench import server
from partnership.accounts.models import User
from partnership.lib.dates import academic_year_of
from schools.models import Organisation
from transitions.models import Transition

BACKEND = "django.contrib.auth.backends.ModelBackend"
WIDE = "wide@wendleshire.example"


def this_year() -> int:
    return academic_year_of(timezone.localdate())


def cookie(user: User, *, backend: str = "allauth.account.auth_backends.AuthenticationBackend") -> str:
    """A session of this person with a second factor behind it."""
    request = HttpRequest()
    request.session = SessionStore()
    request.META["SERVER_NAME"] = "127.0.0.1"
    login(request, user, backend=backend)
    request.session["account_authentication_methods"] = [{"method": "mfa", "at": 1.0, "type": "totp"}]
    request.session["account_authentication_methods_user"] = str(user.pk)
    request.session.save()
    return f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}"


def at(school: Organisation, role: str) -> User:
    """The school's own holder of a post, never the person with a post everywhere."""
    found = User.objects.filter(posts__organisation=school, posts__role=role).exclude(email=WIDE).first()
    assert found is not None, f"{school} has no {role}."
    return found


def wide() -> User:
    return User.objects.get(email=WIDE)


def school(stage: str, number: int = 0) -> Organisation:
    return Organisation.objects.filter(stage=stage).order_by("urn")[number]


@dataclass(frozen=True, slots=True)
class Seen:
    """One school's people with a session, and a child of each side."""

    school: Organisation
    cookies: dict[str, str]
    leaving: Transition
    joining: Transition | None


def seen_at(database: str, stage: str, number: int = 0) -> Seen:
    """In one of the counties; the process looks at that one afterwards."""
    server.use(database)
    place = school(stage, number)
    roles = ("head", "senco", "dsl", "transition_lead", "school_office", "class_teacher")
    coming = Transition.objects.filter(seen_by=place.pk, handover__state="met", entry_year=this_year())
    going = Transition.objects.filter(school=place, entry_year=this_year() + 1, handover__isnull=False)
    leaving = going.order_by("pk").first()
    assert leaving is not None
    return Seen(
        place, {role: cookie(at(place, role)) for role in roles}, leaving, coming.order_by("pk").first()
    )


def close() -> None:
    connection.close()
