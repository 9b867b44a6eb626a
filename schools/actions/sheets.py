"""Printing a sheet of codes for a colleague who carries no phone (practice P10)."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from partnership.access.viewer import Viewer
from partnership.accounts.sheets import has_own_step, new_sheet
from partnership.audit.models import record
from schools import rules
from schools.actions.inviting import NotPossible, ensure_may_invite
from schools.models import Post
from schools.queries.people import reach_covers


@transaction.atomic
def print_sheet(*, post: Post, by: Viewer, at: datetime) -> list[str]:
    """The codes, known only now. With the person's password they are its second step; without it they are nothing.

    Refused, as a slip is, to whoever could not give all of the person's posts: else one school could open another's."""
    ensure_may_print_sheet(by, post)
    user = post.user
    if not user.has_usable_password():
        raise NotPossible(f"{user.name} has no account yet. Invite them first.")
    if has_own_step(user):
        raise NotPossible(
            f"{user.name} has an app or a passkey, and prints their own codes. If it is lost, they start afresh."
        )
    if not reach_covers(by, user, on=timezone.localtime(at).date()):
        raise NotPossible(
            "They work elsewhere too, or hold a post you do not give: their coordinator can help."
        )
    codes = new_sheet(user)
    record(
        "account.codes_printed",
        by=by.user_id,
        subject=user,
        organisation=post.organisation_id,
        at=at,
        facts={"post": str(post.pk), "codes": len(codes)},
    )
    return codes


def ensure_may_print_sheet(by: Viewer, post: Post) -> None:
    """Raises PermissionDenied: the school's own who may appoint to this post, and nobody for themselves."""
    ensure_may_invite(by, post)
    if post.user_id == by.user_id:
        raise PermissionDenied
    if not rules.may_print_sheet(by, organisation_id=post.organisation_id):
        raise PermissionDenied
