"""Letting people in: invitations, their addresses, starting afresh. Every function that acts for a viewer asks their right
first, and writes the audit."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from partnership.access.viewer import Viewer
from partnership.accounts.entrance import close_account, open_account
from partnership.accounts.models import User
from partnership.audit.models import record
from schools import rules
from schools.actions import posting
from schools.actions.telling import tell_old_address
from schools.models import Invitation, Post
from schools.queries.mailboxes import is_role_mailbox
from schools.queries.people import InvitationState, reach_covers, state_of


class NotPossible(Exception):
    """It cannot be done as asked; `field` is the form's field it concerns, the text one sentence to show."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.reason, self.field = reason, field


class InvitationOver(Exception):
    """The invitation was used, withdrawn, or has run out; `state` says which."""

    def __init__(self, state: InvitationState) -> None:
        super().__init__(state)
        self.state = state


@transaction.atomic
def invite(*, post: Post, email: str, by: Viewer, at: datetime) -> Invitation:
    """Send a way in to the holder of a post. Any earlier invitation for it stops working.

    The address may be set or corrected only by somebody whose reach covers all the person's posts: else one school
    could take over what another gave."""
    ensure_may_invite(by, post)
    user, email = post.user, email.strip().lower()
    if user.has_usable_password():
        raise NotPossible(f"{user.name} has an account already and sees this post at the next sign-in.")
    if not email:
        raise NotPossible("Enter the person's e-mail address.", "email")
    refuse_mailbox(email)  # it may have become one since
    if user.email != email:
        set_address(user, email, by=by, at=at)
    invitation, token = posting.write_invitation(post=post, email=email, by=by.user_id, at=at)
    posting.post_invitation(invitation, token, at=at)
    return invitation


def set_address(user: User, email: str, *, by: Viewer, at: datetime) -> None:
    """Set or correct the address of somebody who cannot sign in yet."""
    if not reach_covers(by, user, on=timezone.localtime(at).date()):
        raise NotPossible(
            "Only their coordinator or head can change this address, since they work elsewhere too or hold a post you "
            "do not give.",
            "email",
        )
    if User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise NotPossible("This address belongs to somebody else.", "email")
    refuse_mailbox(email)
    withdraw_all(user, by=by, at=at)
    user.email = email
    user.save(update_fields=["email"])
    record("person.address_set", by=by.user_id, subject=user, at=at)


def refuse_mailbox(email: str) -> None:
    """A role mailbox receives notices and is nobody's sign-in (practice P11)."""
    if is_role_mailbox(email):
        raise NotPossible(
            "This is a school's shared mailbox, and anyone who reads it could sign in. Give the person's own address, "
            "or leave it out.",
            "email",
        )


def withdraw_all(user: User, *, by: Viewer, at: datetime) -> None:
    """No letter to a former address opens the account, whichever of the person's posts it was for."""
    for post in Post.objects.filter(user=user):
        posting.withdraw_open(post=post, by=by.user_id, at=at)


def resend(*, invitation: Invitation, by: Viewer, at: datetime) -> Invitation:
    """A fresh invitation to the same address; the old link says that a newer one was sent."""
    return invite(post=invitation.post, email=invitation.email, by=by, at=at)


@transaction.atomic
def withdraw(*, invitation: Invitation, by: Viewer, at: datetime) -> None:
    """The link and the code stop working at once."""
    ensure_may_invite(by, invitation.post)
    posting.withdraw_open(post=invitation.post, by=by.user_id, at=at)


@transaction.atomic
def print_slip(*, invitation: Invitation, by: Viewer, at: datetime) -> str:
    """A code for paper, shown this once."""
    post = invitation.post
    ensure_may_invite(by, post)
    today = timezone.localtime(at).date()
    if not rules.may_print_slip(by, post.role, organisation_id=post.organisation_id):
        raise PermissionDenied
    if not reach_covers(by, post.user, on=today):  # a slip in one school's hand must not open another's posts
        raise NotPossible(
            "They work elsewhere too, or hold a post you do not give, so their invitation goes to their own address only."
        )
    if (state := state_of(invitation, at=at)) is not InvitationState.OPEN:
        raise InvitationOver(state)
    return posting.make_code(invitation, by=by.user_id, at=at)


@transaction.atomic
def start_afresh(*, post: Post, email: str, by: Viewer, at: datetime) -> Invitation:
    """For somebody who lost password, phone and codes, or whose address changed: all of it goes, a new invitation
    goes to the address given, and the old address, where it was another, is told."""
    ensure_may_invite(by, post)
    user = post.user
    if user.pk == by.user_id or user.is_superuser:
        raise PermissionDenied
    if not reach_covers(by, user, on=timezone.localtime(at).date()):
        raise NotPossible(
            "Only their coordinator or head can do this, since they work elsewhere too or hold a post you do not give."
        )
    before = user.email or ""
    close_account(user)
    withdraw_all(user, by=by, at=at)
    record("account.started_afresh", by=by.user_id, subject=user, organisation=post.organisation_id, at=at)
    invitation = invite(post=post, email=email, by=by, at=at)
    if before and before != invitation.email:
        tell_old_address(post, before, by_name=by.name, at=at)
    return invitation


@transaction.atomic
def find_by_code(*, email: str, code: str, at: datetime) -> Invitation | None:
    """The open invitation to this address with this code. Five wrong codes and an invitation's code is spent."""
    asked = Invitation.objects.open(at=at).filter(email__iexact=email.strip(), tries__lt=posting.CODE_TRIES)
    open_ones = list(asked.exclude(code_hash="").select_for_update())  # guesses at once wait for each other
    for invitation in open_ones:
        if posting.code_matches(invitation, code):
            return invitation
    for invitation in open_ones:
        record("invitation.code_failed", by=None, subject=invitation, at=at)
    Invitation.objects.filter(pk__in=[each.pk for each in open_ones]).update(tries=F("tries") + 1)
    return None


@transaction.atomic
def accept_invitation(
    *, invitation: Invitation, user_id: uuid.UUID | None, password: str, at: datetime
) -> User:
    """Use the invitation up. The first one opens the account; who has one must be signed in as its owner."""
    post = Post.objects.select_related("user").get(pk=invitation.post_id)
    user = User.objects.select_for_update().get(pk=post.user_id)
    if not user.is_active:
        raise PermissionDenied
    if user.has_usable_password() and user_id != user.pk:
        raise PermissionDenied
    if post.ends_on and post.ends_on < timezone.localtime(at).date():
        raise InvitationOver(InvitationState.WITHDRAWN)
    has_moved = invitation.email != user.email  # the letter went to an address they no longer have
    if has_moved and not user.has_usable_password():
        raise InvitationOver(InvitationState.WITHDRAWN)
    if is_role_mailbox(invitation.email):
        raise InvitationOver(InvitationState.WITHDRAWN)
    used = Invitation.objects.open(at=at).filter(pk=invitation.pk).update(used_at=at)
    if not used:
        raise InvitationOver(state_of(Invitation.objects.get(pk=invitation.pk), at=at))
    if not user.has_usable_password():
        open_account(user, email=invitation.email, password=password)
    record("invitation.accepted", by=user.pk, subject=invitation, organisation=post.organisation_id, at=at)
    return user


def ensure_may_invite(by: Viewer, post: Post) -> None:
    """Raises PermissionDenied."""
    if not rules.may_appoint(
        by, post.role, organisation_id=post.organisation_id, kind=post.organisation.kind
    ):
        raise PermissionDenied
