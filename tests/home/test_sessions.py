"""Sessions that have run out go, others stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from partnership.home.sessions import sweep_sessions
from tests.factories.schools import UserFactory


@pytest.mark.django_db
def test_only_what_has_expired_is_deleted() -> None:
    now = timezone.now()
    Session.objects.create(session_key="old", session_data="x", expire_date=now - timedelta(minutes=1))
    Session.objects.create(session_key="new", session_data="x", expire_date=now + timedelta(minutes=1))
    person = UserFactory()
    for key in ("old", "new"):
        UserSession.objects.create(user=person, session_key=key, ip="127.0.0.1")
    assert sweep_sessions(at=now) == 1
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["new"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
