"""Booking, cancelling, passing a place on. The number is drawn last: the session's row is held briefly (walls §4)."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from cpd.actions.releasing import Refused, ask_approval, said_anew, to_ask
from cpd.enums import SessionState
from cpd.models import Booking, Session
from cpd.queries.queue import everyone_booked, has_place, queue_of, standing_after, turns_of
from cpd.rules import Standing, may_book_staff, may_cancel
from partnership.access.guards import ensure, user_id_of
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.lib.dates import working_days_before
from partnership.outbox.enums import Urgency
from partnership.outbox.notices import Notice, enqueue, store
from schools.models import Post
from schools.queries.calendars import bank_holidays


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who was booked now (not those who were already), and where each of them stands."""

    made: Sequence[Booking] = ()
    found: Mapping[uuid.UUID, Standing] = field(default_factory=dict)

    @property
    def placed(self) -> int:
        """How many of them have a place."""
        return sum(each.placed for each in self.found.values())


class AlreadyThere(Exception):
    """All of them are booked: what was begun is taken back."""


def book(
    session: Session,
    *,
    people: Collection[uuid.UUID],
    organisation_id: uuid.UUID,
    together: bool = False,
    by: Viewer,
    at: datetime,
) -> Outcome:
    """Draw a number for each of these people of one organisation. Whoever is booked already stays where they are, so that
    a second press changes nothing. Raises Refused, PermissionDenied."""
    by_id = user_id_of(by)
    own = set(people) == {by_id} and by.may(Permission.BOOK_CPD, organisation_id)
    ensure(own or may_book_staff(by, organisation_id))
    if not own:
        ensure_staff(people, organisation_id, at=at)
    ask = to_ask(by_id, organisation_id, by=by, at=at) if own else None
    try:
        with transaction.atomic():
            made, found = draw(session, people, organisation_id, together=together, by_id=by_id, at=at)
            if ask and made:
                ask_approval(made[0], ask, session=session, at=at)
            tell_booked_for(made, by_id=by_id, at=at)
    except AlreadyThere:
        return Outcome()
    return Outcome(made, found)


def draw(
    session: Session,
    people: Collection[uuid.UUID],
    organisation_id: uuid.UUID,
    *,
    together: bool,
    by_id: uuid.UUID,
    at: datetime,
) -> tuple[list[Booking], dict[uuid.UUID, Standing]]:
    """The numbers and the bookings, written down. From the number on the session's row is held. Raises Refused,
    AlreadyThere."""
    record(
        "session.booked",
        by=by_id,
        subject=session,
        organisation=organisation_id,
        at=at,
        facts={"people": sorted(map(str, people))},
    )
    first = Session.objects.take_numbers(session.pk, count=len(people), at=at)
    if first is None and booked_then(session, people) != set(people):
        raise Refused("Booking for this session is closed.")
    ahead = Booking.objects.ahead(session, people)
    if ahead.elsewhere:
        booked_then(session, people)
    if first is None or ahead.there.issuperset(people):
        raise AlreadyThere
    party = uuid.uuid4() if len(people) > 1 else None
    made = [
        Booking(
            session=session,
            partnership_id=session.partnership_id,
            person_id=person_id,
            organisation_id=organisation_id,
            number=first + index,
            party=party,
            together=together and party is not None,
            by_id=by_id,
            at=at,
        )
        for index, person_id in enumerate(each for each in people if each not in ahead.there)
    ]
    found = standing_after(session, made, ahead=ahead, today=timezone.localdate(at))
    for each in made:
        each.waited = not found[each.pk].placed
    Booking.objects.bulk_create(made)
    return made, found


BOOKED, BOOKED_FOR_YOU, GIVEN_BACK = "cpd.booked", "cpd.booked_for_you", "cpd.given_back"


def tell_booked_for(bookings: Collection[Booking], *, by_id: uuid.UUID, at: datetime) -> None:
    """To those who booked, whom somebody else booked, or who took over a place: with it their calendar follows. What one
    did oneself can wait for the clock's next tick, so that a rush for places does not call the worker a thousand times."""
    notices = [
        Notice(
            key=f"{told_as(each, by_id)}:{each.pk}:{each.person_id}:{each.passed}",
            kind=told_as(each, by_id),
            recipient_id=each.person_id,
            facts={"subject": each.pk, "organisation": each.organisation_id},
            due_at=at,
            urgency=Urgency.DIGEST if each.session.day_id else Urgency.NOW,
        )
        for each in bookings
    ]
    if all(notice.kind == BOOKED for notice in notices):
        store(notices)
    else:
        enqueue(*notices)


def told_as(booking: Booking, by_id: uuid.UUID) -> str:
    return BOOKED if booking.person_id == by_id else BOOKED_FOR_YOU


def tell_given_back(booking: Booking, *, person_id: uuid.UUID, at: datetime) -> None:
    """To whoever comes no longer, so that their calendar lets it go."""
    enqueue(
        Notice(
            key=f"{GIVEN_BACK}:{booking.pk}:{person_id}:{booking.passed}",
            kind=GIVEN_BACK,
            recipient_id=person_id,
            facts={"subject": booking.pk},
            due_at=at,
            urgency=Urgency.NOW,
        )
    )


