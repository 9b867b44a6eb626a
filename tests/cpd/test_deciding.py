"""Go or no go, and what became of the queue last time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpd.models import Booking, Session
from cpd.reminders.days import due_decide
from partnership.accounts.models import User
from partnership.audit.models import Event
from partnership.outbox.collect import collect
from partnership.ui.morning import matters_for
from schools.models import Organisation
from schools.queries.viewers import viewer_for
from tests.cast import CANARY, Cast, SignIn
from tests.factories.cpd import BookingFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import PostFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> Session:
    now = timezone.now()
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster, title="Calm after break"),
        starts_at=now + timedelta(days=9),
        opens_at=now - timedelta(days=9),
        minimum=2,
        decide_on=timezone.localdate(now),
    )


def told() -> list[object]:
    return [each.recipient_id for each in due_decide(today=timezone.localdate())]


class TestGoOrNoGo:
    def test_the_coordinator_is_reminded_on_the_day_while_too_few_come(
        self, cast: Cast, session: Session
    ) -> None:
        assert told() == [cast.coordinator.pk]
        Session.objects.filter(pk=session.pk).update(decide_on=timezone.localdate() + timedelta(days=1))
        assert told() == []
        Session.objects.filter(pk=session.pk).update(decide_on=timezone.localdate() - timedelta(days=1))
        for person in (cast.senco, cast.support_staff):
            assert told() == [cast.coordinator.pk]
            BookingFactory(session=session, person=person, organisation=cast.junior)
        session.refresh_from_db()
        Session.objects.filter(pk=session.pk).update(decide_on=timezone.localdate())
        assert told() == []

    def test_those_in_the_queue_do_not_count(self, cast: Cast, session: Session) -> None:
        Session.objects.filter(pk=session.pk).update(capacity=1)
        for person in (cast.senco, cast.support_staff):
            BookingFactory(
                session=Session.objects.get(pk=session.pk), person=person, organisation=cast.junior
            )
        assert told() == [cast.coordinator.pk]

    def test_one_tap_to_go_ahead_is_recorded_and_ends_the_reminder(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        collect(at=timezone.now())
        client = sign_in(cast.coordinator)
        inbox = reverse("inbox:list")
        assert "Does “Calm after break” go ahead?" in client.get(inbox).content.decode()
        address, page = reverse("cpd:decide", args=[session.pk]), reverse("cpd:session", args=[session.pk])
        assert "0 people have a place; it goes ahead with at least 2" in client.get(address).content.decode()
        reader = sign_in(cast.support_staff, mfa=False)
        assert "decided on" in reader.get(page).content.decode()
        for _ in range(2):
            client.post(address)
        assert told() == []
        assert Event.objects.filter(kind="session.goes_ahead", subject_id=session.pk).count() == 1
        shown = reader.get(page).content.decode()
        assert "It goes ahead." in shown
        assert "decided on" not in shown
        assert "Does “Calm after break” go ahead?" not in client.get(inbox).content.decode()

    def test_it_stands_first_on_the_home_page_and_on_the_desk(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        far = ProgrammeFactory(partnership=cast.far_cluster, title=CANARY)
        SessionFactory(programme=far, starts_at=session.starts_at, minimum=2, decide_on=session.decide_on)
        BookingFactory(session=session, person=cast.senco, organisation=cast.junior)
        address = reverse("cpd:decide", args=[session.pk])
        client = sign_in(cast.coordinator)
        for page, said in (("/", "1 with a place, needs 2"), ("/admin/", "decide today")):
            shown = client.get(page).content.decode()
            assert f'href="{address}"' in shown, page
            assert said in shown, page
            assert CANARY not in shown, page
        viewer = viewer_for(user_id=cast.coordinator.pk, mfa=True)
        assert matters_for(viewer, timezone.now())[0].title == "Go or no go"
        assert address not in sign_in(cast.head).get("/").content.decode()
        client.post(address)
        for page in ("/", "/admin/"):
            assert address not in client.get(page).content.decode(), page

    def test_nobody_else_decides(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        address = reverse("cpd:decide", args=[session.pk])
        assert sign_in(cast.head).post(address).status_code == 403
        assert sign_in(cast.far_coordinator).post(address).status_code == 404
        session.refresh_from_db()
        assert session.goes_ahead_at is None


def staff(school: Organisation, number: int) -> list[User]:
    people: list[User] = [UserFactory() for _ in range(number)]
    for each in people:
        PostFactory(user=each, role="support_staff", organisation=school)
    return people


class TestLastTime:
    @pytest.fixture
    def last(self, cast: Cast, session: Session) -> Session:
        """Two places, four who waited; three cancelled in the end, so that the third in the queue got in."""
        now = timezone.now()
        made = SessionFactory(
            programme=session.programme, starts_at=now - timedelta(days=30), opens_at=now - timedelta(days=60),
            capacity=2,
        )  # fmt: skip
        booked = now - timedelta(days=50)
        for number, person in enumerate(staff(cast.junior, 6)):
            BookingFactory(
                session=made, person=person, organisation=cast.junior, waited=number >= 2,
                at=booked + timedelta(hours=number),
            )  # fmt: skip
        for number in (1, 2, 3):
            Booking.objects.filter(session=made, number=number).update(
                cancelled_at=now - timedelta(days=40), cancelled_by=cast.senco
            )
        return made

    def shown(self, cast: Cast, session: Session, sign_in: SignIn, *, waiting: bool = True) -> str:
        Session.objects.filter(pk=session.pk).update(capacity=1)
        if waiting:
            BookingFactory(
                session=Session.objects.get(pk=session.pk), person=cast.senco, organisation=cast.junior
            )
        BookingFactory(
            session=Session.objects.get(pk=session.pk), person=cast.support_staff, organisation=cast.junior
        )
        page = sign_in(cast.support_staff, mfa=False).get(reverse("cpd:session", args=[session.pk]))
        return page.content.decode()

    def test_the_third_got_in(self, cast: Cast, session: Session, last: Session, sign_in: SignIn) -> None:
        shown = self.shown(cast, session, sign_in)
        assert "1st in the queue" in shown
        assert "Last time the 3rd in the queue got in." in shown

    def test_whoever_left_before_one_joined_was_not_in_front(
        self, cast: Cast, session: Session, last: Session, sign_in: SignIn
    ) -> None:
        first_waiting = Booking.objects.get(session=last, number=3)
        Booking.objects.filter(pk=first_waiting.pk).update(
            cancelled_at=first_waiting.at + timedelta(minutes=5)
        )
        assert "Last time the 2nd in the queue got in." in self.shown(cast, session, sign_in)

    def test_nothing_is_said_without_a_last_time_or_a_queue(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        assert "Last time" not in self.shown(cast, session, sign_in)

    def test_not_to_who_has_a_place(
        self, cast: Cast, session: Session, last: Session, sign_in: SignIn
    ) -> None:
        assert "Last time" not in self.shown(cast, session, sign_in, waiting=False)


class TestYear:
    def test_six_half_terms_with_what_is_offered(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        SessionFactory(
            programme=ProgrammeFactory(partnership=cast.far_cluster, title=CANARY),
            starts_at=session.starts_at,
        )
        SessionFactory(
            programme=session.programme, title="A draft", state="draft", starts_at=session.starts_at
        )
        client = sign_in(cast.support_staff, mfa=False)
        response = client.get(reverse("cpd:year"))
        shown = response.content.decode()
        assert response.context["year"].blocks[0].name.startswith("Autumn")
        assert len(response.context["year"].blocks) == 6
        assert "Calm after break" in shown
        assert CANARY not in shown
        assert "A draft" not in shown
        assert client.get(reverse("cpd:year"), {"year": "nonsense"}).status_code == 200

    def test_as_many_statements_for_few_as_for_many(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        client = sign_in(cast.support_staff, mfa=False)

        def asked() -> int:
            client.get(reverse("cpd:year"))
            with CaptureQueriesContext(connection) as found:
                client.get(reverse("cpd:year"))
            return len(found)

        few = asked()
        for number in range(9):
            other = SessionFactory(
                programme=session.programme,
                starts_at=session.starts_at + timedelta(days=number),
                opens_at=session.opens_at,
            )
            BookingFactory(session=other, person=cast.senco, organisation=cast.junior)
        assert asked() == few


def test_materials_are_for_those_with_a_place(cast: Cast, session: Session, sign_in: SignIn) -> None:
    Session.objects.filter(pk=session.pk).update(materials="Slides: https://example.org/slides")
    client = sign_in(cast.support_staff, mfa=False)
    page = reverse("cpd:session", args=[session.pk])
    assert "example.org/slides" not in client.get(page).content.decode()
    client.post(reverse("cpd:book", args=[session.pk]))
    assert 'href="https://example.org/slides"' in client.get(page).content.decode()
