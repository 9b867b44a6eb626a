"""Signing in as a persona of the demo, with a second factor taken as shown. It refuses to work anywhere else."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from partnership.accounts.models import User
from partnership.accounts.second_factor import record_second_factor


def sign_in_as(request: HttpRequest, user: User) -> None:
    """Begin a fresh session of this person. Raises PermissionDenied unless the demo's settings are in force."""
    if settings.DEMO is not True or not user.is_active:
        raise PermissionDenied
    request.session.flush()
    get_adapter(request).login(request, user)
    record_second_factor(request, type="demo")
