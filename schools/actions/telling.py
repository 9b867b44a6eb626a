"""Telling people about posts: the one appointed, the sitting heads, and the school's mailbox."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from partnership.accounts.models import SignInCode
from partnership.lib.names import within_a_sentence
from partnership.outbox.enums import Urgency
from partnership.outbox.letters import post_letter
from partnership.outbox.notices import Notice, enqueue
from schools.enums import Role
from schools.models import Post
from schools.queries.posts import holders
from schools.rules import needs_second_factor

APPOINTED, NEW_POST, CODE_GIVEN = "schools.appointed", "schools.new_post", "schools.code_given"


def tell_of_appointment(post: Post, *, by: uuid.UUID | None, at: datetime) -> None:
    """The person learns of it in their inbox once they have an account. Whoever may reach pupils is told to the heads
    and the school's mailbox, so that no appointment from outside goes unseen (decision: who appoints)."""
    notices = []
    if post.user.has_usable_password():
        notices.append(notice(NEW_POST, post, recipient=post.user_id, at=at))
    if needs_second_factor(post.role):
        heads = holders(post.organisation_id, [Role.HEAD], on=timezone.localtime(at).date())
        told = [head for head in heads if head not in (by, post.user_id)]
        notices += [notice(APPOINTED, post, recipient=head, at=at) for head in told]
        if by not in heads and post.organisation.mailbox:
            write_to_mailbox(post, at=at)
    enqueue(*notices)


def notice(kind: str, post: Post, *, recipient: uuid.UUID, at: datetime) -> Notice:
    return Notice(
        key=f"{kind}:{post.pk}:{recipient}",
        kind=kind,
        recipient_id=recipient,
        due_at=at,
        facts={"post": post.pk, "organisation": post.organisation_id},
        urgency=Urgency.NOW if kind == APPOINTED else Urgency.DIGEST,
    )


def tell_of_code(given: SignInCode, *, at: datetime) -> None:
    """In the inbox of whoever can be signed in by it now, and by mail where they have any."""
    enqueue(
        Notice(
            key=f"{CODE_GIVEN}:{given.pk}",
            kind=CODE_GIVEN,
            recipient_id=given.user_id,
            due_at=at,
            facts={"by": given.given_by_id, "at": at},
            urgency=Urgency.NOW,
        )
    )


def write_to_mailbox(post: Post, *, at: datetime) -> None:
    """A letter to the shared address, which is nobody's inbox."""
    facts = {
        "name": post.user.name,
        "role": post.get_role_display(),
        "organisation": post.organisation.name,
        "platform_name": settings.PLATFORM_NAME,
        "site_url": settings.PUBLIC_URL,
    }
    post_letter(
        to=post.organisation.mailbox,
        subject=f"{facts['name']} is now {facts['role']} at {facts['organisation']} on {settings.PLATFORM_NAME}",
        text=render_to_string("mail/schools/appointed.txt", facts),
        html=render_to_string("mail/schools/appointed.html", facts),
        at=at,
    )


def tell_mailbox_of_empty_post(*, to: str, school: str, role: Role, key: str, at: datetime) -> None:
    """A school, a post and where to look; no name, no child. Once, by its key."""
    label = within_a_sentence(str(role.label))
    facts = {
        "school": school,
        "role": label,
        "is_head": role == Role.HEAD,
        "platform_name": settings.PLATFORM_NAME,
        "site_url": settings.PUBLIC_URL,
    }
    post_letter(
        to=to,
        subject=f"Nobody is in post as {label} at {school} on {settings.PLATFORM_NAME}",
        text=render_to_string("mail/schools/empty_post.txt", facts),
        html=render_to_string("mail/schools/empty_post.html", facts),
        at=at,
        key=key,
    )


def tell_old_address(post: Post, address: str, *, by_name: str, at: datetime) -> None:
    """So that nobody is moved to another address unseen."""
    facts = {"name": post.user.name, "by": by_name, "platform_name": settings.PLATFORM_NAME}
    post_letter(
        to=address,
        subject=f"Your account on {settings.PLATFORM_NAME} moved to another address",
        text=render_to_string("mail/schools/address_changed.txt", facts),
        html=render_to_string("mail/schools/address_changed.html", facts),
        at=at,
    )
