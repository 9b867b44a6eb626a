"""Appointing people, ending posts, covering for them. Every function asks the viewer's right first and writes the audit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from partnership.accounts.sessions import end_sessions
from partnership.audit.models import record
from partnership.lib.names import fold
from schools import rules
from schools.actions import posting
from schools.actions.inviting import NotPossible, invite, refuse_mailbox
from schools.actions.telling import tell_of_appointment
from schools.models import Invitation, Organisation, Post


@transaction.atomic
def appoint(
    *,
    user: User,
    role: str,
    organisation: Organisation,
    starts_on: date,
    by: Viewer,
    at: datetime,
    ends_on: date | None = None,
    service: str = "",
) -> Post:
    """Give a person a post. The sitting heads and the school's mailbox learn of it."""
    allowed = rules.may_appoint(by, role, organisation_id=organisation.pk, kind=organisation.kind)
    if not allowed:
        raise PermissionDenied
    if user.pk == by.user_id and not rules.may_appoint_oneself(by, organisation_id=organisation.pk):
        raise NotPossible("You cannot appoint yourself here: a head or another coordinator does it.", "name")
    if ends_on and ends_on < starts_on:
        raise NotPossible("The last day lies before the first.", "ends_on")
    post, new = posting.put_in_post(
        user=user,
        role=role,
        organisation=organisation,
        starts_on=starts_on,
        ends_on=ends_on,
        service=service,
        by=by.user_id,
        at=at,
    )
    if not new:
        raise NotPossible(f"{user.name} already holds this post.", "role")
    tell_of_appointment(post, by=by.user_id, at=at)
    return post


@transaction.atomic
def appoint_by_hand(
    *,
    person: User | None,
    name: str,
    email: str,
    send_invitation: bool,
    role: str,
    organisation: Organisation,
    starts_on: date,
    by: Viewer,
    at: datetime,
    ends_on: date | None = None,
    service: str = "",
) -> tuple[Post, Invitation | None]:
    """Find or make the person, give the post, and send the invitation where asked and possible: all or nothing."""
    user = person or person_for(name=name, email=email, by=by, at=at)
    post = appoint(
        user=user,
        role=role,
        organisation=organisation,
        starts_on=starts_on,
        ends_on=ends_on,
        service=service,
        by=by,
        at=at,
    )
    if not (send_invitation and user.email and not user.has_usable_password()):
        return post, None
    return post, invite(post=post, email=user.email, by=by, at=at)


@transaction.atomic
def person_for(*, name: str, email: str, by: Viewer, at: datetime) -> User:
    """The person with this address, else a new one. An address under another name is refused: it may be mistyped."""
    email = email.strip().lower()
    found = User.objects.filter(email=email).first() if email else None
    if found is None:
        refuse_mailbox(email)
        return posting.new_person(name=name, email=email, by=by.user_id, at=at)
    if not same_name(found.name, name):
        raise NotPossible(
            "This address belongs to somebody under another name. Check the spelling of both.", "email"
        )
    return found


def same_name(one: str, other: str) -> bool:
    """Whether two spellings are one person's: folded alike, or with the same first and last word."""
    first, second = fold(one).split(), fold(other).split()
    return first == second or (first[:1] + first[-1:]) == (second[:1] + second[-1:])


@transaction.atomic
def end_post(*, post: Post, last_day: date, by: Viewer, at: datetime) -> None:
    """The post ends with this day; with yesterday, access closes at the very next request. Its invitations end too.

    A post that began today or has yet to begin cannot have ended before: it is taken back as if never given."""
    ensure_may_end(by, post)
    today = timezone.localtime(at).date()
    undone = last_day < post.starts_on and post.starts_on >= today
    if last_day < post.starts_on and not undone:
        raise NotPossible("The last day lies before the post began.", "last_day")
    unchanged = Post.objects.filter(pk=post.pk, ends_on=post.ends_on)
    if not (unchanged.exists() if undone else unchanged.update(ends_on=last_day)):
        raise NotPossible("Somebody changed this post a moment ago. Look again.", "last_day")
    posting.withdraw_open(post=post, by=by.user_id, at=at)
    record(
        "post.undone" if undone else "post.ended",
        by=by.user_id,
        subject=post,
        organisation=post.organisation_id,
        at=at,
        facts={"last_day": last_day.isoformat(), "user": str(post.user_id), "role": post.role},
    )
    end_sessions(post.user_id)
    if undone:
        unchanged.delete()


@transaction.atomic
def cover(*, post: Post, user: User, starts_on: date, ends_on: date, by: Viewer, at: datetime) -> Post:
    """Somebody takes on a post's duties from–to; they see what its holder sees, a teacher's classes among it."""
    may_name = rules.may_appoint(
        by, post.role, organisation_id=post.organisation_id, kind=post.organisation.kind
    )
    if not (may_name or post.user_id == by.user_id):
        raise PermissionDenied
    if user.pk == post.user_id:
        raise NotPossible("The cover must be somebody else.", "person")
    if user.pk == by.user_id and not rules.may_appoint_oneself(by, organisation_id=post.organisation_id):
        raise NotPossible("You cannot name yourself here: a head or another coordinator does it.", "person")
    works_here = (
        Post.objects.current(on=starts_on).filter(user=user, organisation=post.organisation_id).exists()
    )
    if not works_here:
        raise NotPossible("The cover must already hold a post here. Appoint them first.", "person")
    if ends_on < starts_on:
        raise NotPossible("The last day lies before the first.", "ends_on")
    covering, new = posting.put_in_post(
        user=user,
        role=post.role,
        organisation=post.organisation,
        service=post.service,
        starts_on=starts_on,
        ends_on=ends_on,
        covers=post,
        classes=list(post.classes.all()),
        by=by.user_id,
        at=at,
    )
    if not new:
        raise NotPossible(f"{user.name} already covers this post on that day.", "person")
    tell_of_appointment(covering, by=by.user_id, at=at)
    return covering


def ensure_may_end(by: Viewer, post: Post) -> None:
    """Raises PermissionDenied."""
    organisation = post.organisation
    if not rules.may_end(
        by, post.role, user_id=post.user_id, organisation_id=organisation.pk, kind=organisation.kind
    ):
        raise PermissionDenied


def yesterday(at: datetime) -> date:
    """The last day of a post that ends at once."""
    return timezone.localtime(at).date() - timedelta(days=1)
