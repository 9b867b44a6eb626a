"""Posts and invitations as rows. These functions ask no leave: `people.py`, `inviting.py` do, or a command on the server."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from partnership.accounts.models import User
from partnership.accounts.sessions import end_sessions
from partnership.audit.models import record
from partnership.lib.dates import BeyondCalendar
from partnership.outbox.letters import post_letter
from schools.models import ClassGroup, Invitation, Organisation, Post
from schools.queries.calendars import calendar_for
from schools.queries.people import last_day_of

LASTS = 10  # school days (practice P11)
LASTS_WITHOUT_CALENDAR = timedelta(days=14)
CODE_TRIES = 5
CODE_LETTERS = "ABCDEFGHJKMNPQRTUVWXYZ2346789"  # none that is taken for another when read aloud or from paper
CODE_LENGTH = 10


@transaction.atomic
def put_in_post(
    *,
    user: User,
    role: str,
    organisation: Organisation,
    starts_on: date,
    by: uuid.UUID | None,
    at: datetime,
    ends_on: date | None = None,
    service: str = "",
    covers: Post | None = None,
    classes: Sequence[ClassGroup] = (),
) -> tuple[Post, bool]:
    """The post, and whether it is new: somebody who already holds it that day keeps the one they have."""
    held = Post.objects.current(on=starts_on).filter(
        user=user, role=role, organisation=organisation, covers=covers
    )
    if (found := held.first()) is not None:
        return found, False
    post = Post.objects.create(
        user=user,
        role=role,
        organisation=organisation,
        service=service,
        starts_on=starts_on,
        ends_on=ends_on,
        covers=covers,
    )
    post.classes.set(classes)
    end_sessions(user.pk)  # whoever may do more signs in anew
    record(
        "post.covered" if covers else "post.appointed",
        by=by,
        subject=post,
        organisation=organisation.pk,
        at=at,
        facts={"role": role, "user": str(user.pk)},
    )
    return post, True


def new_person(*, name: str, email: str, by: uuid.UUID | None, at: datetime) -> User:
    """A person who cannot sign in yet; an e-mail is optional."""
    user = User.objects.create_user(name=" ".join(name.split()), email=email or None)
    record("person.added", by=by, subject=user, at=at)
    return user


@transaction.atomic
def write_invitation(*, post: Post, email: str, by: uuid.UUID | None, at: datetime) -> tuple[Invitation, str]:
    """A new invitation and its token, which is known only now; any earlier one for the post ends."""
    withdraw_open(post=post, by=by, at=at)
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        post=post,
        email=email,
        token_hash=hashed(token),
        created_by_id=by,
        created_at=at,
        expires_at=expiry(post.organisation_id, at=at),
    )
    record("invitation.written", by=by, subject=invitation, organisation=post.organisation_id, at=at)
    return invitation, token


def post_invitation(invitation: Invitation, token: str, *, at: datetime) -> None:
    """Its mail, through the outbox: the school, the role, who invites, until when; no child."""
    post = invitation.post
    inviter = invitation.created_by
    facts = {
        "name": post.user.name,
        "organisation": post.organisation.name,
        "role": post.get_role_display(),
        "inviter": inviter.name if inviter else "",
        "until": last_day_of(invitation),
        "platform_name": settings.PLATFORM_NAME,
        "url": link_of(token),
    }
    post_letter(
        to=invitation.email,
        subject=f"Your invitation to {settings.PLATFORM_NAME}: {facts['role']}, {post.organisation.name}",
        text=render_to_string("mail/schools/invitation.txt", facts),
        html=render_to_string("mail/schools/invitation.html", facts),
        at=at,
    )


def withdraw_open(*, post: Post, by: uuid.UUID | None, at: datetime) -> int:
    """End every invitation of the post that could still be used; how many there were."""
    open_ones = Invitation.objects.filter(post=post, used_at=None, withdrawn_at=None)
    for invitation in open_ones:
        record("invitation.withdrawn", by=by, subject=invitation, organisation=post.organisation_id, at=at)
    return open_ones.update(withdrawn_at=at)


def make_code(invitation: Invitation, *, by: uuid.UUID | None, at: datetime) -> str:
    """A fresh code for a printed slip, with its own five tries; the one before it stops working."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    invitation.code_hash, invitation.tries = hashed_code(invitation.pk, code), 0
    invitation.save(update_fields=["code_hash", "tries"])
    organisation_id = invitation.post.organisation_id
    record("invitation.slip_printed", by=by, subject=invitation, organisation=organisation_id, at=at)
    return f"{code[:5]}-{code[5:]}"


def code_matches(invitation: Invitation, code: str) -> bool:
    """Whether the code belongs to the invitation, however it is spaced or cased."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    return bool(invitation.code_hash) and constant_time_compare(
        invitation.code_hash, hashed_code(invitation.pk, typed)
    )


def hashed(token: str) -> str:
    """How a token is stored: it has 256 bits, so one round will do."""
    return hashlib.sha256(token.encode()).hexdigest()


def hashed_code(invitation_id: uuid.UUID, code: str) -> str:
    """How a code is stored: it is short, so the server's secret goes in too, and a stolen table tells nothing."""
    return salted_hmac("schools.invitation.code", f"{invitation_id}:{code}", algorithm="sha256").hexdigest()


def expiry(organisation_id: uuid.UUID, *, at: datetime) -> datetime:
    """The end of the tenth school day; where nobody has entered half-terms, of the fourteenth day."""
    today = timezone.localtime(at).date()
    try:
        last = calendar_for(organisation_id).add_school_days(today, LASTS)
    except BeyondCalendar:
        last = today + LASTS_WITHOUT_CALENDAR
    end = datetime.combine(last + timedelta(days=1), datetime.min.time())
    return timezone.make_aware(end)


def link_of(token: str) -> str:
    return settings.PUBLIC_URL.rstrip("/") + reverse("schools:invitation", args=[token])
