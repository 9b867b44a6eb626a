"""Calendar files, read by two parsers that share no code with what writes them: appear, move, vanish."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import Message as Mail
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject  # type: ignore[import-untyped]
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from ical.calendar_stream import IcsCalendarStream

from cpd.actions import booking as acts
from cpd.actions import keeping, releasing
from cpd.actions.feeds import make_feed
from cpd.enums import SessionState
from cpd.models import Booking, Feed, Release, Session
from partnership.access import rls
from partnership.accounts.entrance import close_account
from partnership.accounts.models import User
from partnership.outbox.collect import collect
from partnership.outbox.deliver import deliver
from schools.models import Organisation
from tests.cast import CANARY, Cast, SignIn
from tests.factories.cpd import BookingFactory, ProgrammeFactory, SessionFactory

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
TITLE = "Überall lesen; Würde, Mut und Geduld, auch für die langen Wörter, die niemand gern vorliest"


class Read:
    """One event as a parser has it."""

    def __init__(self, uid: str, title: str, start: datetime, where: str, status: str, sequence: int) -> None:
        self.uid, self.title, self.start, self.where = uid, title, start, where
        self.status, self.sequence = status, sequence

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Read) and vars(self) == vars(other)

    def __repr__(self) -> str:
        return str(vars(self))


def by_vobject(content: bytes) -> list[Read]:
    calendar = vobject.readOne(content.decode())
    return [
        Read(
            each.uid.value,
            each.summary.value,
            each.dtstart.value.replace(tzinfo=None),
            each.location.value,
            each.status.value,
            int(each.sequence.value),
        )
        for each in calendar.contents.get("vevent", [])
    ]


def by_ical(content: bytes) -> list[Read]:
    calendar = IcsCalendarStream.calendar_from_ics(content.decode())
    return [
        Read(
            each.uid,
            each.summary or "",
            each.start_datetime.astimezone(LONDON).replace(tzinfo=None),
            each.location or "",
            each.status.value if each.status else "",
            each.sequence or 0,
        )
        for each in calendar.events
    ]


def read(content: bytes) -> list[Read]:
    """As both parsers have it, which must agree; every line is short and ends as it must."""
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    first, second = by_vobject(content), by_ical(content)
    assert first == second
    return first


@pytest.fixture
def session(cast: Cast) -> Session:
    now = timezone.now()
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster, title=TITLE),
        starts_at=now + timedelta(days=20),
        opens_at=now - timedelta(days=2),
        venue=cast.secondary,
        room="Library, 2nd floor",
        capacity=1,
    )


def feed_of(user: User) -> Callable[[], Any]:
    with rls.acting_as(user.pk, mfa=False) as viewer:
        token = make_feed(by=viewer, at=timezone.now())
    address = reverse("cpd:own_calendar", args=[token])
    return lambda: Client().get(address)


def book(user: User, session: Session, school: Organisation) -> Booking:
    with rls.acting_as(user.pk, mfa=False) as viewer:
        outcome = acts.book(
            session, people=[user.pk], organisation_id=school.pk, by=viewer, at=timezone.now()
        )
    return outcome.made[0]


def cancel(user: User, booking: Booking) -> None:
    with rls.acting_as(user.pk, mfa=False) as viewer:
        acts.cancel(Booking.objects.get(pk=booking.pk), by=viewer, at=timezone.now())


def move(session: Session, cast: Cast) -> None:
    session.refresh_from_db()
    session.starts_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    session.revision += 1
    session.save()
    with rls.acting_as(cast.coordinator.pk):
        keeping.tell_moved(session, at=timezone.now())


def wall(moment: datetime) -> datetime:
    return moment.astimezone(LONDON).replace(tzinfo=None, microsecond=0)


class TestOwnFeed:
    def test_appears_moves_vanishes(self, cast: Cast, session: Session) -> None:
        ask = feed_of(cast.support_staff)
        assert read(ask().content) == []
        held = book(cast.support_staff, session, cast.junior)
        (first,) = read(ask().content)
        assert (first.title, first.where, first.status) == (
            TITLE,
            f"{cast.secondary.name}, Library, 2nd floor",
            "CONFIRMED",
        )
        assert first.start == wall(session.starts_at)
        move(session, cast)
        (moved,) = read(ask().content)
        assert moved.uid == first.uid
        assert moved.sequence > first.sequence
        assert moved.start == wall(session.starts_at)
        cancel(cast.support_staff, held)
        assert read(ask().content) == []

    def test_a_turn_in_the_queue_is_perhaps(self, cast: Cast, session: Session) -> None:
        before = book(cast.senco, session, cast.junior)
        book(cast.support_staff, session, cast.junior)
        ask = feed_of(cast.support_staff)
        (waiting,) = read(ask().content)
        assert waiting.title == f"In the queue: {TITLE}"
        assert waiting.status == "TENTATIVE"
        cancel(cast.senco, before)
        (placed,) = read(ask().content)
        assert (placed.title, placed.status) == (TITLE, "CONFIRMED")
        assert placed.sequence > waiting.sequence

    def test_called_off_stands_as_cancelled(self, cast: Cast, session: Session) -> None:
        book(cast.support_staff, session, cast.junior)
        ask = feed_of(cast.support_staff)
        (before,) = read(ask().content)
        session.refresh_from_db()
        with rls.acting_as(cast.coordinator.pk) as viewer:
            keeping.call_off(session, why="Snow.", by=viewer, at=timezone.now())
        (after,) = read(ask().content)
        assert (after.uid, after.status) == (before.uid, "CANCELLED")
        assert after.sequence > before.sequence

    def test_it_tells_of_nobody_else(self, cast: Cast, session: Session) -> None:
        Session.objects.filter(pk=session.pk).update(
            facilitator=cast.head, led_by="Dr Miriam Kane", capacity=5
        )
        session.refresh_from_db()
        book(cast.senco, session, cast.junior)
        other = SessionFactory(
            programme=ProgrammeFactory(partnership=cast.cluster, title="Not mine"), opens_at=session.opens_at
        )
        BookingFactory(session=other, person=cast.senco, organisation=cast.junior)
        book(cast.support_staff, session, cast.junior)
        text = feed_of(cast.support_staff)().content.decode().replace("\r\n ", "")
        assert "Place 2 of 5" in text
        for never in (cast.senco.name, cast.head.name, "Miriam", "Not mine", cast.support_staff.name):
            assert never not in text

    def test_the_same_places_make_the_same_bytes(self, cast: Cast, session: Session) -> None:
        book(cast.support_staff, session, cast.junior)
        ask = feed_of(cast.support_staff)
        assert ask().content == ask().content

    def test_as_many_statements_for_one_as_for_many(self, cast: Cast, session: Session) -> None:
        book(cast.support_staff, session, cast.junior)
        ask = feed_of(cast.support_staff)
        ask()
        with CaptureQueriesContext(connection) as few:
            ask()
        for number in range(8):
            other = SessionFactory(
                programme=session.programme,
                starts_at=session.starts_at + timedelta(days=number + 1),
                opens_at=session.opens_at,
            )
            BookingFactory(session=other, person=cast.support_staff, organisation=cast.junior)
        with CaptureQueriesContext(connection) as many:
            assert len(read(ask().content)) == 9
        assert len(many) == len(few)


class TestSecret:
    def test_shown_once_and_stored_hashed(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        address = reverse("cpd:my_calendar")
        shown = client.post(address)
        path = shown.context["address"].partition("/cpd/")[2]
        token = path.split("/")[1]
        assert len(token) >= 43  # 256 bits
        assert Feed.objects.get().token_hash == Feed.hashed(token)
        assert token not in client.get(address).content.decode()
        answer = Client().get(f"/cpd/{path}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "sessionid" not in answer.cookies

    def test_a_new_one_ends_the_old_one_and_stopping_ends_it(self, cast: Cast, sign_in: SignIn) -> None:
        first, second = feed_of(cast.support_staff), feed_of(cast.support_staff)
        assert first().status_code == 404
        assert second().status_code == 200
        sign_in(cast.senco).post(reverse("cpd:revoke_calendar"))
        assert second().status_code == 200
        sign_in(cast.support_staff, mfa=False).post(reverse("cpd:revoke_calendar"))
        assert second().status_code == 404

    def test_it_ends_with_the_account(self, cast: Cast) -> None:
        ask = feed_of(cast.support_staff)
        User.objects.filter(pk=cast.support_staff.pk).update(is_active=False)
        assert ask().status_code == 404
        User.objects.filter(pk=cast.support_staff.pk).update(is_active=True)
        assert ask().status_code == 200
        with rls.acting_as(cast.head.pk):
            close_account(User.objects.get(pk=cast.support_staff.pk))
        assert ask().status_code == 404
        assert not Feed.objects.exists()

    def test_it_ends_with_the_last_post(self, cast: Cast, session: Session) -> None:
        book(cast.support_staff, session, cast.junior)
        ask = feed_of(cast.support_staff)
        cast.support_staff.posts.update(ends_on=timezone.localdate() - timedelta(days=1))
        assert ask().status_code == 404

    def test_asked_too_often(self, cast: Cast, settings: Any) -> None:
        settings.CALENDAR_LIMITS = {**settings.CALENDAR_LIMITS, "calendar": "2/h/key"}
        ask, other = feed_of(cast.support_staff), feed_of(cast.senco)
        assert [ask().status_code for _ in range(3)] == [200, 200, 429]
        assert other().status_code == 200

    def test_the_database_alone_keeps_feeds_apart(self, cast: Cast) -> None:
        feed_of(cast.support_staff)
        with rls.acting_as(cast.head.pk):
            assert not Feed.objects.filter(person=cast.support_staff).exists()
            assert not Feed.objects.filter(person=cast.support_staff).update(token_hash="known")
        with rls.nobody(), rls.widened(feed="0" * 64):
            assert not Feed.objects.filter(person=cast.support_staff).exists()


class TestPublicFeed:
    def ask(self, partnership: Organisation) -> Any:
        return Client().get(reverse("cpd:public_calendar", args=[partnership.pk]))

    def test_what_when_where_for_whom(self, cast: Cast, session: Session) -> None:
        Session.objects.filter(pk=session.pk).update(facilitator=cast.head, led_by="Dr Kane")
        BookingFactory(
            session=Session.objects.get(pk=session.pk), person=cast.senco, organisation=cast.junior
        )
        SessionFactory(
            programme=session.programme, starts_at=session.starts_at, title="Draft", state=SessionState.DRAFT
        )
        SessionFactory(
            programme=ProgrammeFactory(partnership=cast.far_cluster, title=CANARY),
            starts_at=session.starts_at,
        )
        answer = self.ask(cast.cluster)
        (only,) = read(answer.content)
        assert (only.title, only.where) == (TITLE, cast.secondary.name)
        text = answer.content.decode().replace("\r\n ", "")
        assert session.programme.audience in text
        for never in (
            cast.head.name,
            cast.senco.name,
            "Dr Kane",
            "Library",
            "Draft",
            CANARY,
            cast.junior.name,
        ):
            assert never not in text

    def test_moves_and_vanishes(self, cast: Cast, session: Session) -> None:
        (first,) = read(self.ask(cast.cluster).content)
        move(session, cast)
        (moved,) = read(self.ask(cast.cluster).content)
        assert (moved.uid, moved.start) == (first.uid, wall(session.starts_at))
        assert moved.sequence > first.sequence
        with rls.acting_as(cast.coordinator.pk) as viewer:
            keeping.call_off(session, why="Snow.", by=viewer, at=timezone.now())
        (off,) = read(self.ask(cast.cluster).content)
        assert (off.uid, off.status) == (first.uid, "CANCELLED")

    def test_what_is_no_partnership_has_none(self, cast: Cast) -> None:
        assert self.ask(cast.junior).status_code == 404
        assert Client().get(reverse("cpd:public_calendar", args=[uuid.uuid4()])).status_code == 404

    @pytest.mark.parametrize(
        ("day", "offset"), [((2027, 3, 26), 0), ((2027, 3, 30), 1), ((2026, 10, 23), 1), ((2026, 10, 27), 0)]
    )
    def test_the_hour_on_the_wall_before_and_after_the_clocks_change(
        self, cast: Cast, session: Session, day: tuple[int, int, int], offset: int
    ) -> None:
        start = datetime(*day, 15, 45, tzinfo=LONDON)
        Session.objects.filter(pk=session.pk).update(
            starts_at=start, ends_at=start + timedelta(hours=1), opens_at=start - timedelta(days=9),
            closes_at=start - timedelta(days=1),
        )  # fmt: skip
        content = self.ask(cast.cluster).content
        (only,) = read(content)
        assert only.start == start.replace(tzinfo=None)
        event = vobject.readOne(content.decode()).vevent
        assert event.dtstart.value.utcoffset() == timedelta(hours=offset)
        (other,) = IcsCalendarStream.calendar_from_ics(content.decode()).events
        assert other.dtstart.utcoffset() == timedelta(hours=offset)


def sent_to(user: User) -> list[tuple[str, bytes]]:
    """The calendar files of the mails to one person, with what each asks for, in the order they went out."""
    collect(at=timezone.now())
    deliver()
    found = []
    for each in mail.outbox:
        message: Mail = each.message()
        if user.email in each.to:
            for part in message.walk():
                if part.get_content_type() == "text/calendar":
                    content = part.get_payload(decode=True)
                    assert isinstance(content, bytes)
                    found.append(
                        (
                            str(part.get_param("method")),
                            content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
                        )
                    )
    return found


class TestMail:
    @pytest.fixture(autouse=True)
    def any_hour(self, settings: Any) -> None:
        settings.OUTBOX_MAIL_HOURS = "always"

    def test_appears_moves_vanishes(self, cast: Cast, session: Session) -> None:
        held = book(cast.support_staff, session, cast.junior)
        sent_to(cast.support_staff)
        move(session, cast)
        sent_to(cast.support_staff)
        cancel(cast.support_staff, held)
        files = sent_to(cast.support_staff)
        assert [method for method, _ in files] == ["REQUEST", "REQUEST", "CANCEL"]
        (made,), (moved,), (gone,) = (read(content) for _, content in files)
        assert made.uid == moved.uid == gone.uid
        assert made.sequence < moved.sequence < gone.sequence
        assert moved.start == wall(session.starts_at) != made.start
        assert (made.status, moved.status, gone.status) == ("CONFIRMED", "CONFIRMED", "CANCELLED")
        for _, content in files:
            text = content.decode().replace("\r\n ", "")
            assert f"mailto:{cast.support_staff.email}" in text
            assert "ORGANIZER" in text

    def test_the_mail_and_the_feed_speak_of_one_event(self, cast: Cast, session: Session) -> None:
        book(cast.support_staff, session, cast.junior)
        ((_, content),) = sent_to(cast.support_staff)
        assert read(content) == read(feed_of(cast.support_staff)().content)

    def test_called_off_vanishes(self, cast: Cast, session: Session) -> None:
        book(cast.support_staff, session, cast.junior)
        sent_to(cast.support_staff)
        session.refresh_from_db()
        with rls.acting_as(cast.coordinator.pk) as viewer:
            keeping.call_off(session, why="Snow.", by=viewer, at=timezone.now())
        files = sent_to(cast.support_staff)
        assert [method for method, _ in files] == ["REQUEST", "CANCEL"]
        (made,), (gone,) = (read(content) for _, content in files)
        assert gone.uid == made.uid
        assert gone.sequence > made.sequence

    def test_from_the_queue_to_a_place(self, cast: Cast, session: Session) -> None:
        before = book(cast.senco, session, cast.junior)
        book(cast.support_staff, session, cast.junior)
        sent_to(cast.support_staff)
        cancel(cast.senco, before)
        files = sent_to(cast.support_staff)
        (waits,), (placed,) = (read(content) for _, content in files)
        assert (waits.status, placed.status) == ("TENTATIVE", "CONFIRMED")
        assert placed.sequence > waits.sequence

    def test_what_the_school_does_not_approve_vanishes(self, cast: Cast, session: Session) -> None:
        with rls.acting_as(cast.head.pk) as viewer:
            releasing.set_rule(
                cast.junior.pk, approval=True, given="", remind_manager=False, by=viewer, at=timezone.now()
            )
        held = book(cast.support_staff, session, cast.junior)
        sent_to(cast.support_staff)
        with rls.acting_as(cast.head.pk) as viewer:
            release = Release.objects.select_related("booking__session").get(booking=held)
            releasing.answer(release, agreed=False, words="No cover.", by=viewer, at=timezone.now())
        files = sent_to(cast.support_staff)
        assert [method for method, _ in files] == ["REQUEST", "CANCEL"]
        (made,), (gone,) = (read(content) for _, content in files)
        assert gone.uid == made.uid
        assert gone.sequence > made.sequence

    def test_passed_on_and_back_again(self, cast: Cast, session: Session) -> None:
        """It vanishes for one and appears for the other, and comes back by a higher number."""
        held = book(cast.support_staff, session, cast.junior)
        people = (cast.support_staff, cast.class_teacher)
        for giver, taker in (people, people[::-1]):
            sent_to(giver)
            with rls.acting_as(giver.pk, mfa=False) as viewer:
                acts.pass_on(Booking.objects.get(pk=held.pk), to=taker.pk, by=viewer, at=timezone.now())
        files = sent_to(cast.support_staff)
        assert files[0][0] == "REQUEST"
        assert files[-1][0] == "REQUEST"
        assert read(files[-1][1])[0].sequence > read(files[0][1])[0].sequence


def test_a_booked_session_as_a_file(cast: Cast, session: Session, sign_in: SignIn) -> None:
    client = sign_in(cast.support_staff, mfa=False)
    address = reverse("cpd:session_calendar", args=[session.pk])
    page = reverse("cpd:session", args=[session.pk])
    assert client.get(address).status_code == 404
    assert address not in client.get(page).content.decode()
    book(cast.support_staff, session, cast.junior)
    assert address in client.get(page).content.decode()
    (only,) = read(client.get(address).content)
    assert only.title == TITLE
    assert sign_in(cast.senco).get(address).status_code == 404
