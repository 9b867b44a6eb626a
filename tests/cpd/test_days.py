"""Joint days: one workshop in each part, booked in one press, all or nothing."""

from __future__ import annotations

import threading
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpd.actions import days as acts
from cpd.enums import DayState, SessionState
from cpd.models import Booking, Day, Session
from cpd.models.days import on_day
from cpd.queries.queue import queues_of
from partnership.access import rls
from partnership.accounts.models import User
from partnership.outbox.models import Message
from schools.models import Organisation
from tests.cast import CANARY, Cast, SignIn
from tests.factories.cpd import BookingFactory, DayFactory, ProgrammeFactory, SessionFactory
from tests.factories.schools import PostFactory, UserFactory

pytestmark = pytest.mark.django_db

HOURS = (time(10), time(11, 30), time(14))


@pytest.fixture
def day(cast: Cast) -> Day:
    return lay(cast.cluster, "Learning together", each=2)


def lay(partnership: Organisation, title: str, *, each: int) -> Day:
    """A day three weeks from now: so many workshops in each of three parts, two places in each."""
    day = DayFactory(partnership=partnership, title=title)
    for hour in HOURS:
        for number in range(each):
            workshop(day, f"{title} {hour:%H} {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number]}", hour)
    return day


def workshop(day: Day, title: str, hour: time, **how: Any) -> Session:
    start = on_day(day.on, hour)
    how = {"capacity": 2, "room": title, **how}
    return SessionFactory(
        programme=ProgrammeFactory(partnership=day.partnership, title=title),
        day=day,
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        opens_at=day.opens_at,
        closes_at=day.closes_at,
        **how,
    )


def named(title: str) -> Session:
    return Session.objects.get(programme__title=title)


def fill(session: Session, cast: Cast) -> None:
    for person in (cast.senco, cast.class_teacher):
        BookingFactory(session=session, person=person, organisation=cast.junior)


def press(cast: Cast, sign_in: SignIn, day: Day, **choices: str) -> str:
    """Choose by title: first_1000="…"."""
    data = {key: str(named(title).pk) for key, title in choices.items()}
    address = reverse("cpd:choose_day", args=[day.pk])
    return str(sign_in(cast.support_staff, mfa=False).post(address, data, follow=True).content.decode())


def mine(user: User) -> set[str]:
    return {each.session.name for each in Booking.objects.live().filter(person=user)}


