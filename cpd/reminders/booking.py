"""Messages about bookings: a place came free, tomorrow, moved, called off, booked by somebody else. Found at start."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from cpd.formats.ics import Method, invitation_file
from cpd.queries import due
from cpd.queries.calendars import invitation_to, own_entry
from cpd.queries.offer import place_words
from cpd.queries.release import own_answers, waiting_on
from cpd.queries.told import Told, staff_told_of, told_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.lib.dates import day_words, in_words
from partnership.outbox import reminders
from partnership.outbox.enums import Urgency, Way
from partnership.outbox.notices import Notice
from partnership.outbox.reminders import Attachment, Rendered
from partnership.outbox.times import morning
from partnership.outbox.topics import Topic

if TYPE_CHECKING:
    from partnership.outbox.models import Message

CAME_FREE, SOON = "cpd.came_free", "cpd.soon"


def due_came_free(*, today: date) -> Iterator[Notice]:
    """Once to each who waited and now has a place."""
    for place in due.came_free(today=today):
        yield Notice(
            key=f"{CAME_FREE}:{place.booking_id}",
            kind=CAME_FREE,
            recipient_id=place.person_id,
            facts={"subject": place.booking_id},
            due_at=morning(today),
            urgency=Urgency.NOW,
        )


def due_soon(*, today: date) -> Iterator[Notice]:
    """Once to each with a place, some days before; again only where the day is another. The workshops of a joint day
    come in one mail."""
    for place in due.soon(today=today):
        yield Notice(
            key=f"{SOON}:{place.booking_id}:{place.starts_on}:{place.person_id}",
            kind=SOON,
            recipient_id=place.person_id,
            facts={"subject": place.booking_id, "on": place.starts_on},
            due_at=morning(today),
            urgency=Urgency.DIGEST if place.workshop else Urgency.NOW,
        )


def load(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    found = told_of(viewer, {uuid.UUID(message.facts["subject"]) for message in messages})
    pairs = ((message.pk, found.get(uuid.UUID(message.facts["subject"]))) for message in messages)
    return {pk: told for pk, told in pairs if told is not None}


def told(message: Message) -> Told:
    assert isinstance(message.about, Told)
    return message.about


def has_place(message: Message, viewer: Viewer) -> bool:
    return isinstance(message.about, Told) and message.about.has_place


def is_soon(message: Message, viewer: Viewer) -> bool:
    return (
        has_place(message, viewer)
        and str(timezone.localdate(told(message).session.starts_at)) == message.facts["on"]
    )


def is_booked(message: Message, viewer: Viewer) -> bool:
    return isinstance(message.about, Told) and message.about.is_booked


def is_given_back(message: Message, viewer: Viewer) -> bool:
    return isinstance(message.about, Told) and message.about.standing is None and message.about.ahead


def is_called_off(message: Message, viewer: Viewer) -> bool:
    return isinstance(message.about, Told) and message.about.session.state == "called_off"


def has_moved(message: Message, viewer: Viewer) -> bool:
    """Still booked, and not moved again since."""
    return is_booked(message, viewer) and told(message).session.revision == message.facts["revision"]


def when_and_where(about: Told) -> str:
    """ "Thursday 3 December, 15:45 to 17:00, at Northfield School, Library"."""
    session = about.session
    start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    place = (
        f"at {session.venue.name}{', ' + session.room if session.room else ''}" if session.venue else "online"
    )
    return f"{day_words(start.date(), today=timezone.localdate())}, {start:%H:%M} to {end:%H:%M}, {place}"


def rendered(message: Message, *, subject: str, line: str, calendar: Method | None = None) -> Rendered:
    return Rendered(
        subject=subject,
        line=line,
        url=reverse("cpd:session", args=[told(message).session.pk]),
        action="Open the session",
        attach=partial(calendar_of, told(message), calendar) if calendar else None,
    )


def calendar_of(about: Told, method: Method, to: str) -> Attachment:
    """The booking as it stands, for the reader's calendar: it appears, moves, or vanishes."""
    entry = own_entry(about.booking, about.standing)
    invitation = invitation_to(to, method=method, at=timezone.now())
    return Attachment(
        name=f"{method.value.lower()}-{timezone.localtime(entry.starts_at):%Y-%m-%d-%H%M}.ics",
        content=invitation_file(entry, invitation),
        mimetype=f"text/calendar; method={method.value}",
    )


def word_came_free(message: Message, viewer: Viewer) -> Rendered:
    about = told(message)
    return rendered(
        message,
        subject=f"A place has come free: you are in “{about.session.name}”",
        line=f"You waited and now have a place: {when_and_where(about)}. If you cannot come, cancel: the next has it then.",
        calendar=Method.REQUEST,
    )


