"""When two have their ten minutes: at times the session has and both are free, never two at once, and never after a move."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpd.actions import booking, keeping
from cpd.actions.feeds import make_feed
from cpd.enums import SessionState, TalkState
from cpd.models import Booking, Programme, Session, Talk
from cpd.queries.told import told_of
from cpd.reminders.booking import talks_words
from cpd.rules.talks import TEN_MINUTES, free, times
from partnership.access import rls
from partnership.accounts.models import User
from partnership.outbox.models import Message
from tests.cast import Cast, Road, SignIn
from tests.cpd.talks import in_two_hours, name, pair
from tests.factories.cpd import BookingFactory, SessionFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 4, 12, tzinfo=UTC)


@pytest.fixture
def session(cast: Cast) -> Session:
    return in_two_hours(cast)


@pytest.fixture
def paired(cast: Cast, shared_road: Road) -> Road:
    return pair(cast, shared_road)


def talk(
    session: Session,
    one: User,
    other: User,
    starts_at: datetime | None = None,
    state: TalkState = TalkState.ASKED,
) -> Talk:
    begins = starts_at or session.ends_at
    return Talk.objects.create(
        session=session, asked_by=one, asked=other, time_by=one, state=state, at=timezone.now(),
        starts_at=begins, ends_at=begins + TEN_MINUTES,
    )  # fmt: skip


def page(sign_in: SignIn, person: User, session: Session) -> str:
    client = sign_in(person, mfa=False)
    return str(client.get(reverse("cpd:session", args=[session.pk])).content.decode())


def option(starts_at: datetime) -> str:
    return f'<option value="{starts_at.isoformat()}">'


def test_the_times_a_session_has() -> None:
    found = times(starts_at=NOON, ends_at=NOON + timedelta(hours=1), before=2, after=1)
    assert [f"{each:%H:%M}" for each in found] == ["11:40", "11:50", "13:00"]
    taken = [(NOON - timedelta(minutes=12), NOON - timedelta(minutes=10))]
    left = free(found, taken, now=NOON - timedelta(hours=1))
    assert [f"{each:%H:%M}" for each in left] == ["11:50", "13:00"], "what only touches is free"
    assert [f"{each:%H:%M}" for each in free(found, [], now=NOON)] == ["13:00"]


class TestChoosing:
    def test_the_programme_says_how_many(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        shown = page(sign_in, cast.support_staff, session)
        assert shown.count("<option") == 4
        assert option(session.starts_at - TEN_MINUTES) in shown
        Programme.objects.update(talks_before=0, talks_after=0)
        shown = page(sign_in, cast.support_staff, session)
        assert "no free time in common" in shown
        assert "<option" not in shown

    def test_what_either_has_already_is_not_offered(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        """The other's talk with a third, and a session of one's own right after. A declined talk takes nothing."""
        talk(session, cast.next_support_staff, cast.senco)
        talk(session, cast.support_staff, cast.dsl, session.starts_at - TEN_MINUTES, TalkState.DECLINED)
        after = SessionFactory(
            programme=session.programme,
            starts_at=session.ends_at + timedelta(minutes=25),
            opens_at=session.opens_at,
            closes_at=session.closes_at,
        )
        BookingFactory(session=after, person=cast.support_staff, organisation=cast.junior)
        shown = page(sign_in, cast.support_staff, session)
        assert option(session.ends_at) not in shown
        assert option(session.ends_at + 2 * TEN_MINUTES) not in shown
        assert option(session.ends_at + TEN_MINUTES) in shown
        assert option(session.starts_at - TEN_MINUTES) in shown
        assert cast.senco.name not in shown, "with whom stays theirs"
        client = sign_in(cast.support_staff, mfa=False)
        asked = {"to": str(cast.next_support_staff.pk)}
        address = reverse("cpd:offer_talk", args=[session.pk])
        for wrong in (
            session.ends_at.isoformat(),
            "tomorrow",
            "2026-13-45T00:00",
            "",
            f"{session.ends_at:%H:%M}",
        ):
            client.post(address, asked | {"time": wrong})
        assert not Talk.objects.filter(asked=cast.next_support_staff).exists()
        client.post(address, asked | {"time": (session.ends_at + TEN_MINUTES).isoformat()})
        assert Talk.objects.get(asked=cast.next_support_staff).starts_at == session.ends_at + TEN_MINUTES

    def test_another_time_goes_back_to_whoever_offered(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        made = talk(session, cast.support_staff, cast.next_support_staff)
        answer, later = reverse("cpd:answer_talk", args=[made.pk]), session.ends_at + TEN_MINUTES
        asked = sign_in(cast.next_support_staff, mfa=False)
        assert f"Yes, {timezone.localtime(made.starts_at):%H:%M}" in page(
            sign_in, cast.next_support_staff, session
        )
        asked.post(answer, {"answer": "time", "time": later.isoformat()})
        assert asked.post(answer, {"answer": "yes"}).status_code == 403, "one does not answer oneself"
        asked.post(answer, {"answer": "time", "time": session.ends_at.isoformat()})
        made.refresh_from_db()
        assert (made.state, made.starts_at, made.time_by) == (
            TalkState.ASKED,
            later,
            cast.next_support_staff,
        )
        told = Message.objects.get(kind="cpd.talk_offered")
        assert told.recipient == cast.support_staff
        first = sign_in(cast.support_staff, mfa=False)
        inbox = first.get(reverse("inbox:list")).content.decode()
        assert f"{cast.next_support_staff.name} offers you ten minutes" in inbox
        assert f"{timezone.localtime(later):%H:%M}" in inbox
        assert "Marsh" not in inbox
        first.post(answer, {"answer": "yes"})
        made.refresh_from_db()
        assert made.state == TalkState.AGREED
        for person in (cast.support_staff, cast.next_support_staff):
            shown = page(sign_in, person, session)
            assert f"<strong>{timezone.localtime(later):%H:%M} to" in shown
            assert "We have talked" not in shown

    def test_a_no_becomes_a_yes_only_while_the_time_is_free(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        made = talk(session, cast.support_staff, cast.next_support_staff, state=TalkState.DECLINED)
        talk(session, cast.support_staff, cast.dsl)
        client = sign_in(cast.next_support_staff, mfa=False)
        said = client.post(reverse("cpd:answer_talk", args=[made.pk]), {"answer": "yes"}, follow=True)
        assert "not free any more" in said.content.decode()
        made.refresh_from_db()
        assert made.state == TalkState.DECLINED

    def test_the_reminder_and_the_calendar_say_when(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        made = talk(session, cast.support_staff, cast.next_support_staff, state=TalkState.AGREED)
        with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
            token = make_feed(by=viewer, at=timezone.now())
        address = reverse("cpd:own_calendar", args=[token])
        kept = Client().get(address).content.decode()
        assert kept.count("BEGIN:VEVENT") == 2
        assert str(made.pk) in kept
        assert "Ten minutes with a colleague" in kept
        assert cast.next_support_staff.name not in kept
        mine = Booking.objects.get(person=cast.support_staff)
        with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
            said = talks_words(told_of(viewer, {mine.pk})[mine.pk], viewer)
        at = timezone.localtime(session.ends_at)
        assert said == f" Ten minutes with {cast.next_support_staff.name} at {at:%H:%M}."
        Talk.objects.update(state=TalkState.ASKED)
        assert Client().get(address).content.decode().count("BEGIN:VEVENT") == 1


class TestMoving:
    def agreed(self, cast: Cast, session: Session) -> Talk:
        return talk(session, cast.support_staff, cast.next_support_staff, state=TalkState.AGREED)

    def test_a_session_that_moves_takes_the_time_with_it(
        self, cast: Cast, session: Session, paired: Road, sign_in: SignIn
    ) -> None:
        """By somebody who sees no talk: the coordinator. What only touches the room changes nothing."""
        made = self.agreed(cast, session)
        with rls.acting_as(cast.coordinator.pk):
            assert not Talk.objects.exists()
            Session.objects.filter(pk=session.pk).update(room="Hall")
        made.refresh_from_db()
        assert made.state == TalkState.AGREED
        with rls.acting_as(cast.coordinator.pk):
            moved = Session.objects.select_related("programme").get(pk=session.pk)
            moved.starts_at += timedelta(days=1)
            moved.ends_at += timedelta(days=1)
            moved.revision += 1
            moved.save()
            keeping.tell_moved(moved, at=timezone.now())
            assert not Talk.objects.exists(), "and sees none afterwards"
        made.refresh_from_db()
        assert (made.state, made.starts_at) == (TalkState.ASKED, None)
        for person, other in (
            (cast.support_staff, cast.next_support_staff),
            (cast.next_support_staff, cast.support_staff),
        ):
            assert "Needs a new time" in page(sign_in, person, session)
            inbox = sign_in(person, mfa=False).get(reverse("inbox:list")).content.decode()
            assert f"Ten minutes with {other.name} need a new time." in inbox
        sign_in(cast.next_support_staff, mfa=False).post(
            reverse("cpd:answer_talk", args=[made.pk]), {"answer": "time", "time": moved.ends_at.isoformat()}
        )
        made.refresh_from_db()
        assert (made.starts_at, made.time_by) == (moved.ends_at, cast.next_support_staff)

    def test_called_off_it_takes_nobodys_time(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        made = self.agreed(cast, session)
        with rls.acting_as(cast.coordinator.pk) as viewer:
            kept = Session.objects.select_related("programme").get(pk=session.pk)
            keeping.call_off(kept, why="Flood", by=viewer, at=timezone.now())
        made.refresh_from_db()
        assert (made.state, made.starts_at) == (TalkState.ASKED, None)

    @pytest.mark.parametrize("way", ["cancel", "pass_on"])
    def test_whoever_comes_no_longer_takes_nobodys_time(self, cast: Cast, session: Session, way: str) -> None:
        """The office gives the place back: it sees no talk either. Others' talks stay."""
        made = self.agreed(cast, session)
        others = talk(session, cast.class_teacher, cast.next_class_teacher, state=TalkState.AGREED)
        with rls.acting_as(cast.school_office.pk) as viewer:
            mine = Booking.objects.select_related("session__programme").get(person=cast.support_staff)
            if way == "cancel":
                booking.cancel(mine, by=viewer, at=timezone.now())
            else:
                booking.pass_on(mine, to=cast.dsl.pk, by=viewer, at=timezone.now())
            assert not Talk.objects.exists()
        made.refresh_from_db()
        others.refresh_from_db()
        assert (made.state, made.starts_at) == (TalkState.ASKED, None)
        assert others.state == TalkState.AGREED