def ensure_staff(people: Collection[uuid.UUID], organisation_id: uuid.UUID, *, at: datetime) -> None:
    """Raises Refused unless all of them work there on the day."""
    posts = Post.objects.current(on=timezone.localdate(at)).filter(organisation=organisation_id)
    if set(people) - set(posts.filter(user__in=people).values_list("user_id", flat=True)):
        raise Refused("Somebody you chose does not work at this school any more. Choose again.")


def booked_then(session: Session, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the people who are booked for this session. Nobody is in two rooms at once: raises Refused with the name of
    another session at that time."""
    rows = Booking.objects.live().filter(
        person__in=people,
        session__starts_at__lt=session.ends_at,
        session__ends_at__gt=session.starts_at,
        session__state=SessionState.OFFERED,
    )
    found = rows.values_list(
        "person_id", "session_id", "person__name", "session__title", "session__programme__title"
    )
    there = set()
    for person_id, session_id, name, title, programme in found:
        if session_id != session.pk:
            raise Refused(f"{name} is booked for “{title or programme}” at that time.")
        there.add(person_id)
    return there


@transaction.atomic
def cancel(booking: Booking, *, by: Viewer, at: datetime) -> Booking:
    """Give a turn back; whoever is next moves up by itself. It is late from whoever had a place. Twice is the same as once.
    After the session has begun nothing is given back. Raises Refused, PermissionDenied."""
    ensure(may_cancel(by, booking))
    session = booking.session
    if session.starts_at <= at:
        raise Refused("The session has begun: the register says who came.")
    today = timezone.localdate(at)
    late = today > last_day_to_cancel(session) and has_place(booking, today=today)
    rows = Booking.objects.live().filter(pk=booking.pk)
    if rows.update(cancelled_at=at, cancelled_by_id=user_id_of(by), late=late):
        booking.cancelled_at, booking.late = at, late
        record(
            "booking.cancelled",
            by=by.user_id,
            subject=booking,
            organisation=booking.organisation_id,
            at=at,
            facts={"session": str(session.pk), "late": late},
        )
        tell_given_back(booking, person_id=booking.person_id, at=at)
    return booking


@transaction.atomic
def separate(booking: Booking, *, by: Viewer, at: datetime) -> bool:
    """Let the party of this booking come each for themselves, in the turns they have; False where it does already. Raises
    Refused where somebody would lose a place by it, PermissionDenied."""
    ensure(may_book_staff(by, booking.organisation_id))
    Session.objects.hold({booking.session_id})
    rows = Booking.objects.filter(session=booking.session_id, party=booking.party, together=True)
    if booking.party is None or not rows.exists():
        return False
    turns = turns_of(everyone_booked(booking.session_id))
    queue = queue_of(booking.session, turns, today=timezone.localdate(at))
    if queue.loses(queue.apart(booking.party)):
        raise Refused("Somebody else has one of their places by now, so they stay together.")
    people = sorted(str(each) for each in rows.live().values_list("person_id", flat=True))
    rows.update(together=False)
    record(
        "booking.separated",
        by=by.user_id,
        subject=booking,
        organisation=booking.organisation_id,
        at=at,
        facts={"session": str(booking.session_id), "people": people},
    )
    return True


def last_day_to_cancel(session: Session) -> date:
    """The last day on which a place is given back in time."""
    return working_days_before(timezone.localdate(session.starts_at), session.cancel_days, bank_holidays())


@transaction.atomic
def pass_on(booking: Booking, *, to: uuid.UUID, by: Viewer, at: datetime) -> Booking:
    """A colleague of the same school takes the turn, number and all. Raises Refused, PermissionDenied."""
    ensure(booking.person_id == by.user_id or may_book_staff(by, booking.organisation_id))
    if booking.session.starts_at <= at:
        raise Refused("The session has begun: the register says who came.")
    ensure_staff([to], booking.organisation_id, at=at)
    booked_then(booking.session, [to])
    said_anew(booking, by=by)
    if booking.person_id == by.user_id and (ask := to_ask(to, booking.organisation_id, by=by, at=at)):
        ask_approval(booking, ask, session=booking.session, at=at)
    try:
        with transaction.atomic():
            moved = (
                Booking.objects.live()
                .filter(pk=booking.pk, person=booking.person_id)
                .update(person_id=to, passed=F("passed") + 1)
            )
    except IntegrityError:
        raise Refused("Your colleague is booked for this session already.") from None
    if not moved:
        raise Refused("This booking was changed a moment ago. Look at it again.")
    record(
        "booking.passed_on",
        by=by.user_id,
        subject=booking,
        organisation=booking.organisation_id,
        at=at,
        facts={"from": str(booking.person_id), "to": str(to)},
    )
    before, booking.person_id, booking.passed = booking.person_id, to, booking.passed + 1
    tell_given_back(booking, person_id=before, at=at)
    tell_booked_for([booking], by_id=user_id_of(by), at=at)
    return booking
