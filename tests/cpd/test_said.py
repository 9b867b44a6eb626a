"""What pages and messages say of places is true for the one who looks."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from cpd.actions import booking as acts
from cpd.actions.releasing import set_rule
from cpd.enums import SessionState
from cpd.filters import SessionFilter
from cpd.models import Booking, Session
from cpd.queries.offer import half_terms_of
from partnership.access import rls
from partnership.audit.models import Event
from schools.models import WorkingHours
from tests.cast import Cast, SignIn
from tests.factories.cpd import AttendanceFactory, BookingFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import PostFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> Session:
    now = timezone.now()
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster, title="Calm after break"),
        starts_at=now + timedelta(days=20),
        opens_at=now - timedelta(days=2),
        capacity=20,
    )


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def waiting_group(cast: Cast, session: Session) -> list[Booking]:
    """Three of the junior school who wait together, since its share has room for two."""
    session.share_cap, session.share_until = 3, timezone.localdate() + timedelta(days=5)
    BookingFactory(session=session, person=cast.head, organisation=cast.junior)
    party = ProgrammeFactory.build().pk
    people = [cast.senco, cast.class_teacher, UserFactory(name="Pat Third")]
    PostFactory(user=people[2], role="support_staff", organisation=cast.junior)
    return [
        BookingFactory(session=session, person=each, organisation=cast.junior, party=party, together=True)
        for each in people
    ]


class TestRoom:
    def test_a_group_of_another_school_stands_in_nobodys_way(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        waiting_group(cast, session)
        client = sign_in(cast.next_support_staff, mfa=False)
        assert "19 places left" in text(client.get(reverse("cpd:sessions")))
        page = text(client.get(reverse("cpd:session", args=[session.pk])))
        assert "19 places left" in page
        assert "Book my place" in page
        assert "Place 2 of 20" in text(client.post(reverse("cpd:book", args=[session.pk]), follow=True))

    def test_ones_own_school_waits_behind_its_group_and_reads_why(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        waiting_group(cast, session)
        client = sign_in(cast.support_staff, mfa=False)
        page = text(client.get(reverse("cpd:session", args=[session.pk])))
        assert "A group waits first" in page
        assert "Join the queue" in page
        page = text(client.post(reverse("cpd:book", args=[session.pk]), follow=True))
        assert "A group of your school waits for places before you." in page
        assert "has its share" not in page


class TestGroup:
    def test_waits_plainly_and_comes_separately_after_all(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        group = waiting_group(cast, session)
        client = sign_in(cast.school_office)
        page = text(client.get(reverse("cpd:session", args=[session.pk])))
        assert "1st in the queue, waiting together" in page
        assert "Separately 2 have a place at once and 1 waits." in page
        page = text(client.post(reverse("cpd:separate", args=[group[0].pk]), follow=True))
        assert "Place 3 of 20" in page
        assert "waiting together" not in page
        assert "Come separately" not in page
        assert Event.objects.filter(kind="booking.separated").count() == 1

    def test_never_takes_a_place_away(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        session.capacity = 2
        group = waiting_group(cast, session)
        BookingFactory(session=session, person=cast.next_support_staff, organisation=cast.secondary)
        client = sign_in(cast.school_office)
        page = text(client.get(reverse("cpd:session", args=[session.pk])))
        assert "They stay together" in page
        assert "Come separately" not in page
        client.post(reverse("cpd:separate", args=[group[0].pk]))
        assert Booking.objects.filter(together=True).count() == 3

    def test_the_office_of_another_school_finds_no_group(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        group = waiting_group(cast, session)
        client = sign_in(cast.next_school_office)
        assert client.post(reverse("cpd:separate", args=[group[0].pk])).status_code == 404
        assert Booking.objects.filter(together=True).count() == 3

    def test_who_books_reads_what_the_school_has_of_its_share(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        waiting_group(cast, session)
        page = text(sign_in(cast.school_office).get(reverse("cpd:book_people", args=[session.pk])))
        assert "19 places are free; your school has 1 of its 3 until" in page


class TestWhatCancellingMeans:
    def test_nobody_is_next_where_nobody_waits(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        client = sign_in(cast.support_staff, mfa=False)
        page = text(client.get(reverse("cpd:cancel", args=[held.pk])))
        assert "Nobody waits for the place" in page
        page = text(client.post(reverse("cpd:cancel", args=[held.pk]), follow=True))
        assert "Your booking is cancelled. The place is free again." in page

    def test_who_waits_gets_it(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        session.capacity = 1
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        BookingFactory(session=session, person=cast.senco, organisation=cast.junior)
        client = sign_in(cast.support_staff, mfa=False)
        assert "The place goes to whoever is next." in text(client.get(reverse("cpd:cancel", args=[held.pk])))
        page = text(client.post(reverse("cpd:cancel", args=[held.pk]), follow=True))
        assert "Whoever is next has the place and is told." in page

    def test_in_the_queue_one_leaves_the_queue(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        session.capacity = 1
        BookingFactory(session=session, person=cast.senco, organisation=cast.junior)
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        client = sign_in(cast.support_staff, mfa=False)
        page = text(client.get(reverse("cpd:session", args=[session.pk])))
        assert "Leave the queue" in page
        assert "Places are to be given back by" in page
        assert "Leave the queue?" in text(client.get(reverse("cpd:cancel", args=[held.pk])))
        page = text(client.post(reverse("cpd:cancel", args=[held.pk]), follow=True))
        assert "You have left the queue." in page

    def test_going_back_afterwards_says_so_but_to_no_stranger(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        address = reverse("cpd:cancel", args=[held.pk])
        client = sign_in(cast.support_staff, mfa=False)
        client.post(address)
        for again in (client.get(address, follow=True), client.post(address, follow=True)):
            assert again.redirect_chain[-1][0] == reverse("cpd:session", args=[session.pk])
            assert "You cancelled this already." in text(again)
        assert "This is cancelled already." in text(sign_in(cast.school_office).get(address, follow=True))
        for stranger in (cast.class_teacher, cast.next_school_office, cast.stranger_head):
            assert sign_in(stranger).get(address).status_code == 404


class TestPassingOn:
    def test_offers_nobody_who_is_booked_then(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        BookingFactory(session=session, person=cast.class_teacher, organisation=cast.junior)
        page = text(sign_in(cast.support_staff, mfa=False).get(reverse("cpd:pass_on", args=[held.pk])))
        assert str(cast.class_teacher.pk) not in page
        assert str(cast.senco.pk) in page
        assert "Your colleague then has place 1 of 20." in page


class TestInbox:
    @pytest.mark.parametrize(
        "change",
        [{"state": SessionState.CALLED_OFF}, {"starts_at": timezone.now() - timedelta(minutes=5)}],
    )
    def test_nobody_is_told_of_a_queue_that_is_no_more(
        self, cast: Cast, session: Session, sign_in: SignIn, change: dict[str, object]
    ) -> None:
        with rls.acting_as(cast.school_office.pk) as viewer:
            acts.book(
                session,
                people=[cast.support_staff.pk],
                organisation_id=cast.junior.pk,
                by=viewer,
                at=timezone.now(),
            )
        client = sign_in(cast.support_staff, mfa=False)
        assert "You are booked for" in text(client.get(reverse("inbox:list")))
        Session.objects.filter(pk=session.pk).update(
            closes_at=session.opens_at + timedelta(hours=1), **change
        )
        page = text(client.get(reverse("inbox:list")))
        assert "in the queue" not in page
        assert "You are booked for" not in page


class TestThePast:
    def test_nothing_of_it_reads_as_to_come(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        session.capacity = 2
        for person in (cast.support_staff, cast.class_teacher, cast.senco):
            BookingFactory(session=session, person=person, organisation=cast.junior)
        now = timezone.now()
        Session.objects.filter(pk=session.pk).update(
            starts_at=now - timedelta(hours=2),
            ends_at=now - timedelta(hours=1),
            opens_at=now - timedelta(days=9),
            closes_at=now - timedelta(days=1),
        )
        address, year = reverse("cpd:session", args=[session.pk]), reverse("cpd:year")
        for person, words in ((cast.support_staff, "You had a place"), (cast.senco, "Over")):
            client = sign_in(person)
            page = text(client.get(address))
            assert words in page
            for wrong in ("Place 1 of 2", "1st in the queue", "Cancel by", "Places are to be given back"):
                assert wrong not in page
        assert "You had a place" in text(sign_in(cast.support_staff).get(year))
        assert "year__mine" not in text(sign_in(cast.senco).get(year))
        AttendanceFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        for page in (address, year):
            assert "You were there" in text(sign_in(cast.support_staff).get(page))


class TestHome:
    def test_the_next_one_where_none_is_this_half_term(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        later = timezone.now() + timedelta(days=150)
        session.starts_at, session.ends_at = later, later + timedelta(hours=1)
        BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        page = text(sign_in(cast.support_staff, mfa=False).get(reverse("home")))
        assert "Your next CPD" in page
        assert "Calm after break" in page
        assert "Your CPD this half-term" not in page


class TestHoursAndCover:
    def test_the_schools_rule_is_what_is_chosen_and_back_leads_to_the_booking(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        start = timezone.localtime(session.starts_at)
        with rls.acting_as(cast.head.pk) as viewer:
            set_rule(
                cast.junior.pk,
                approval=False,
                given="time_back",
                remind_manager=False,
                by=viewer,
                at=timezone.now(),
            )
            spans = half_terms_of(viewer)
        span = next(each for each in spans if each.starts_on > start.date())
        session.starts_at = timezone.make_aware(datetime.combine(span.starts_on, time(18)))
        session.ends_at = session.starts_at + timedelta(hours=1)
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        hours = {"weekday": span.starts_on.isoweekday(), "starts": time(9), "ends": time(15)}
        WorkingHours.objects.create(post=cast.support_staff.posts.get(), **hours)
        client = sign_in(cast.school_office)
        address = reverse("cpd:release", args=[held.pk])
        page = text(client.get(address))
        assert "As your school’s rule says: the hours come back as time off" in page
        assert "Not said yet" not in page
        assert "Calm after break" in text(client.post(address, {"given": "", "cover": "Jo"}, follow=True))

    def test_a_name_too_long_is_said_in_our_words(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        held = BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        address = reverse("cpd:release", args=[held.pk])
        page = text(sign_in(cast.school_office).post(address, {"given": "", "cover": "x" * 163}))
        assert "Use 150 characters or fewer. There are 163." in page
        assert "Ensure this" not in page


def test_the_list_of_half_terms_begins_with_the_present_one(cast: Cast) -> None:
    with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
        spans = half_terms_of(viewer)
        found = SessionFilter(QueryDict(), viewer=viewer, now=timezone.now()).spans_by_use()
    today = timezone.localdate()
    over = [span for span in spans if span.ends_on < today]
    assert over, "old ones are there to be put last"
    assert found[0].ends_on >= today
    assert found[-len(over) :] == over[::-1]
    assert set(found) == set(spans)
