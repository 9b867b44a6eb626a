"""The school's say in a booking: approval, paid hours, cover, and who is out."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpd.actions import booking as acts
from cpd.actions import releasing
from cpd.models import Booking, Release, SchoolRule, Session
from cpd.queries import release as queries
from cpd.queries.queue import queues_of
from partnership.access import rls
from partnership.accounts.models import User
from partnership.outbox.collect import generate
from partnership.outbox.models import Message
from partnership.outbox.reminders import kind_of
from partnership.outbox.wording import word
from schools.models import Organisation, Post, WorkingHours
from schools.queries.calendars import calendar_for
from schools.queries.working import in_term
from tests.cast import CANARY, Cast, SignIn
from tests.factories.cpd import BookingFactory, ProgrammeFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> Session:
    """On a Wednesday in term, 15:45 to 17:15."""
    now = timezone.localtime()
    day = now + timedelta(days=7 + (2 - now.weekday()) % 7)
    while not in_term(calendar_for(cast.junior.pk), day.date()):
        day += timedelta(days=7)
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster, title="Calm after break"),
        starts_at=timezone.make_aware(datetime.combine(day.date(), time(15, 45))),
        opens_at=now - timedelta(days=2),
        capacity=1,
    )


def out_page(school: Organisation, session: Session) -> str:
    """The page on the half-term of the session."""
    span = calendar_for(school.pk).half_term_at(timezone.localdate(session.starts_at))
    assert span is not None
    return f"{reverse('cpd:out')}?half_term={span.starts_on}"


def rule(school: Organisation, by: User, **values: Any) -> None:
    with rls.acting_as(by.pk) as viewer:
        given: dict[str, Any] = {"approval": False, "given": "", "remind_manager": False} | values
        releasing.set_rule(school.pk, by=viewer, at=timezone.now(), **given)


def book(user: User, session: Session, school: Organisation, *people: User) -> Booking:
    with rls.acting_as(user.pk, mfa=False) as viewer:
        ids = [each.pk for each in people or (user,)]
        acts.book(session, people=ids, organisation_id=school.pk, by=viewer, at=timezone.now())
    return Booking.objects.get(session=session, person=ids[0], cancelled_at=None)


def answer(user: User, booking: Booking, *, agreed: bool, words: str = "") -> None:
    with rls.acting_as(user.pk, mfa=False) as viewer:
        found = queries.find_release(viewer, booking.pk)
        assert found is not None
        releasing.answer(found, agreed=agreed, words=words, by=viewer, at=timezone.now())


def hours(user: User, starts: time = time(8, 30), ends: time = time(15, 30)) -> None:
    for weekday in range(1, 6):
        WorkingHours.objects.create(post=user.posts.get(), weekday=weekday, starts=starts, ends=ends)
    Post.objects.filter(user=user).update(hours_said_on=timezone.localdate())


def managed_by(person: User, manager: User) -> None:
    Post.objects.filter(user=person).update(line_manager=manager)


class TestApproval:
    def test_off_by_default_and_no_slower_than_before(self, cast: Cast, session: Session) -> None:
        with (
            CaptureQueriesContext(connection) as asked,
            rls.acting_as(cast.support_staff.pk, mfa=False) as viewer,
        ):
            before = len(asked)
            acts.book(
                session, people=[cast.support_staff.pk], organisation_id=cast.junior.pk,
                by=viewer, at=timezone.now(),
            )  # fmt: skip
            after = len(asked)
        assert not Release.objects.exists()
        assert after - before <= 12

    def test_it_waits_and_keeps_its_number_and_place(self, cast: Cast, session: Session) -> None:
        rule(cast.junior, cast.head, approval=True)
        with CaptureQueriesContext(connection) as asked:
            first = book(cast.support_staff, session, cast.junior)
        assert len([each for each in asked if "set_config" not in each["sql"]]) <= 24
        second = book(cast.next_support_staff, session, cast.secondary)
        queue = queues_of([session], Booking.objects.all(), today=timezone.localdate())[session.pk]
        assert queue.standing(first.pk).placed
        assert not queue.standing(second.pk).placed
        assert Release.objects.get().approval == "asked"
        assert Release.objects.get().person == cast.support_staff
        told = Message.objects.get(kind="cpd.approval_asked")
        assert told.recipient == cast.head

    def test_who_is_booked_by_the_office_or_lets_others_go_is_not_asked(
        self, cast: Cast, session: Session
    ) -> None:
        rule(cast.junior, cast.head, approval=True)
        book(cast.school_office, session, cast.junior, cast.support_staff)
        book(cast.deputy_head, session, cast.junior)
        assert not Release.objects.exists()

    def test_another_school_is_not_asked(self, cast: Cast, session: Session) -> None:
        rule(cast.secondary, cast.next_head, approval=True)
        book(cast.support_staff, session, cast.junior)
        assert not Release.objects.exists()

    def test_the_line_manager_says_yes_with_a_sentence(self, cast: Cast, session: Session) -> None:
        managed_by(cast.support_staff, cast.class_teacher)
        rule(cast.junior, cast.head, approval=True)
        booking = book(cast.support_staff, session, cast.junior)
        assert Message.objects.get(kind="cpd.approval_asked").recipient == cast.class_teacher
        answer(cast.class_teacher, booking, agreed=True, words="Enjoy it.")
        booking.refresh_from_db()
        assert booking.cancelled_at is None
        with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
            worded = word(list(Message.objects.filter(kind="cpd.answered")), viewer)
            assert worded[0].rendered is not None
            assert worded[0].rendered.subject == "Approved: “Calm after break”"
            assert "Enjoy it." in worded[0].rendered.line

    def test_no_gives_the_place_to_the_next_and_tells_the_reason(self, cast: Cast, session: Session) -> None:
        managed_by(cast.support_staff, cast.class_teacher)
        rule(cast.junior, cast.head, approval=True)
        first = book(cast.support_staff, session, cast.junior)
        second = book(cast.next_support_staff, session, cast.secondary)
        answer(cast.class_teacher, first, agreed=False, words="Year 6 has its play.")
        first.refresh_from_db()
        assert first.cancelled_by == cast.class_teacher
        assert not first.late
        queue = queues_of([session], Booking.objects.all(), today=timezone.localdate())[session.pk]
        assert queue.standing(second.pk).placed
        with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
            worded = word(list(Message.objects.filter(kind="cpd.answered")), viewer)
            assert worded[0].rendered is not None
            assert "Year 6 has its play." in worded[0].rendered.line

    @pytest.mark.parametrize(
        "who", ["support_staff", "school_office", "class_teacher", "next_head", "coordinator"]
    )
    def test_nobody_else_answers(self, cast: Cast, session: Session, who: str) -> None:
        rule(cast.junior, cast.head, approval=True)
        booking = book(cast.support_staff, session, cast.junior)
        release = Release.objects.select_related("post", "booking__session").get()
        with rls.acting_as(cast.people[who].pk) as viewer, pytest.raises(PermissionDenied):
            releasing.answer(release, agreed=False, words="No", by=viewer, at=timezone.now())
        booking.refresh_from_db()
        assert booking.cancelled_at is None

    def test_twice_is_refused_and_changes_nothing(self, cast: Cast, session: Session) -> None:
        rule(cast.junior, cast.head, approval=True)
        booking = book(cast.support_staff, session, cast.junior)
        with rls.acting_as(cast.head.pk) as viewer:
            stale = queries.find_release(viewer, booking.pk)
        answer(cast.head, booking, agreed=True)
        assert stale is not None
        with (
            rls.acting_as(cast.deputy_head.pk) as viewer,
            pytest.raises(releasing.Refused, match="a moment ago"),
        ):
            releasing.answer(stale, agreed=False, words="No", by=viewer, at=timezone.now())
        booking.refresh_from_db()
        assert booking.cancelled_at is None

    def test_a_colleague_who_comes_instead_is_asked_for_anew(self, cast: Cast, session: Session) -> None:
        rule(cast.junior, cast.head, approval=True)
        booking = book(cast.support_staff, session, cast.junior)
        answer(cast.head, booking, agreed=True)
        with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
            acts.pass_on(booking, to=cast.class_teacher.pk, by=viewer, at=timezone.now())
        release = Release.objects.get()
        assert (release.person, release.approval) == (cast.class_teacher, "asked")

    def test_the_database_lets_nobody_answer_for_themselves(self, cast: Cast, session: Session) -> None:
        rule(cast.junior, cast.head, approval=True)
        book(cast.support_staff, session, cast.junior)
        with rls.acting_as(cast.support_staff.pk, mfa=False):
            now = timezone.now()
            changed = Release.objects.update(
                approval="agreed", answered_by=cast.support_staff, answered_at=now
            )
        assert not changed
        assert Release.objects.get().approval == "asked"
        other = BookingFactory(
            session=Session.objects.get(), person=cast.class_teacher, organisation=cast.junior
        )
        theirs = Release(
            booking=other,
            person=cast.class_teacher,
            organisation=cast.junior,
            post=cast.class_teacher.posts.get(),
        )
        with (
            rls.acting_as(cast.support_staff.pk, mfa=False),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            Release.objects.bulk_create([theirs])
        with rls.acting_as(cast.next_support_staff.pk, mfa=False):
            assert not Release.objects.exists()
            assert not SchoolRule.objects.exists()


class TestPaidHours:
    def test_the_page_asks_once_and_then_says(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        address = reverse("cpd:session", args=[session.pk])
        assert "We do not know when you work" in client.get(address).content.decode()
        post = cast.support_staff.posts.get()
        hours_page = reverse("schools:hours", args=[post.pk])
        assert client.post(hours_page, {"usual": "none", "next": address}).headers["Location"] == address
        shown = client.get(address).content.decode()
        assert "We do not know when you work" not in shown
        assert "ask your school" in shown
        client.post(hours_page, {"usual": "day"})
        assert "1 hour 30 minutes outside your paid hours" in client.get(address).content.decode()
        client.post(hours_page, {"starts_3": "09:00", "ends_3": "17:30"})
        assert "Within your paid hours" in client.get(address).content.decode()

    def test_a_booking_is_agreed_once_the_school_has_said_what_it_gives(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        hours(cast.support_staff)
        booking = book(cast.support_staff, session, cast.junior)
        client = sign_in(cast.support_staff, mfa=False)
        address = reverse("cpd:session", args=[session.pk])
        assert "not agreed yet" in client.get(address).content.decode()
        office = sign_in(cast.school_office, mfa=False)
        office.post(reverse("cpd:release", args=[booking.pk]), {"given": "time_back", "cover": "Mrs Gill"})
        shown = client.get(address).content.decode()
        assert "not agreed yet" not in shown
        assert "come back as time off" in shown
        assert "Mrs Gill" not in shown

    def test_the_schools_rule_says_it_for_all(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        hours(cast.support_staff)
        rule(cast.junior, cast.head, given="paid")
        book(cast.support_staff, session, cast.junior)
        shown = sign_in(cast.support_staff, mfa=False).get(reverse("cpd:session", args=[session.pk]))
        assert "Your school says: the hours are paid" in shown.content.decode()
        assert "not agreed yet" not in shown.content.decode()


class TestWhoIsOut:
    def test_by_day_with_cover_and_sum(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        hours(cast.support_staff)
        booking = book(cast.support_staff, session, cast.junior)
        client = sign_in(cast.head)
        client.post(reverse("cpd:release", args=[booking.pk]), {"given": "", "cover": "Mrs Gill"})
        session.refresh_from_db()
        far = BookingFactory(
            session=session, person=cast.next_support_staff, organisation=cast.secondary, by=cast.next_head
        )
        User.objects.filter(pk=far.person_id).update(name=f"{CANARY} Elsewhere")
        shown = client.get(out_page(cast.junior, session)).content.decode()
        for said in (cast.support_staff.name, "Mrs Gill", "1 hour 30 minutes", "not said yet"):
            assert said in shown
        assert CANARY not in shown

    def test_the_home_page_counts_those_with_a_place(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        Session.objects.filter(pk=session.pk).update(capacity=2)
        book(cast.next_support_staff, session, cast.secondary)
        book(cast.support_staff, session, cast.junior)
        book(cast.class_teacher, session, cast.junior)
        soon = timezone.now() + timedelta(days=3)
        Session.objects.filter(pk=session.pk).update(
            starts_at=soon, ends_at=soon + timedelta(hours=1), closes_at=soon - timedelta(hours=1)
        )
        client = sign_in(cast.head)
        assert "1 colleague at “" in client.get("/").content.decode()
        Session.objects.filter(pk=session.pk).update(capacity=1)
        assert "Nobody of your school has a place" in client.get("/").content.decode()

    def test_the_home_page_asks_the_head(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        rule(cast.junior, cast.head, approval=True)
        booking = book(cast.support_staff, session, cast.junior)
        client = sign_in(cast.head)
        assert f"May {cast.support_staff.name} go to" in client.get("/").content.decode()
        address = reverse("cpd:release", args=[booking.pk])
        assert "Say in a sentence why not" in client.post(address, {"no": "1", "words": ""}).content.decode()
        client.post(address, {"yes": "1", "words": ""})
        assert Release.objects.get().approval == "agreed"
        assert f"May {cast.support_staff.name} go to" not in client.get("/").content.decode()

    def test_as_many_queries_for_one_as_for_many(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        client = sign_in(cast.head)

        def asked() -> int:
            with CaptureQueriesContext(connection) as found:
                assert client.get(out_page(cast.junior, session)).status_code == 200
            return len(found)

        Session.objects.filter(pk=session.pk).update(capacity=9)
        book(cast.support_staff, session, cast.junior)
        one = asked()
        for person in (cast.class_teacher, cast.senco, cast.dsl):
            hours(person)
            book(cast.school_office, session, cast.junior, person)
        assert asked() == one


class TestManagersAreReminded:
    @pytest.fixture
    def near(self, session: Session) -> Session:
        start = timezone.localtime() + timedelta(days=1)
        Session.objects.filter(pk=session.pk).update(
            starts_at=start, ends_at=start + timedelta(hours=1), closes_at=start - timedelta(hours=1)
        )
        session.refresh_from_db()
        return session

    def test_where_the_school_wants_it(self, cast: Cast, near: Session) -> None:
        managed_by(cast.support_staff, cast.class_teacher)
        book(cast.support_staff, near, cast.junior)
        kind = kind_of("cpd.staff_soon")
        generate(kind, today=timezone.localdate(), at=timezone.now())
        assert not Message.objects.filter(kind=kind.name).exists()
        rule(cast.junior, cast.head, remind_manager=True)
        generate(kind, today=timezone.localdate(), at=timezone.now())
        told = Message.objects.get(kind=kind.name)
        assert told.recipient == cast.class_teacher
        with rls.acting_as(cast.class_teacher.pk, mfa=False) as viewer:
            rendered = word([told], viewer)[0].rendered
        assert rendered is not None
        assert cast.support_staff.name in rendered.line
        Booking.objects.update(cancelled_at=timezone.now(), cancelled_by=cast.support_staff)
        with rls.acting_as(cast.class_teacher.pk, mfa=False) as viewer:
            assert word([told], viewer)[0].over