def word_soon(message: Message, viewer: Viewer) -> Rendered:
    about = told(message)
    near = in_words(timezone.localdate(about.session.starts_at), today=timezone.localdate())
    bring = f" Bring: {about.session.bring}" if about.session.bring else ""
    return rendered(
        message,
        subject=f"“{about.session.name}” is {near}",
        line=f"{when_and_where(about)}. You have a place.{bring}{talks_words(about, viewer)}",
    )


def talks_words(about: Told, viewer: Viewer) -> str:
    """ " Ten minutes with Shabana Mirza at 17:00."; where the session has moved, that they need a new time."""
    said = ""
    for talk in about.talks:
        other = talk.other_than(viewer.user_id).name
        at = f"at {timezone.localtime(talk.starts_at):%H:%M}" if talk.starts_at else "need a new time"
        said += f" Ten minutes with {other} {at}."
    return said


def word_booked(message: Message, viewer: Viewer) -> Rendered:
    about = told(message)
    stands = place_words(about.standing, about.session) if about.standing else ""
    return rendered(
        message,
        subject=f"You are {'booked' if about.has_place else 'in the queue'} for “{about.session.name}”",
        line=f"{when_and_where(about)}. {stands}. If you cannot come, cancel, so that somebody else can.",
        calendar=Method.REQUEST,
    )


def word_given_back(message: Message, viewer: Viewer) -> Rendered:
    about = told(message)
    passed = about.booking.cancelled_at is None
    return rendered(
        message,
        subject=f"{'Passed on' if passed else 'Cancelled'}: your booking for “{about.session.name}”",
        line=f"{'A colleague comes instead of you' if passed else 'You do not come'}: {when_and_where(about)}.",
        calendar=Method.CANCEL,
    )


def word_called_off(message: Message, viewer: Viewer) -> Rendered:
    about = told(message)
    why = f" {about.session.called_off_why}" if about.session.called_off_why else ""
    return rendered(
        message,
        subject=f"Called off: “{about.session.name}”",
        line=f"It does not take place: {when_and_where(about)}.{why}",
        calendar=Method.CANCEL,
    )


def word_moved(message: Message, viewer: Viewer) -> Rendered:
    about = told(message)
    return rendered(
        message,
        subject=f"Changed: “{about.session.name}” has another time or place",
        line=f"Now {when_and_where(about)}. Your booking stays. If it does not suit you now, cancel."
        f"{talks_words(about, viewer)}",
        calendar=Method.REQUEST,
    )


BOOKS = (Permission.BOOK_CPD,)
PLACES = Topic(
    "cpd.places",
    "A place of yours: come free, booked or passed on by somebody",
    30,
    permissions=BOOKS,
    usual=Way.NOW,
)
REMINDERS = Topic("cpd.reminders", "A session of yours is near", 32, permissions=BOOKS, usual=Way.NOW)
CHANGES = Topic(
    "cpd.changes",
    "A session you are booked for is called off or moved",
    34,
    firm="It always comes at once, so that nobody stands before a closed door.",
    permissions=BOOKS,
)

reminders.register(
    CAME_FREE,
    render=word_came_free,
    still_true=has_place,
    generator=due_came_free,
    load=load,
    complete=True,
    topic=PLACES,
)
reminders.register(
    SOON,
    render=word_soon,
    still_true=is_soon,
    generator=due_soon,
    load=load,
    complete=True,
    topic=REMINDERS,
)
reminders.register("cpd.booked_for_you", render=word_booked, still_true=is_booked, load=load, topic=PLACES)
reminders.register(
    "cpd.called_off",
    render=word_called_off,
    still_true=is_called_off,
    load=load,
    any_hour=True,
    topic=CHANGES,
)
reminders.register("cpd.moved", render=word_moved, still_true=has_moved, load=load, topic=CHANGES)
reminders.register("cpd.booked", render=word_booked, still_true=is_booked, load=load, topic=PLACES)
reminders.register(
    "cpd.given_back",
    render=word_given_back,
    still_true=is_given_back,
    load=load,
    any_hour=True,
    topic=PLACES,
)


# The school's say ------------------------------------------------------------------------------------------------

LETS_GO = (Permission.RELEASE_STAFF, Permission.BOOK_STAFF, Permission.SEE_STAFF, Permission.TEACH)
APPROVALS = Topic("cpd.approvals", "Staff ask to go to a session, or go to one soon", 36, permissions=LETS_GO)
STAFF_SOON = "cpd.staff_soon"


