"""Booking: one number for one press, never one too many under any rush."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.utils import timezone

from cpd.actions import booking as acts
from cpd.enums import SessionState
from cpd.models import Booking, Session
from cpd.queries.queue import queues_of
from partnership.access import rls
from partnership.accounts.models import User
from schools.enums import Role
from schools.models import Organisation
from tests.cast import Cast
from tests.factories.cpd import BookingFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import PostFactory, UserFactory


@pytest.fixture
def session(cast: Cast) -> Session:
    now = timezone.now()
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster),
        starts_at=now + timedelta(days=20),
        opens_at=now - timedelta(days=2),
        capacity=3,
    )


def staff(school: Organisation, number: int) -> list[User]:
    people: list[User] = [UserFactory() for _ in range(number)]
    for each in people:
        PostFactory(user=each, role=Role.SUPPORT_STAFF, organisation=school)
    return people


def book(user: User, session: Session, *people: User, school: Organisation, **how: bool) -> acts.Outcome:
    """As the app, with the reach of this person and no second factor."""
    with rls.acting_as(user.pk, mfa=False) as viewer:
        return acts.book(
            session,
            people=[each.pk for each in people or (user,)],
            organisation_id=school.pk,
            by=viewer,
            at=timezone.now(),
            **how,
        )


@pytest.mark.django_db
class TestBook:
    def test_support_staff_book_for_themselves_without_a_second_factor(
        self, cast: Cast, session: Session
    ) -> None:
        outcome = book(cast.support_staff, session, school=cast.junior)
        assert outcome.placed == 1
        assert Booking.objects.get().person == cast.support_staff

    def test_twice_is_once(self, cast: Cast, session: Session) -> None:
        book(cast.support_staff, session, school=cast.junior)
        assert not book(cast.support_staff, session, school=cast.junior).made
        assert Booking.objects.count() == 1
        session.refresh_from_db()
        assert session.last_number == 1, "the second press used up no number"
        Session.objects.filter(pk=session.pk).update(closes_at=timezone.now())
        assert not book(cast.support_staff, session, school=cast.junior).made

    def test_nobody_books_somebody_else_but_those_who_may(self, cast: Cast, session: Session) -> None:
        with pytest.raises(PermissionDenied):
            book(cast.support_staff, session, cast.class_teacher, school=cast.junior)
        book(cast.school_office, session, cast.class_teacher, school=cast.junior)
        assert Booking.objects.get().by == cast.school_office

    def test_the_office_books_nobody_of_another_school(self, cast: Cast, session: Session) -> None:
        with pytest.raises(acts.Refused, match="does not work at this school"):
            book(cast.school_office, session, cast.next_class_teacher, school=cast.junior)
        with pytest.raises(PermissionDenied):
            book(cast.school_office, session, cast.next_class_teacher, school=cast.secondary)
        assert not Booking.objects.exists()

    def test_a_stranger_finds_no_session_to_draw_a_number_from(self, cast: Cast, session: Session) -> None:
        with pytest.raises(acts.Refused):
            book(cast.stranger_support_staff, session, school=cast.far_junior)
        session.refresh_from_db()
        assert session.last_number == 0

    @pytest.mark.parametrize(
        "change",
        [
            {"state": SessionState.CALLED_OFF},
            {"state": SessionState.DRAFT},
            {"opens_at": datetime(2099, 1, 1, tzinfo=UTC), "closes_at": datetime(2099, 1, 2, tzinfo=UTC)},
            {"opens_at": datetime(2020, 1, 1, tzinfo=UTC), "closes_at": datetime(2020, 1, 2, tzinfo=UTC)},
        ],
    )
    def test_a_form_left_open_books_nothing_once_booking_is_over(
        self, cast: Cast, session: Session, change: dict[str, object]
    ) -> None:
        connection.check_constraints()
        Session.objects.filter(pk=session.pk).update(
            **{
                "starts_at": datetime(2099, 2, 1, 9, tzinfo=UTC),
                "ends_at": datetime(2099, 2, 1, 10, tzinfo=UTC),
            }
            | change
        )
        with pytest.raises(acts.Refused, match="closed"):
            book(cast.support_staff, session, school=cast.junior)
        assert not Booking.objects.exists()

    def test_two_rooms_at_once(self, cast: Cast, session: Session) -> None:
        other = SessionFactory(
            programme=session.programme, starts_at=session.starts_at, opens_at=session.opens_at
        )
        book(cast.support_staff, session, school=cast.junior)
        with pytest.raises(acts.Refused, match="at that time"):
            book(cast.support_staff, other, school=cast.junior)
        other.refresh_from_db()
        assert other.last_number == 0

    def test_who_did_not_get_in_waited(self, cast: Cast, session: Session) -> None:
        for person in staff(cast.junior, 3):
            BookingFactory(session=session, person=person, organisation=cast.junior)
        outcome = book(cast.support_staff, session, school=cast.junior)
        assert outcome.placed == 0
        assert Booking.objects.get(person=cast.support_staff).waited


@pytest.mark.django_db
class TestCancel:
    def test_the_next_moves_up_by_itself(self, cast: Cast, session: Session) -> None:
        first, *_ = [
            BookingFactory(session=session, person=each, organisation=cast.junior)
            for each in staff(cast.junior, 3)
        ]
        book(cast.support_staff, session, school=cast.junior)
        with rls.acting_as(first.person_id, mfa=False) as viewer:
            acts.cancel(first, by=viewer, at=timezone.now())
        queue = queues_of([session], Booking.objects.all(), today=timezone.localdate())[session.pk]
        turn = queue.turn_of(cast.support_staff.pk)
        assert turn is not None
        assert queue.standing(turn.id).placed
        first.refresh_from_db()
        assert (first.cancelled_by, first.late) == (first.person, False)

    def test_a_colleague_cancels_nothing(self, cast: Cast, session: Session) -> None:
        held = BookingFactory(session=session, person=cast.class_teacher, organisation=cast.junior)
        with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer, pytest.raises(PermissionDenied):
            acts.cancel(held, by=viewer, at=timezone.now())
        with rls.acting_as(cast.support_staff.pk, mfa=False):
            assert Booking.objects.filter(pk=held.pk).update(cancelled_at=timezone.now()) == 0
        held.refresh_from_db()
        assert held.cancelled_at is None

    def test_late_is_told_apart(self, cast: Cast, session: Session) -> None:
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
            acts.cancel(held, by=viewer, at=session.starts_at - timedelta(hours=20))
        held.refresh_from_db()
        assert held.late

    def test_who_only_waited_is_never_late(self, cast: Cast, session: Session) -> None:
        for person in staff(cast.junior, session.capacity):
            BookingFactory(session=session, person=person, organisation=cast.junior)
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
            acts.cancel(held, by=viewer, at=session.starts_at - timedelta(hours=20))
        held.refresh_from_db()
        assert held.cancelled_at
        assert not held.late

    def test_a_colleague_takes_over_the_number(self, cast: Cast, session: Session) -> None:
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
            acts.pass_on(held, to=cast.class_teacher.pk, by=viewer, at=timezone.now())
        held.refresh_from_db()
        assert (held.person, held.number) == (cast.class_teacher, 1)


@pytest.mark.django_db
def test_a_booker_changes_nothing_else_of_a_session(cast: Cast, session: Session) -> None:
    """The database alone: a policy opens the row for its number, a trigger keeps the rest."""
    from django.db import DatabaseError, transaction

    with rls.acting_as(cast.support_staff.pk, mfa=False):
        assert Session.objects.filter(pk=session.pk).update(last_number=1) == 1
        with pytest.raises(DatabaseError, match="nothing else"), transaction.atomic():
            Session.objects.filter(pk=session.pk).update(capacity=500)
    with rls.acting_as(cast.stranger_support_staff.pk, mfa=False):
        assert not Session.objects.filter(pk=session.pk).exists()
        assert not Booking.objects.exists()
    with rls.acting_as(cast.coordinator.pk):
        assert Session.objects.filter(pk=session.pk).update(capacity=5) == 1


ROOM, PEOPLE, LINES = 5, 24, 8


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_a_rush_books_exactly_the_places(
    cast: Cast, session: Session, locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody clicks twice at the same moment. The control draws numbers without the row's lock, and fails."""
    Session.objects.filter(pk=session.pk).update(capacity=ROOM)
    session.refresh_from_db()
    people = staff(cast.junior, PEOPLE)
    if not locked:
        monkeypatch.setattr(type(Session.objects.all()), "take_numbers", without_lock)
    gate = threading.Barrier(LINES)
    placed: list[uuid.UUID] = []
    faults: list[Exception] = []

    def line(mine: list[User]) -> None:
        try:
            gate.wait()
            for person in mine:
                for _ in range(2):
                    outcome = book(person, session, school=cast.junior)
                    placed.extend(each.person_id for each in outcome.made if outcome.found[each.pk].placed)
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=line, args=(people[n::LINES],)) for n in range(LINES)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if not locked:
        assert len(placed) != ROOM or faults, "without the lock too many are told that they have a place"
        return
    assert not faults
    assert len(placed) == ROOM
    assert Booking.objects.live().count() == PEOPLE
    queue = queues_of([session], Booking.objects.all(), today=timezone.localdate())[session.pk]
    assert {turn.person_id for turn in queue.placed()} == set(placed)


def without_lock(self: object, session_id: uuid.UUID, *, count: int, at: datetime) -> int:
    """What many booking systems do: read the last number, then write."""
    last = (
        Booking.objects.filter(session=session_id)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    threading.Event().wait(0.01)
    return int(last or 0) + 1
