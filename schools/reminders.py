"""Messages of the shared ground: a key post left empty is shown to the head (practice P12)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.names import within_a_sentence
from partnership.outbox import reminders
from partnership.outbox.enums import Way
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import Rendered
from partnership.outbox.times import morning
from partnership.outbox.topics import Topic
from schools.actions.telling import tell_mailbox_of_empty_post
from schools.enums import Role
from schools.queries.due import empty_posts, mailboxes_of, names_of
from schools.queries.people import names_by_id, posts_by_id

if TYPE_CHECKING:
    from partnership.outbox.models import Message

POSTS = Topic(
    "posts",
    "Posts at your schools: appointed, empty",
    60,
    permissions=(Permission.APPOINT, Permission.COORDINATE),
)
EMPTY_POST = "schools.empty_post"
OFFICE_OPENS = timedelta(hours=7, minutes=30)
SIGN_IN = Topic(
    "sign_in", "Sign-in: a code given out for you", 65,
    firm="It always comes at once, so that nobody signs in as you unseen.", usual=Way.NOW,
)  # fmt: skip
APPOINTED, NEW_POST, CODE_GIVEN = "schools.appointed", "schools.new_post", "schools.code_given"


@dataclass(frozen=True, slots=True)
class StillEmpty:
    """A post that is empty as this viewer reads of it."""

    school: str


def due_empty_posts(*, today: date) -> Iterator[Notice]:
    """One notice for each key post that is empty, to each person it concerns."""
    for post in empty_posts(today=today):
        for user_id in post.told:
            yield Notice(
                key=f"{EMPTY_POST}:{post.organisation_id}:{post.role}:{post.since or 'never'}:{user_id}",
                kind=EMPTY_POST,
                recipient_id=user_id,
                facts={"organisation": post.organisation_id, "role": post.role},
                due_at=morning(today),
            )


def write_to_mailboxes(*, today: date) -> None:
    """Once for each key post that falls empty, to the school's shared address: whoever opens it can see to it."""
    empty = empty_posts(today=today)
    mailboxes = mailboxes_of({post.organisation_id for post in empty})
    names = names_of(mailboxes)
    for post in empty:
        if post.organisation_id in mailboxes:
            tell_mailbox_of_empty_post(
                to=mailboxes[post.organisation_id],
                school=names[post.organisation_id],
                role=Role(post.role),
                key=f"{EMPTY_POST}:{post.organisation_id}:{post.role}:{post.since or 'never'}",
                at=morning(today) + OFFICE_OPENS,
            )


def load_empty_posts(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    """Which of these posts are still empty and still this viewer's to know of."""
    schools = {uuid.UUID(message.facts["organisation"]) for message in messages}
    still = {
        (post.organisation_id, post.role)
        for post in empty_posts(today=timezone.localdate(), organisation_ids=schools)
        if viewer.user_id in post.told
    }
    names = names_of(schools)
    about: dict[uuid.UUID, object] = {}
    for message in messages:
        school = uuid.UUID(message.facts["organisation"])
        if (school, message.facts["role"]) in still:
            about[message.pk] = StillEmpty(names[school])
    return about


def still_empty(message: Message, viewer: Viewer) -> bool:
    return isinstance(message.about, StillEmpty)


def word_empty_post(message: Message, viewer: Viewer) -> Rendered:
    school = message.about.school if isinstance(message.about, StillEmpty) else ""
    role = Role(message.facts["role"])
    label = within_a_sentence(str(role.label))
    subject = f"Nobody is in post as {label} at {school}"
    if role == Role.HEAD:
        line = "What is due there reaches nobody until a head or a deputy is appointed."
    else:
        line = f"The {label}’s reminders come to you until somebody is appointed."
    return Rendered(
        subject=subject,
        line=line,
        url=reverse("schools:school", args=[message.facts["organisation"]]),
        action="Open the school",
    )


reminders.register(
    EMPTY_POST,
    render=word_empty_post,
    still_true=still_empty,
    generator=due_empty_posts,
    letters=write_to_mailboxes,
    load=load_empty_posts,
    complete=True,
    topic=POSTS,
)


def load_posts(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    """The posts these messages speak of, as far as this viewer may see them."""
    posts = posts_by_id(viewer, {uuid.UUID(message.facts["post"]) for message in messages})
    found = {message.pk: posts.get(uuid.UUID(message.facts["post"])) for message in messages}
    return {key: post for key, post in found.items() if post is not None}


def still_in_post(message: Message, viewer: Viewer) -> bool:
    """The post is there, this viewer may know it, and it has not ended."""
    ends_on = getattr(message.about, "ends_on", None)
    return message.about is not None and (ends_on is None or ends_on >= timezone.localdate())


def word_appointed(message: Message, viewer: Viewer) -> Rendered:
    """To a head: somebody from outside the school gave a post that reaches its children."""
    post: Any = message.about
    return Rendered(
        subject=f"{post.user.name} was appointed {post.get_role_display()} at {post.organisation.name}",
        line="If this is not right, end the post: access closes at once.",
        url=f"{reverse('schools:staff')}?school={post.organisation_id}",
        action="See your staff",
    )


def word_new_post(message: Message, viewer: Viewer) -> Rendered:
    """To the one appointed."""
    post: Any = message.about
    return Rendered(
        subject=f"You are in post as {post.get_role_display()} at {post.organisation.name}",
        line="What this post lets you see and do is on your home page.",
        url=reverse("schools:my_account"),
        action="See your posts",
    )


reminders.register(APPOINTED, render=word_appointed, still_true=still_in_post, load=load_posts, topic=POSTS)
reminders.register(NEW_POST, render=word_new_post, still_true=still_in_post, load=load_posts)


def load_givers(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    """The name of whoever gave out each code."""
    names = names_by_id({uuid.UUID(message.facts["by"]) for message in messages})
    return {message.pk: names[uuid.UUID(message.facts["by"])] for message in messages}


def word_code_given(message: Message, viewer: Viewer) -> Rendered:
    at = timezone.localtime(datetime.fromisoformat(message.facts["at"]))
    return Rendered(
        subject=f"{message.about} gave out a sign-in code for you at {at:%H:%M} on {at.day} {at:%B}",
        line="It signs in once, as you. Did you not ask for it? Tell your head.",
        url=reverse("schools:my_account"),
        action="See your account",
    )


reminders.register(CODE_GIVEN, render=word_code_given, load=load_givers, any_hour=True, topic=SIGN_IN)