def load_asked(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    """What still waits for this viewer's answer."""
    waiting = {each.pk: each for each in waiting_on(viewer)}
    pairs = ((message.pk, waiting.get(uuid.UUID(message.facts["subject"]))) for message in messages)
    return {pk: release for pk, release in pairs if release is not None}


def is_there(message: Message, viewer: Viewer) -> bool:
    return message.about is not None


def word_asked(message: Message, viewer: Viewer) -> Rendered:
    release: Any = message.about
    session = release.booking.session
    day = day_words(timezone.localdate(session.starts_at), today=timezone.localdate())
    return Rendered(
        subject=f"{release.person.name} asks to go to “{session.name}”",
        line=f"{day}. The booking waits for your yes or no, and keeps its number meanwhile.",
        url=reverse("cpd:release", args=[release.pk]),
        action="Answer",
    )


def load_answered(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    """The answers to this viewer's own bookings."""
    own = own_answers(viewer, {uuid.UUID(message.facts["subject"]) for message in messages})
    pairs = ((message.pk, own.get(uuid.UUID(message.facts["subject"]))) for message in messages)
    return {pk: release for pk, release in pairs if release is not None}


def is_so_answered(message: Message, viewer: Viewer) -> bool:
    return message.about is not None and message.about.approval == message.facts["approval"]


def word_answered(message: Message, viewer: Viewer) -> Rendered:
    release: Any = message.about
    name = release.booking.session.name
    said = f" {release.answered_by.name}: “{release.words}”" if release.words else ""
    agreed = release.approval == "agreed"
    return Rendered(
        subject=f"Approved: “{name}”" if agreed else f"Not approved: “{name}”",
        line=f"Your booking stands.{said}" if agreed else f"Your booking is cancelled.{said}",
        url=reverse("cpd:session", args=[release.booking.session_id]),
        action="Open the session",
        attach=None if agreed else partial(calendar_of, gone(release.booking), Method.CANCEL),
    )


def gone(booking: Any) -> Told:
    """A booking that its school did not approve."""
    return Told(booking, booking.session, None)


def due_staff_soon(*, today: date) -> Iterator[Notice]:
    """Once for each session to whoever lets staff go there, where their school wants it."""
    for each in due.staff_soon(today=today):
        yield Notice(
            key=f"{STAFF_SOON}:{each.session_id}:{each.starts_on}:{each.manager_id}",
            kind=STAFF_SOON,
            recipient_id=each.manager_id,
            facts={"subject": each.session_id, "organisation": each.organisation_id, "on": each.starts_on},
            due_at=morning(today),
            urgency=Urgency.NOW,
        )


def load_staff(messages: Sequence[Message], viewer: Viewer) -> Mapping[uuid.UUID, object]:
    found = staff_told_of(viewer, {uuid.UUID(message.facts["subject"]) for message in messages})
    pairs = ((message.pk, found.get(uuid.UUID(message.facts["subject"]))) for message in messages)
    return {pk: told for pk, told in pairs if told is not None}


def is_staff_soon(message: Message, viewer: Viewer) -> bool:
    """Somebody still has a place, on the day that was told, and it is offered and to come."""
    session = getattr(message.about, "session", None)
    return (
        session is not None
        and session.state == "offered"
        and session.starts_at > timezone.now()
        and str(timezone.localdate(session.starts_at)) == message.facts["on"]
    )


def word_staff_soon(message: Message, viewer: Viewer) -> Rendered:
    about: Any = message.about
    near = in_words(timezone.localdate(about.session.starts_at), today=timezone.localdate())
    start, end = timezone.localtime(about.session.starts_at), timezone.localtime(about.session.ends_at)
    number = len(about.names)
    who = "1 colleague goes" if number == 1 else f"{number} colleagues go"
    return Rendered(
        subject=f"{who} to “{about.session.name}” {near}",
        line=f"{start:%H:%M} to {end:%H:%M}: {', '.join(about.names)}.",
        url=reverse("cpd:session", args=[about.session.pk]),
        action="Open the session",
    )


reminders.register(
    "cpd.approval_asked", render=word_asked, still_true=is_there, load=load_asked, topic=APPROVALS
)
reminders.register(
    "cpd.answered", render=word_answered, still_true=is_so_answered, load=load_answered, topic=PLACES
)
reminders.register(
    STAFF_SOON,
    render=word_staff_soon,
    still_true=is_staff_soon,
    generator=due_staff_soon,
    load=load_staff,
    complete=True,
    topic=APPROVALS,
)
