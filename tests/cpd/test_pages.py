"""The pages of the offer, as those who use them see them."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpd.cards import this_half_term
from cpd.enums import SessionState
from cpd.models import Booking, Session
from cpd.queries import offer
from cpd.queries.queue import Seen, queues_of, seen_in
from partnership.access import rls
from partnership.accounts.models import User
from partnership.outbox.models import Message
from schools.models import Organisation
from tests.cast import CANARY, Cast, SignIn
from tests.factories.cpd import BookingFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> Session:
    now = timezone.now()
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster, title="Calm after break"),
        starts_at=now + timedelta(days=20),
        opens_at=now - timedelta(days=2),
        venue=cast.secondary,
        capacity=2,
    )


@pytest.fixture
def far(cast: Cast) -> Session:
    now = timezone.now()
    made = SessionFactory(
        programme=ProgrammeFactory(partnership=cast.far_cluster, title=f"{CANARY} course"),
        starts_at=now + timedelta(days=20),
        opens_at=now - timedelta(days=2),
    )
    BookingFactory(session=made, person=cast.stranger_support_staff, organisation=cast.far_junior)
    return made


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


class TestTwoTaps:
    def test_from_the_list_to_a_place(
        self, cast: Cast, session: Session, far: Session, sign_in: SignIn
    ) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        listed = text(client.get(reverse("cpd:sessions")))
        address = reverse("cpd:session", args=[session.pk])
        assert address in listed
        assert "2 places left" in listed
        assert CANARY not in listed
        assert "Book my place" in text(client.get(address))
        shown = text(client.post(reverse("cpd:book", args=[session.pk]), follow=True))
        assert "Place 1 of 2" in shown
        assert "Cancel my booking" in shown

    def test_full_means_the_queue_with_its_reason(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        for person in (cast.class_teacher, cast.senco):
            BookingFactory(session=session, person=person, organisation=cast.junior)
        client = sign_in(cast.support_staff, mfa=False)
        assert "Join the queue" in text(client.get(reverse("cpd:session", args=[session.pk])))
        shown = text(client.post(reverse("cpd:book", args=[session.pk]), follow=True))
        assert "1st in the queue" in shown
        assert "All places are taken." in shown

    def test_a_stranger_finds_nothing(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        client = sign_in(cast.stranger_support_staff, mfa=False)
        assert "Calm after break" not in text(client.get(reverse("cpd:sessions")))
        assert client.get(reverse("cpd:session", args=[session.pk])).status_code == 404
        assert client.post(reverse("cpd:book", args=[session.pk])).status_code == 404
        assert not Booking.objects.exists()

    def test_a_draft_is_nobodys_yet(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        Session.objects.filter(pk=session.pk).update(state=SessionState.DRAFT)
        address = reverse("cpd:session", args=[session.pk])
        assert sign_in(cast.support_staff, mfa=False).get(address).status_code == 404
        client = sign_in(cast.coordinator)
        for page in (address, reverse("cpd:sessions"), reverse("cpd:year")):
            shown = text(client.get(page))
            assert "being planned" in shown.lower()
            assert "places left" not in shown


class TestNames:
    def test_who_will_be_in_the_room_sees_who_else(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        BookingFactory(session=session, person=cast.next_support_staff, organisation=cast.secondary)
        address = reverse("cpd:session", args=[session.pk])
        client = sign_in(cast.support_staff, mfa=False)
        before = text(client.get(address))
        assert cast.next_support_staff.name not in before
        assert "1 colleague" in before
        client.post(reverse("cpd:book", args=[session.pk]))
        assert cast.next_support_staff.name in text(client.get(address))


class TestOffice:
    def test_books_a_team_and_says_who_is_in(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        client = sign_in(cast.school_office)
        people = [cast.support_staff, cast.class_teacher, cast.senco]
        shown = text(
            client.post(
                reverse("cpd:book_people", args=[session.pk]),
                {"people": [str(each.pk) for each in people], "party": "split"},
                follow=True,
            )
        )
        assert "3 colleagues are booked: 2 have a place, 1 is in the queue." in shown
        assert Booking.objects.filter(by=cast.school_office).count() == 3
        told = Message.objects.filter(kind="cpd.booked_for_you")
        assert {each.recipient_id for each in told} == {each.pk for each in people}

    def test_together_or_not_at_all(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        client = sign_in(cast.school_office)
        people = [cast.support_staff, cast.class_teacher, cast.senco]
        shown = text(
            client.post(
                reverse("cpd:book_people", args=[session.pk]),
                {"people": [str(each.pk) for each in people], "party": "together"},
                follow=True,
            )
        )
        assert "3 colleagues wait together: 2 places are free." in shown
        assert "1st in the queue, waiting together" in shown
        assert "Book my place" not in text(
            sign_in(cast.next_support_staff, mfa=False).get(reverse("cpd:session", args=[session.pk]))
        )

    def test_nobody_ticked_is_said_beside_the_field(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        response = sign_in(cast.school_office).post(
            reverse("cpd:book_people", args=[session.pk]), {"party": "split"}
        )
        assert "Tick at least one colleague." in text(response)


class TestCancel:
    def test_one_tap_and_who_is_next_has_it(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        BookingFactory(session=session, person=cast.senco, organisation=cast.junior)
        BookingFactory(session=session, person=cast.next_support_staff, organisation=cast.secondary)
        address = reverse("cpd:session", args=[session.pk])
        client = sign_in(cast.next_support_staff, mfa=False)
        assert "1st in the queue" in text(client.get(address))
        sign_in(cast.support_staff, mfa=False).post(reverse("cpd:cancel", args=[held.pk]))
        assert "Place 2 of 2" in text(client.get(address))

    def test_somebody_elses_booking_is_not_there(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        for stranger in (cast.class_teacher, cast.next_school_office, cast.stranger_head):
            for name in ("cpd:cancel", "cpd:pass_on"):
                assert sign_in(stranger).post(reverse(name, args=[held.pk])).status_code == 404
        assert Booking.objects.live().count() == 1

    def test_a_colleague_comes_instead(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        sign_in(cast.support_staff, mfa=False).post(
            reverse("cpd:pass_on", args=[held.pk]), {"to": str(cast.class_teacher.pk)}
        )
        assert Booking.objects.live().get().person == cast.class_teacher
        assert Message.objects.get(kind="cpd.booked_for_you").recipient == cast.class_teacher


def test_as_many_statements_for_a_few_as_for_many(cast: Cast, session: Session, sign_in: SignIn) -> None:
    client = sign_in(cast.support_staff, mfa=False)
    address = reverse("cpd:sessions")

    def asked() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    few = asked()
    for number in range(12):
        other = SessionFactory(
            programme=session.programme,
            starts_at=session.starts_at + timedelta(days=number + 1),
            opens_at=session.opens_at,
        )
        BookingFactory(session=other, person=cast.senco, organisation=cast.junior)
    assert asked() == few


def test_home_tells_of_this_half_term_alone(cast: Cast, session: Session) -> None:
    with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
        third, fourth = offer.half_terms_of(viewer)[2:4]
        for day, told in ((third.starts_on, True), (third.ends_on, True), (fourth.starts_on, False)):
            session.starts_at = timezone.make_aware(datetime.combine(day, time(15, 45)))
            line = offer.Line(session, Seen(), timezone.now())
            assert this_half_term(viewer, line, third.starts_on) is told


def test_a_partnership_goes_by_the_half_terms_of_its_schools(
    cast: Cast, session: Session, sign_in: SignIn
) -> None:
    with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
        spans = offer.half_terms_of(viewer)
    with rls.acting_as(cast.coordinator.pk) as viewer:
        assert viewer.posts[0].organisation_id == cast.cluster.pk
        assert offer.half_terms_of(viewer) == spans != ()
    shown = text(sign_in(cast.coordinator).get(reverse("cpd:sessions")))
    assert "Half-term" in shown
    assert "Later" not in shown


def test_a_list_says_of_each_queue_what_the_rule_says(cast: Cast, session: Session) -> None:
    """Full and empty, with shares, with parties, with cancelled turns; for somebody with a place, waiting, or not booked."""
    people: dict[Organisation, list[User]] = {
        school: [UserFactory() for _ in range(6)] for school in (cast.junior, cast.secondary)
    }
    dice, today = random.Random(4), timezone.localdate()
    sessions = [session]
    for number, (cap, party) in enumerate(
        ((None, False), (None, False), (2, False), (None, True), (2, True))
    ):
        each = SessionFactory(
            programme=session.programme,
            starts_at=session.starts_at + timedelta(days=number + 1),
            opens_at=session.opens_at,
            capacity=4,
            share_cap=cap,
            share_until=today + timedelta(days=3) if cap else None,
        )
        sessions.append(each)
        for index in range(12):
            school = dice.choice(list(people))
            there = {booking.person_id for booking in each.bookings.all()}
            person = next((one for one in people[school] if one.pk not in there), None)
            if person is not None:
                BookingFactory(
                    session=each,
                    person=person,
                    organisation=school,
                    party=uuid.UUID(int=index // 3) if party else None,
                    together=party,
                    cancelled_at=timezone.now() if dice.random() < 0.3 else None,
                )
    rows = Booking.objects.filter(session__in=sessions)
    queues = queues_of(sessions, rows, today=today)
    assert any(queue.waiting for queue in queues.values())
    for school, members in people.items():
        for who in [*members, cast.head]:
            seen = seen_in(sessions, rows, who.pk, [school.pk], today=today)
            assert seen == {pk: queue.seen_by(who.pk, [school.pk]) for pk, queue in queues.items()}