class TestChoose:
    def test_the_whole_day_in_one_press(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        wished = [f"{day.title} {hour} A" for hour in (10, 11, 14)]
        shown = press(cast, sign_in, day, first_1000=wished[0], first_1130=wished[1], first_1400=wished[2])
        assert mine(cast.support_staff) == set(wished)
        assert shown.count("You have a place in") == 3
        assert "Your day, from 09:00 to 15:30" in shown
        assert "Welcome in the hall" in shown

    def test_the_second_choice_where_the_first_is_full(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        full, other = named(f"{day.title} 10 A"), named(f"{day.title} 10 B")
        fill(full, cast)
        shown = press(cast, sign_in, day, first_1000=full.name, second_1000=other.name)
        assert "your second choice" in shown
        assert mine(cast.support_staff) == {other.name}
        full.refresh_from_db()
        assert full.last_number == 2, "no number of the full one was used up"

    def test_the_same_workshop_twice_is_refused_beside_the_field(
        self, cast: Cast, day: Day, sign_in: SignIn
    ) -> None:
        first = named(f"{day.title} 10 A")
        again = SessionFactory(
            programme=first.programme, day=day, starts_at=on_day(day.on, time(14)), ends_at=on_day(day.on, time(15)),
            opens_at=day.opens_at, closes_at=day.closes_at,
        )  # fmt: skip
        client = sign_in(cast.support_staff, mfa=False)
        address = reverse("cpd:choose_day", args=[day.pk])
        both = {"first_1000": str(first.pk), "first_1400": str(again.pk)}
        as_second = {"first_1400": str(named(f"{day.title} 14 A").pk), "second_1400": str(again.pk)}
        for data in (both, {**as_second, "first_1000": str(first.pk)}):
            shown = client.post(address, data).content.decode()
            assert "You have this workshop from 10:00 to 11:00. Choose another one." in shown
        assert not Booking.objects.exists()
        client.post(address, {"first_1000": str(first.pk)})
        assert (
            "You have this workshop" in client.post(address, {"first_1400": str(again.pk)}).content.decode()
        )
        assert mine(cast.support_staff) == {first.name}
        staff = sign_in(cast.school_office).post(
            reverse("cpd:day_school", args=[day.pk]), {**both, "everybody": "on"}
        )
        assert "You have this workshop" in staff.content.decode()

    def test_pressing_without_a_choice_says_so(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        assert "Choose a workshop for at least one part of the day." in press(cast, sign_in, day)
        press(cast, sign_in, day, first_1000=f"{day.title} 10 A")
        shown = press(cast, sign_in, day, first_1000=f"{day.title} 10 A")
        assert "Nothing is changed." in shown

    def test_the_list_says_when_all_are_chosen(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        assert "choose your workshops until" in client.get(reverse("cpd:sessions")).content.decode()
        wished = [f"{day.title} {hour} A" for hour in (10, 11, 14)]
        press(cast, sign_in, day, first_1000=wished[0], first_1130=wished[1], first_1400=wished[2])
        shown = client.get(reverse("cpd:sessions")).content.decode()
        assert "you have chosen your workshops" in shown
        assert "choose your workshops until" not in shown

    def test_without_a_second_choice_one_queues(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        full = named(f"{day.title} 10 A")
        fill(full, cast)
        assert "You are number 1 in its queue" in press(cast, sign_in, day, first_1000=full.name)
        assert mine(cast.support_staff) == {full.name}

    def test_both_full_is_the_queue_of_the_first(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        first, second = named(f"{day.title} 10 A"), named(f"{day.title} 10 B")
        fill(first, cast)
        Session.objects.filter(pk=second.pk).update(capacity=1)
        BookingFactory(
            session=named(second.name), person=cast.next_support_staff, organisation=cast.secondary
        )
        press(cast, sign_in, day, first_1000=first.name, second_1000=second.name)
        assert mine(cast.support_staff) == {first.name}

    def test_a_place_is_not_given_up_for_a_queue(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        held, full = named(f"{day.title} 10 B"), named(f"{day.title} 10 A")
        BookingFactory(session=held, person=cast.support_staff, organisation=cast.junior)
        fill(full, cast)
        assert "You keep your place" in press(cast, sign_in, day, first_1000=full.name)
        assert mine(cast.support_staff) == {held.name}

    def test_changing_ones_mind_gives_the_first_place_back(
        self, cast: Cast, day: Day, sign_in: SignIn
    ) -> None:
        press(cast, sign_in, day, first_1000=f"{day.title} 10 A")
        press(cast, sign_in, day, first_1000=f"{day.title} 10 B")
        assert mine(cast.support_staff) == {f"{day.title} 10 B"}
        press(cast, sign_in, day, first_1000=f"{day.title} 10 B")
        assert Booking.objects.count() == 2, "the same again changes nothing"

    def test_what_cannot_be_is_said_beside_its_part_and_nothing_is_half_done(
        self, cast: Cast, day: Day, sign_in: SignIn
    ) -> None:
        outside = SessionFactory(
            programme=ProgrammeFactory(partnership=cast.cluster, title="Elsewhere"),
            starts_at=on_day(day.on, time(11)),
            opens_at=day.opens_at,
        )
        BookingFactory(session=outside, person=cast.support_staff, organisation=cast.junior)
        address = reverse("cpd:choose_day", args=[day.pk])
        data = {
            f"first_{key}": str(named(f"{day.title} {hour} A").pk)
            for key, hour in (("1000", 10), ("1130", 11), ("1400", 14))
        }
        response = sign_in(cast.support_staff, mfa=False).post(address, data)
        errors = response.context["form"].errors
        assert list(errors) == ["first_1130"]
        assert "Elsewhere" in str(errors)
        assert mine(cast.support_staff) == {"Elsewhere"}
        assert not Message.objects.filter(kind="cpd.booked").exists()

    def test_a_second_choice_alone_or_twice_the_same(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        one = f"{day.title} 10 A"
        assert "would like first" in press(cast, sign_in, day, second_1000=one)
        assert "your first choice already" in press(cast, sign_in, day, first_1000=one, second_1000=one)
        assert not Booking.objects.exists()

    def test_a_workshop_of_another_day_is_no_choice(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        far = lay(cast.far_cluster, CANARY, each=1)
        assert CANARY not in press(cast, sign_in, day, first_1000=f"{CANARY} 10 A")
        assert not Booking.objects.exists()
        assert (
            sign_in(cast.support_staff, mfa=False).get(reverse("cpd:day", args=[far.pk])).status_code == 404
        )


class TestSeen:
    def test_a_plan_is_its_coordinators_alone(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        Day.objects.filter(pk=day.pk).update(state=DayState.DRAFT)
        address = reverse("cpd:day", args=[day.pk])
        assert sign_in(cast.support_staff, mfa=False).get(address).status_code == 404
        assert (
            day.title
            not in sign_in(cast.support_staff, mfa=False).get(reverse("cpd:sessions")).content.decode()
        )
        assert sign_in(cast.coordinator).get(address).status_code == 200

    def test_the_list_has_the_day_once_and_not_its_workshops(
        self, cast: Cast, day: Day, sign_in: SignIn
    ) -> None:
        shown = sign_in(cast.support_staff, mfa=False).get(reverse("cpd:sessions")).content.decode()
        assert shown.count(day.title) == 1

    def test_the_database_alone_keeps_it(self, cast: Cast, day: Day) -> None:
        with rls.acting_as(cast.stranger_support_staff.pk, mfa=False):
            assert not Day.objects.filter(pk=day.pk).exists()
        Day.objects.filter(pk=day.pk).update(state=DayState.DRAFT)
        with rls.acting_as(cast.support_staff.pk, mfa=False):
            assert not Day.objects.filter(pk=day.pk).exists()
            assert not Day.objects.filter(pk=day.pk).update(title="Mine")

    def test_a_workshop_and_its_day_are_one_partnerships(self, cast: Cast, day: Day) -> None:
        other = DayFactory(partnership=cast.far_cluster)
        Session.objects.filter(day=day).update(day=other)
        with pytest.raises(IntegrityError):
            connection.check_constraints()

    @pytest.mark.parametrize("page", ["cpd:day", "cpd:choose_day", "cpd:day_school"])
    def test_as_many_statements_for_forty_workshops(
        self, cast: Cast, day: Day, sign_in: SignIn, page: str
    ) -> None:
        client = sign_in(cast.school_office)

        def asked(of: Day) -> int:
            address = reverse(page, args=[of.pk])
            client.get(address)
            with CaptureQueriesContext(connection) as found:
                client.get(address)
            return len(found)

        few = asked(day)
        many = lay(cast.cluster, "Many", each=14)
        for session in Session.objects.filter(day=many):
            BookingFactory(session=session, person=cast.senco, organisation=cast.junior)
        assert asked(many) == few


class TestOffice:
    def test_asks_those_who_have_not_chosen(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        for hour in (10, 11, 14):
            BookingFactory(
                session=named(f"{day.title} {hour} A"), person=cast.senco, organisation=cast.junior
            )
        client = sign_in(cast.school_office)
        for _ in range(2):
            client.post(reverse("cpd:day_school", args=[day.pk]), {"ask": "1"})
        asked = set(Message.objects.filter(kind="cpd.day_asked").values_list("recipient", flat=True))
        assert cast.support_staff.pk in asked
        assert cast.senco.pk not in asked
        assert cast.next_support_staff.pk not in asked
        assert Message.objects.filter(kind="cpd.day_asked", recipient=cast.support_staff).count() == 1
        inbox = reverse("inbox:list")
        client = sign_in(cast.support_staff, mfa=False)
        assert "Choose your workshops for" in client.get(inbox).content.decode()
        press(
            cast,
            sign_in,
            day,
            **{
                f"first_{key}": f"{day.title} {hour} B"
                for key, hour in (("1000", 10), ("1130", 11), ("1400", 14))
            },
        )
        assert "Choose your workshops for" not in client.get(inbox).content.decode()

    def test_books_a_team_and_leaves_what_was_chosen(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        BookingFactory(
            session=named(f"{day.title} 10 B"), person=cast.class_teacher, organisation=cast.junior
        )
        people = [cast.support_staff, cast.class_teacher]
        shown = sign_in(cast.school_office).post(
            reverse("cpd:day_school", args=[day.pk]),
            {
                "people": [str(each.pk) for each in people],
                "first_1000": str(named(f"{day.title} 10 A").pk),
                "first_1130": str(named(f"{day.title} 11 A").pk),
            },
            follow=True,
        )
        assert mine(cast.support_staff) == {f"{day.title} 10 A", f"{day.title} 11 A"}
        assert mine(cast.class_teacher) == {f"{day.title} 10 B", f"{day.title} 11 A"}
        assert "2 colleagues are booked and all have a place" in shown.content.decode()

    def test_the_whole_school_in_one_press(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        Session.objects.filter(day=day).update(capacity=100)
        address = reverse("cpd:day_school", args=[day.pk])
        client = sign_in(cast.school_office)
        nobody = client.post(address, {"first_1000": str(named(f"{day.title} 10 A").pk)})
        assert "Tick at least one colleague." in nobody.content.decode()
        client.post(address, {"everybody": "on", "first_1000": str(named(f"{day.title} 10 A").pk)})
        booked = set(Booking.objects.live().values_list("person", flat=True))
        assert {cast.support_staff.pk, cast.head.pk, cast.senco.pk} <= booked
        assert cast.next_support_staff.pk not in booked

    def test_of_another_school_nobody_is_offered(self, cast: Cast, day: Day, sign_in: SignIn) -> None:
        shown = sign_in(cast.school_office).get(reverse("cpd:day_school", args=[day.pk])).content.decode()
        assert cast.support_staff.name in shown
        assert cast.next_support_staff.name not in shown
        sign_in(cast.school_office).post(
            reverse("cpd:day_school", args=[day.pk]),
            {"people": [str(cast.next_support_staff.pk)], "first_1000": str(named(f"{day.title} 10 A").pk)},
        )
        assert not Booking.objects.exists()


class TestDesk:
    """Coordinators plan the day and its workshops on one page of the admin."""

    def data(self, day: Day, *rows: dict[str, str]) -> dict[str, str]:
        opens, closes = (timezone.localtime(each) for each in (day.opens_at, day.closes_at))
        found = {
            "title": day.title, "on": f"{day.on:%Y-%m-%d}", "venue": str(day.venue_id or ""), "notes": "",
            "begins": "09:00", "ends": "15:30", "opening": "", "closing": "",
            "opens_at_0": f"{opens:%Y-%m-%d}", "opens_at_1": f"{opens:%H:%M:%S}",
            "closes_at_0": f"{closes:%Y-%m-%d}", "closes_at_1": f"{closes:%H:%M:%S}",
            "workshops-TOTAL_FORMS": str(len(rows)), "workshops-MIN_NUM_FORMS": "0", "workshops-MAX_NUM_FORMS": "1000",
            "workshops-INITIAL_FORMS": str(sum("id" in row for row in rows)),
        }  # fmt: skip
        for number, row in enumerate(rows):
            whole = {"title": "", "led_by": "", "facilitator": "", "day": str(day.pk), **row}
            found |= {f"workshops-{number}-{name}": value for name, value in whole.items()}
        return found

    def row(self, session: Session | None = None, **how: str) -> dict[str, str]:
        if session is None:
            return {"begins": "10:00", "ends": "11:00", "capacity": "20", **how}
        start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
        return {
            "id": str(session.pk), "programme": str(session.programme_id), "room": session.room,
            "begins": f"{start:%H:%M}", "ends": f"{end:%H:%M}", "capacity": str(session.capacity), **how,
        }  # fmt: skip

    @pytest.fixture
    def plan(self, cast: Cast) -> Day:
        return DayFactory(partnership=cast.cluster, venue=cast.secondary, state=DayState.DRAFT)

    def save(self, sign_in: SignIn, cast: Cast, day: Day, *rows: dict[str, str], **more: str) -> Any:
        address = reverse("admin:cpd_day_change", args=[day.pk])
        return sign_in(cast.coordinator).post(address, {**self.data(day, *rows), **more})

    def test_plan_offer_and_move(self, cast: Cast, plan: Day, sign_in: SignIn) -> None:
        programme = str(ProgrammeFactory(partnership=cast.cluster).pk)
        rows = [self.row(programme=programme, room=room) for room in ("Hall", "Library")]
        assert self.save(sign_in, cast, plan, *rows).status_code == 302
        hall = Session.objects.get(room="Hall")
        assert (hall.state, hall.venue, hall.opens_at) == (
            SessionState.DRAFT,
            cast.secondary,
            plan.opens_at,
        )
        assert timezone.localtime(hall.starts_at).replace(tzinfo=None) == datetime.combine(plan.on, time(10))
        sign_in(cast.coordinator).post(
            reverse("admin:cpd_day_changelist"), {"action": "offer_days", "_selected_action": [str(plan.pk)]}
        )
        plan.refresh_from_db()
        hall.refresh_from_db()
        assert (plan.state, hall.state) == (DayState.OFFERED, SessionState.OFFERED)
        BookingFactory(session=hall, person=cast.support_staff, organisation=cast.junior)
        library = Session.objects.get(room="Library")
        later = self.row(hall, begins="10:15", ends="11:15")
        assert self.save(sign_in, cast, plan, later, self.row(library)).status_code == 302
        hall.refresh_from_db()
        assert f"{timezone.localtime(hall.starts_at):%H:%M}" == "10:15"
        assert hall.revision == 1
        assert Message.objects.filter(kind="cpd.moved").count() == 1
        other = plan.on + timedelta(days=1)
        same = [self.row(each) for each in (hall, library)]
        assert self.save(sign_in, cast, plan, *same, on=f"{other:%Y-%m-%d}").status_code == 302
        hall.refresh_from_db()
        assert timezone.localdate(hall.starts_at) == other
        assert Message.objects.filter(kind="cpd.moved").count() == 2

    def test_a_room_twice_is_said_beside_the_row(self, cast: Cast, plan: Day, sign_in: SignIn) -> None:
        programme = str(ProgrammeFactory(partnership=cast.cluster).pk)
        rows = [self.row(programme=programme, room="Hall") for _ in range(2)]
        response = self.save(sign_in, cast, plan, *rows)
        assert "Another workshop has this room at that time." in response.content.decode()
        SessionFactory(
            programme=ProgrammeFactory(partnership=cast.cluster), venue=cast.secondary, room="Hall",
            starts_at=on_day(plan.on, time(10, 30)), opens_at=plan.opens_at,
        )  # fmt: skip
        response = self.save(sign_in, cast, plan, rows[0])
        assert "Another session has this room at that time: “Talking in threes" in response.content.decode()
        assert not Session.objects.filter(day=plan).exists()

    def test_another_partnerships_programme_is_refused(self, cast: Cast, plan: Day, sign_in: SignIn) -> None:
        far = ProgrammeFactory(partnership=cast.far_cluster, title=CANARY)
        response = self.save(sign_in, cast, plan, self.row(programme=str(far.pk), room="Hall"))
        assert response.status_code == 200
        assert CANARY not in response.content.decode()
        assert not Session.objects.filter(day=plan).exists()


def test_two_who_choose_at_once_never_wait_for_each_other(cast: Cast, day: Day) -> None:
    """Parts are taken in order of time, whatever order the form names them in."""
    wishes = {
        "late": acts.Wish(named(f"{day.title} 14 A")),
        "early": acts.Wish(named(f"{day.title} 10 A")),
    }
    with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
        got = acts.choose(wishes, organisation_id=cast.junior.pk, by=viewer, at=timezone.now())
    assert [each.session.name for each in got] == [f"{day.title} 10 A", f"{day.title} 14 A"]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_rush_for_the_day(cast: Cast, day: Day) -> None:
    """Eighteen press at once, half with the other wish first and the parts named in the other order: no one waits for
    ever, nobody is in two rooms, and no workshop has one too many."""
    people: list[User] = [UserFactory() for _ in range(18)]
    for each in people:
        PostFactory(user=each, role="support_staff", organisation=cast.junior)
    gate, faults = threading.Barrier(6), []

    def line(mine: list[User], *, turned: bool) -> None:
        pair = "BA" if turned else "AB"
        wishes = {
            str(hour): acts.Wish(*(named(f"{day.title} {hour} {letter}") for letter in pair))
            for hour in ((14, 11, 10) if turned else (10, 11, 14))
        }
        try:
            gate.wait()
            for person in mine:
                with rls.acting_as(person.pk, mfa=False) as viewer:
                    acts.choose(wishes, organisation_id=cast.junior.pk, by=viewer, at=timezone.now())
        except Exception as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=line, args=(people[n::6],), kwargs={"turned": bool(n % 2)}) for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, str(faults[0])
    assert Booking.objects.live().count() == len(people) * len(HOURS)
    for hour in HOURS:
        sessions = list(Session.objects.filter(day=day, starts_at=on_day(day.on, hour)))
        queues = queues_of(sessions, Booking.objects.filter(session__day=day), today=timezone.localdate())
        placed = [turn.person_id for queue in queues.values() for turn in queue.placed()]
        assert len(placed) == len(set(placed)) == 4
        booked = [turn.person_id for queue in queues.values() for turn in queue.turns]
        assert len(booked) == len(set(booked)) == len(people)
