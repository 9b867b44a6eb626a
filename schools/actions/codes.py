"""Letting a colleague in by a code: the office gives it, whoever holds it signs in as that colleague, once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from partnership.access import rls
from partnership.access.guards import user_id_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.accounts.models import SignInCode, User
from partnership.accounts.office_codes import hashed, new_code
from partnership.audit.models import record
from schools.actions.inviting import NotPossible
from schools.actions.telling import tell_of_code
from schools.models import Post
from schools.queries.codes import why_no_code


@transaction.atomic
def give_code(*, post: Post, by: Viewer, at: datetime) -> str:
    """The code, known only now; the one before it stops working. Its person is told."""
    if not by.may(Permission.GIVE_CODES, post.organisation_id):
        raise PermissionDenied
    user = User.objects.select_for_update().get(pk=post.user_id)  # two at once: the later one holds
    if reason := why_no_code(user, post.organisation_id, on=timezone.localdate(at)):
        raise NotPossible(reason)
    code = new_code()
    SignInCode.objects.filter(user=user, organisation_id=post.organisation_id).delete()
    given = SignInCode.objects.create(
        user=user,
        organisation_id=post.organisation_id,
        code_hash=hashed(code),
        given_by_id=user_id_of(by),
        expires_at=at + settings.OFFICE_CODE_LASTS,
        sessions_ended=user.sessions_ended,
    )
    record("account.code_given", by=by.user_id, subject=user, organisation=post.organisation_id, at=at)
    tell_of_code(given, at=at)
    return code


@transaction.atomic
def use_code(code: str, *, at: datetime) -> User | None:
    """Use a code up: whose it is; None where it fits nothing, is over, or its person may be given none any more."""
    kept = hashed(code)
    with rls.widened(code=kept):
        rows = SignInCode.objects.filter(code_hash=kept, expires_at__gt=at)
        found = rows.select_related("user").first()
        if found is None or found.sessions_ended != found.user.sessions_ended:
            return None
        if why_no_code(found.user, found.organisation_id, on=timezone.localdate(at)):
            return None
        if not rows.delete()[0]:  # somebody was quicker
            return None
    record(
        "account.code_used",
        by=found.user_id,
        subject=found.user,
        organisation=found.organisation_id,
        at=at,
        facts={"given_by": str(found.given_by_id)},
    )
    return found.user


def sweep_codes(*, at: datetime) -> int:
    """Forget those whose time is over."""
    with rls.as_worker():
        return SignInCode.objects.filter(expires_at__lt=at).delete()[0]
