"""Registers: a tick is kept once, the later one stands, and nobody marks whose register it is not."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, connection, connections
from django.utils import timezone

from cpd.actions import register as acts
from cpd.actions.booking import Refused
from cpd.enums import Came, SessionState, Stood
from cpd.models import Attendance, Booking, Programme, Session
from cpd.queries import register as read
from cpd.rules.register import Tick, bounded, in_the_room, opens
from partnership.access import rls
from partnership.accounts.models import User
from partnership.audit.models import Event
from schools.enums import Role
from tests.cast import CANARY, Cast
from tests.factories.cpd import AttendanceFactory, BookingFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import PostFactory, UserFactory


def at(minutes: float) -> datetime:
    """So many minutes ago."""
    return timezone.now() - timedelta(minutes=minutes)


@pytest.fixture
def leader(cast: Cast) -> User:
    """Somebody with an account and no post in the partnership, as an educational psychologist who comes to speak."""
    made: User = UserFactory(name="Miriam Kane")
    PostFactory(user=made, role=Role.COMMUNITY_PARTNER, organisation=cast.trust)
    return made


@pytest.fixture
def session(cast: Cast, leader: User) -> Session:
    """Begun twenty minutes ago, two places; three are booked, a fourth cancelled."""
    now = timezone.now()
    made: Session = SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster, title="Calm after break"),
        starts_at=now - timedelta(minutes=20),
        opens_at=now - timedelta(days=9),
        closes_at=now - timedelta(hours=4),
        facilitator=leader,
        capacity=2,
    )
    for person, school in (
        (cast.support_staff, cast.junior),
        (cast.senco, cast.junior),
        (cast.next_support_staff, cast.secondary),
    ):
        BookingFactory(session=made, person=person, organisation=school)
    BookingFactory(
        session=made, person=cast.other_support_staff, organisation=cast.other_junior,
        cancelled_at=now, cancelled_by=cast.other_support_staff,
    )  # fmt: skip
    return made


def take(who: User, session: Session, *ticks: Tick, mfa: bool = False) -> acts.Outcome:
    """As the app, with the reach of this person, by default without a second factor."""
    with rls.acting_as(who.pk, mfa=mfa) as viewer:
        return acts.take(session, ticks, by=viewer, at=timezone.now())


def tick(person: User, came: Came, ago: float = 1) -> Tick:
    return Tick(id=uuid.uuid4(), came=came, at=at(ago), person_id=person.pk)


def named(
    name: str, school: object, came: Came = Came.PRESENT, ago: float = 1, id: uuid.UUID | None = None
) -> Tick:
    return Tick(id=id or uuid.uuid4(), came=came, at=at(ago), name=name, organisation_id=school.pk)  # type: ignore[attr-defined]


class TestRules:
    def test_it_opens_on_the_day_and_stays_open(self) -> None:
        day = datetime(2026, 11, 20, tzinfo=UTC).date()
        assert not opens(day=day, today=day - timedelta(days=1))
        assert opens(day=day, today=day)
        assert opens(day=day, today=day + timedelta(days=90))

    def test_a_wrong_clock_is_bounded(self) -> None:
        first, now = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 20, 16, tzinfo=UTC)
        assert bounded(now + timedelta(days=1), first=first, now=now) == now
        assert bounded(first - timedelta(days=400), first=first, now=now) == first
        assert bounded(now - timedelta(minutes=1), first=first, now=now) == now - timedelta(minutes=1)

    def test_seats(self) -> None:
        def line(stood: Stood, came: str) -> read.Line:
            return read.Line(uuid.uuid4(), None, "A", uuid.uuid4(), "B", stood, came)

        taken = [
            line(Stood.PLACED, ""),
            line(Stood.PLACED, Came.LATE),
            line(Stood.WALKED_IN, Came.LEFT_EARLY),
        ]
        free = [line(Stood.PLACED, Came.ABSENT), line(Stood.WAITING, ""), line(Stood.CANCELLED, "")]
        assert in_the_room([*taken, *free]) == 3


@pytest.mark.django_db
class TestTicks:
    def test_who_leads_it_marks_without_a_second_factor(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        outcome = take(leader, session, tick(cast.support_staff, Came.LATE), tick(cast.senco, Came.ABSENT))
        assert (outcome.new, outcome.refused) == (2, {})
        row = Attendance.objects.get(person=cast.support_staff)
        assert (row.came, row.by, row.walked_in) == (Came.LATE, leader, False)
        assert (row.partnership_id, row.organisation_id) == (cast.cluster.pk, cast.junior.pk)

    def test_the_same_batch_twice_is_once(self, cast: Cast, session: Session, leader: User) -> None:
        batch = [tick(cast.support_staff, Came.PRESENT), named("Ada Brown", cast.junior)]
        take(leader, session, *batch)
        again = take(leader, session, *batch)
        assert (again.new, again.changed, again.refused) == (0, 0, {})
        assert Attendance.objects.count() == 2
        assert Event.objects.filter(kind__startswith="register.").count() == 1

    def test_the_later_tick_stands_in_whatever_order_they_come(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        take(leader, session, tick(cast.senco, Came.LATE, ago=3))
        take(leader, session, tick(cast.senco, Came.ABSENT, ago=9))
        assert Attendance.objects.get().came == Came.LATE
        take(leader, session, tick(cast.senco, Came.LEFT_EARLY, ago=1), tick(cast.senco, Came.PRESENT, ago=2))
        assert Attendance.objects.get().came == Came.LEFT_EARLY

    def test_said_again_later_it_outlives_what_was_said_between(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        take(leader, session, tick(cast.senco, Came.PRESENT, ago=9), tick(cast.senco, Came.PRESENT, ago=3))
        take(cast.coordinator, session, tick(cast.senco, Came.ABSENT, ago=5), mfa=True)
        assert Attendance.objects.get().came == Came.PRESENT

    def test_two_takers_and_the_audit_says_who_changed_what(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        take(leader, session, tick(cast.senco, Came.ABSENT, ago=9))
        take(cast.coordinator, session, tick(cast.senco, Came.LATE, ago=2), mfa=True)
        row = Attendance.objects.get()
        assert (row.came, row.by) == (Came.LATE, cast.coordinator)
        event = Event.objects.get(kind="register.corrected")
        assert (event.actor_id, event.subject_id) == (cast.coordinator.pk, session.pk)
        assert event.facts == {str(cast.senco.pk): ["absent", "late"]}

    def test_a_clock_that_is_ahead_counts_from_now_and_says_so(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        outcome = take(leader, session, tick(cast.senco, Came.PRESENT, ago=-60 * 24))
        assert outcome.notes == [acts.CLOCK]
        assert Attendance.objects.get().at <= timezone.now()
        early = take(leader, session, tick(cast.support_staff, Came.PRESENT, ago=60 * 24 * 30))
        assert early.notes == [acts.CLOCK]
        assert timezone.localdate(Attendance.objects.get(person=cast.support_staff).at) == timezone.localdate(
            session.starts_at
        )

    @pytest.mark.parametrize("state", [SessionState.DRAFT, SessionState.CALLED_OFF])
    def test_there_is_no_register_of_what_is_not_offered(
        self, cast: Cast, session: Session, leader: User, state: SessionState
    ) -> None:
        Session.objects.filter(pk=session.pk).update(state=state)
        session.refresh_from_db()
        with pytest.raises(Refused):
            take(leader, session, tick(cast.senco, Came.PRESENT))
        assert not Attendance.objects.exists()

    def test_nor_before_the_day(self, cast: Cast, session: Session, leader: User) -> None:
        tomorrow = timezone.now() + timedelta(days=1)
        Session.objects.filter(pk=session.pk).update(
            starts_at=tomorrow, ends_at=tomorrow + timedelta(hours=1)
        )
        session.refresh_from_db()
        with pytest.raises(Refused, match="opens on the day"):
            take(leader, session, tick(cast.senco, Came.PRESENT))


@pytest.mark.django_db
class TestWalkIns:
    def test_somebody_new_by_name_and_school(self, cast: Cast, session: Session, leader: User) -> None:
        take(leader, session, named("Ada Brown", cast.secondary))
        row = Attendance.objects.get()
        assert (row.name, row.person, row.walked_in, row.organisation) == (
            "Ada Brown", None, True, cast.secondary,
        )  # fmt: skip

    def test_two_phones_that_add_the_same_name_make_one_line(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        take(leader, session, named("Ada Brown", cast.secondary, ago=5))
        take(cast.coordinator, session, named("ada  BROWN", cast.secondary, Came.LATE, ago=2), mfa=True)
        take(leader, session, named("Ada Brown", cast.junior))
        assert sorted(Attendance.objects.values_list("organisation__name", "came")) == [
            ("Millbrook Junior School", "present"),
            ("Northfield School", "late"),
        ]

    def test_a_name_of_that_schools_staff_is_the_person(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        take(leader, session, named("next senco", cast.secondary), named("Support Staff", cast.junior))
        assert dict(Attendance.objects.values_list("person", "walked_in")) == {
            cast.next_senco.pk: True,
            cast.support_staff.pk: False,
        }

    def test_two_of_one_name_at_a_school_are_not_guessed_between(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        for _ in range(2):
            PostFactory(
                user=UserFactory(name="Jo Smith"), role=Role.SUPPORT_STAFF, organisation=cast.secondary
            )
        take(leader, session, named("Jo Smith", cast.secondary))
        assert Attendance.objects.get().person is None

    def test_who_cancelled_and_came_anyway(self, cast: Cast, session: Session, leader: User) -> None:
        take(leader, session, tick(cast.other_support_staff, Came.PRESENT))
        row = Attendance.objects.get()
        assert (row.walked_in, row.organisation) == (True, cast.other_junior)

    def test_nobody_of_another_partnership_and_no_school_of_one(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        wrong = [tick(cast.stranger_support_staff, Came.PRESENT), named("Ada Brown", cast.far_junior)]
        right = tick(cast.senco, Came.PRESENT)
        outcome = take(leader, session, *wrong, right)
        assert set(outcome.refused) == {each.id for each in wrong}
        assert Attendance.objects.get().person == cast.senco

    def test_an_id_of_another_register_changes_nothing_there(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        far = SessionFactory(
            programme=ProgrammeFactory(partnership=cast.far_cluster),
            facilitator=cast.stranger_head,
            starts_at=timezone.now() - timedelta(days=5),
            opens_at=timezone.now() - timedelta(days=9),
        )
        theirs = AttendanceFactory(
            session=far,
            person=cast.stranger_support_staff,
            organisation=cast.far_junior,
            by=cast.stranger_head,
        )
        outcome = take(leader, session, named("Ada Brown", cast.junior, Came.ABSENT, id=theirs.pk))
        assert outcome.refused == {theirs.pk: acts.TAKEN}
        theirs.refresh_from_db()
        assert (theirs.came, theirs.session) == (Came.PRESENT, far)

    def test_staff_are_found_by_the_beginning_of_a_name(self, cast: Cast, session: Session) -> None:
        PostFactory(
            user=UserFactory(name=f"Supporta {CANARY}"), role=Role.SUPPORT_STAFF, organisation=cast.far_junior
        )
        today = timezone.localdate()
        found = {each.name for each in read.staff_named(session, "supp", on=today)}
        assert found == {"Support Staff", "Next Support Staff", "Other Support Staff"}
        assert read.staff_named(session, "s", on=today) == []


@pytest.mark.django_db
class TestWhoMayNot:
    def test_nobody_marks_another_register(self, cast: Cast, session: Session) -> None:
        for stranger in (cast.support_staff, cast.head, cast.stranger_head):
            with pytest.raises(PermissionDenied):
                take(stranger, session, tick(cast.support_staff, Came.PRESENT))
        with pytest.raises(PermissionDenied):
            take(cast.far_coordinator, session, tick(cast.support_staff, Came.PRESENT), mfa=True)
        assert not Attendance.objects.exists()

    def test_the_database_alone_keeps_a_participant_from_marking(self, cast: Cast, session: Session) -> None:
        for stranger in (cast.support_staff, cast.stranger_head):
            with (
                pytest.raises(ProgrammingError, match="row-level security"),
                rls.acting_as(stranger.pk, mfa=True),
            ):
                AttendanceFactory(
                    session=session, person=cast.support_staff, organisation=cast.junior, by=stranger
                )
        assert not Attendance.objects.exists()

    def test_the_database_alone_shows_a_leader_what_they_lead_and_no_more(
        self, cast: Cast, session: Session, leader: User
    ) -> None:
        other = SessionFactory(
            programme=ProgrammeFactory(partnership=cast.cluster), facilitator=cast.stranger_head,
            starts_at=session.starts_at, opens_at=session.opens_at,
        )  # fmt: skip
        BookingFactory(session=other, person=cast.class_teacher, organisation=cast.junior)
        AttendanceFactory(session=other, person=cast.class_teacher, organisation=cast.junior, by=cast.head)
        with rls.acting_as(leader.pk, mfa=False):
            assert set(Booking.objects.values_list("session", flat=True)) == {session.pk}
            assert set(Programme.objects.values_list("pk", flat=True)) == {session.programme_id}
            assert not Attendance.objects.exists()
        with rls.acting_as(cast.stranger_support_staff.pk, mfa=False):
            assert not Booking.objects.exists()
            assert not Attendance.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("held", [True, False])
def test_phones_that_send_at_once_add_one_line(
    cast: Cast, session: Session, leader: User, held: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control is the second round: without the lock each of them adds its own, or breaks."""
    phones = 4
    start = threading.Barrier(phones)
    faults: list[str] = []
    if not held:
        monkeypatch.setattr("cpd.models.AttendanceQuerySet.hold", lambda self, session_id: None)
    real = acts.Book.keep

    def keep(book: acts.Book) -> None:
        if not held:
            start.wait(timeout=20)
        real(book)

    monkeypatch.setattr(acts.Book, "keep", keep)

    def send() -> None:
        try:
            if held:
                start.wait(timeout=20)
            outcome = take(leader, session, named("Ada Brown", cast.junior), tick(cast.senco, Came.PRESENT))
            faults.extend(outcome.refused.values())
        except Exception as fault:
            faults.append(str(fault))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(phones)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert bool(faults) is not held
    assert Attendance.objects.count() == 2
    connection.ensure_connection()