class TestWalls:
    def test_when_somebody_is_busy_is_read_for_those_asked_alone(self, cast: Cast, session: Session) -> None:
        made = talk(session, cast.next_support_staff, cast.senco)
        with rls.acting_as(cast.support_staff.pk, mfa=False):
            assert not Talk.objects.exists()
            with rls.widened(busy=rls.uuid_array([cast.senco.pk])):
                assert Talk.objects.get() == made
                assert not Talk.objects.filter(pk=made.pk).update(state=TalkState.DECLINED)
            with rls.widened(busy=rls.uuid_array([cast.class_teacher.pk])):
                assert not Talk.objects.exists()

    def test_a_time_can_only_be_taken_away_by_a_change_of_the_session(
        self, cast: Cast, session: Session
    ) -> None:
        made = talk(session, cast.support_staff, cast.next_support_staff)
        with rls.acting_as(cast.coordinator.pk), rls.widened(freed=rls.uuid_array([session.pk])):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Talk.objects.filter(pk=made.pk).update(state=TalkState.AGREED)
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                Talk.objects.filter(pk=made.pk).update(asked=cast.class_teacher)

    def test_nobody_offers_in_anothers_name(self, cast: Cast, session: Session) -> None:
        begins = session.ends_at
        facts = {
            "session": session, "asked_by": cast.support_staff, "asked": cast.next_support_staff, "at": timezone.now(),
            "starts_at": begins, "ends_at": begins + TEN_MINUTES,
        }  # fmt: skip
        with rls.acting_as(cast.support_staff.pk, mfa=False):
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Talk.objects.create(**facts, time_by=cast.next_support_staff)
            with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
                Talk.objects.create(
                    **facts | {"starts_at": None, "ends_at": None}, time_by=cast.support_staff
                )
            assert Talk.objects.create(**facts, time_by=cast.support_staff).pk


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("apart", [timedelta(minutes=5), TEN_MINUTES])
def test_two_who_ask_one_in_the_same_moment(cast: Cast, session: Session, apart: timedelta) -> None:
    """Two transactions, neither of which sees the other's talk, ask the same colleague for times that overlap: one of
    them is refused. Asked for times that only touch, as the control, both stand. Whoever is asked is in one column with the
    first and in the other with the second."""
    gate = threading.Barrier(2, timeout=60)
    outcomes: list[str] = []

    def ask(one: uuid.UUID, other: uuid.UUID, begins: datetime) -> None:
        try:
            with transaction.atomic():
                assert not Talk.objects.exists()
                gate.wait()
                Talk.objects.create(
                    session=session, asked_by_id=one, asked_id=other, time_by_id=one, at=timezone.now(),
                    starts_at=begins, ends_at=begins + TEN_MINUTES,
                )  # fmt: skip
        except IntegrityError as fault:
            outcomes.append("refused" if "talk_one_at_a_time" in str(fault) else str(fault))
        else:
            outcomes.append("stands")
        finally:
            connections.close_all()

    b = cast.next_support_staff.pk
    threads = [
        threading.Thread(target=ask, args=(cast.support_staff.pk, b, session.ends_at)),
        threading.Thread(target=ask, args=(b, cast.class_teacher.pk, session.ends_at + apart)),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    expected = ["refused", "stands"] if apart < TEN_MINUTES else ["stands", "stands"]
    assert sorted(outcomes) == expected


def test_talks_of_a_session_called_off_are_not_told(
    cast: Cast, session: Session, shared_road: Road, sign_in: SignIn
) -> None:
    name(shared_road, cast.senco, cast.support_staff)
    Session.objects.filter(pk=session.pk).update(state=SessionState.CALLED_OFF)
    assert "You share a child" not in page(sign_in, cast.support_staff, session)
