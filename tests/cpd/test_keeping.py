"""What a coordinator plans: nothing wrong is offered, and a half-term is copied to the next."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpd.actions import keeping
from cpd.enums import SessionState
from cpd.models import Booking, Programme, Session
from cpd.models.days import on_day
from cpd.queries import copying
from cpd.queries.terms import against, calendar_at
from partnership.access import rls
from partnership.lib.dates import HalfTermSpan
from partnership.outbox.models import Message
from schools.models import BankHoliday, Closure, HalfTerm
from tests.cast import CANARY, Cast, SignIn
from tests.factories.cpd import BookingFactory, DayFactory, ProgrammeFactory, SessionFactory

pytestmark = pytest.mark.django_db

THIS = HalfTermSpan(date(2027, 1, 4), date(2027, 2, 12))
NEXT = HalfTermSpan(date(2027, 2, 22), date(2027, 3, 25))


@pytest.fixture
def programme(cast: Cast) -> Programme:
    """With two half-terms of 2027, the second of which is a week shorter and ends on a Thursday."""
    for number, span in ((3, THIS), (4, NEXT)):
        HalfTerm.objects.update_or_create(
            organisation=cast.la, year_id=2026, number=number,
            defaults={"starts_on": span.starts_on, "ends_on": span.ends_on},
        )  # fmt: skip
    made: Programme = ProgrammeFactory(partnership=cast.cluster, title="Calm after break")
    return made


def lay(programme: Programme, day: date, hour: int = 15, **how: Any) -> Session:
    start = on_day(day, time(hour, 45))
    opens = how.pop("opens_at", start - timedelta(days=30))
    made: Session = SessionFactory(
        programme=programme, starts_at=start, ends_at=start + timedelta(hours=1), opens_at=opens,
        day=how.pop("of", None), **how,
    )  # fmt: skip
    return made


class TestHalfTerm:
    @pytest.mark.parametrize(
        ("day", "found"),
        [
            (date(2027, 1, 14), date(2027, 3, 4)),  # Thursday of the second week
            (date(2027, 2, 9), date(2027, 3, 23)),  # the sixth week: there are five
            (date(2027, 2, 12), date(2027, 3, 19)),  # a Friday, and the last week has none
        ],
    )
    def test_the_same_weekday_of_the_same_week(self, day: date, found: date) -> None:
        assert copying.to_half_term(THIS, NEXT)(day) == found

    def test_a_half_term_that_begins_late_in_its_week(self) -> None:
        later = HalfTermSpan(date(2027, 9, 1), date(2027, 10, 20))  # a Wednesday
        assert copying.to_half_term(THIS, later)(date(2027, 1, 4)) == date(2027, 9, 6)

    def test_all_its_dates_move_with_it(self, cast: Cast, programme: Programme) -> None:
        lay(
            programme, date(2027, 3, 18), venue=cast.junior, room="Hall", facilitator=cast.senco, minimum=3,
            decide_on=date(2027, 3, 15), share_cap=2, share_until=date(2027, 3, 10), last_number=4, revision=2,
        )  # fmt: skip
        later = HalfTermSpan(date(2027, 4, 12), date(2027, 5, 28))
        HalfTerm.objects.update_or_create(
            organisation=cast.la, year_id=2026, number=5,
            defaults={"starts_on": later.starts_on, "ends_on": later.ends_on},
        )  # fmt: skip
        plan = copying.plan(
            Session.objects.all(), lambda day: day + timedelta(days=42), today=timezone.localdate()
        )
        with rls.acting_as(cast.coordinator.pk) as viewer:
            (made,), left_out = keeping.copy(plan, by=viewer, at=timezone.now())
        made.refresh_from_db()
        assert left_out == []
        assert (made.state, made.last_number, made.revision) == (SessionState.DRAFT, 0, 0)
        assert timezone.localtime(made.starts_at).time() == time(15, 45), "summer time has begun"
        assert (made.decide_on, made.share_until) == (date(2027, 4, 26), date(2027, 4, 21))
        assert timezone.localdate(made.closes_at) == date(2027, 4, 28)
        assert (made.room, made.facilitator) == ("Hall", cast.senco)

    def test_the_page_shows_what_will_be_and_makes_it(
        self, cast: Cast, programme: Programme, sign_in: SignIn
    ) -> None:
        junior, day = cast.junior, date(2027, 1, 12)
        lay(programme, day, title="Goes", venue=junior, room="Hall")
        lay(programme, day, title="Off", venue=cast.secondary, state=SessionState.CALLED_OFF)
        lay(programme, day + timedelta(1), title="Room taken", venue=junior, room="Library")
        lay(programme, day + timedelta(2), title="Leader taken", facilitator=cast.senco)
        lay(programme, day + timedelta(3), title="Holiday")
        lay(programme, day + timedelta(6), title="Shut", venue=cast.secondary)
        lay(programme, day, title="Workshop", of=DayFactory(partnership=cast.cluster))
        lay(programme, date(2027, 3, 3), title="There", venue=junior, room="library")
        lay(programme, date(2027, 3, 4), title="Elsewhere", facilitator=cast.senco)
        lay(ProgrammeFactory(partnership=cast.far_cluster, title=CANARY), day)
        BankHoliday.objects.create(on=date(2027, 3, 5), title="A holiday")
        Closure.objects.create(organisation=cast.secondary, on=date(2027, 3, 8), reason="INSET day")
        client, page = sign_in(cast.coordinator), reverse("admin:cpd_session_halfterm")
        spans = {"from_term": number_of(client, page, THIS), "to_term": number_of(client, page, NEXT)}
        response = client.get(page, spans)
        shown = response.content.decode()
        for said in (
            "Tue 2 Mar 2027, 15:45",
            "Another session has this room at that time: “There”, Wednesday 3 March, 15:45 to 16:45. The draft has no room.",
            "They lead another session at that time: “Elsewhere”, Thursday 4 March, 15:45 to 16:45.",
            "Friday 5 March is a bank holiday (A holiday).",
            "Monday 8 March: Northfield School is closed (INSET day).",
        ):
            assert said in shown, said
        for hidden in (CANARY, "Workshop", ">Off<"):
            assert hidden not in shown, hidden
        assert not Session.objects.filter(state=SessionState.DRAFT).exists(), "looking makes nothing"
        ticked = [str(each.pk) for each in Session.objects.filter(starts_at__date__lte=THIS.ends_on)]
        response = client.post(page, {**spans, "session": ticked}, follow=True)
        made = {each.title: each for each in Session.objects.filter(state=SessionState.DRAFT)}
        assert set(made) == {"Goes", "Room taken"}
        assert (made["Goes"].room, made["Room taken"].room) == ("Hall", "")
        listed = {row.title for row in response.context["cl"].result_list}
        assert listed == {"Goes", "Room taken"}, "the drafts, to be offered together"
        client.post(page, {**spans, "session": ticked})
        assert Session.objects.filter(state=SessionState.DRAFT).count() == 2, "twice is once"

    def test_only_what_is_ticked(self, cast: Cast, programme: Programme, sign_in: SignIn) -> None:
        one, _ = (lay(programme, date(2027, 1, day), title=f"On {day}") for day in (12, 13))
        client, page = sign_in(cast.coordinator), reverse("admin:cpd_session_halfterm")
        spans = {"from_term": number_of(client, page, THIS), "to_term": number_of(client, page, NEXT)}
        client.post(page, {**spans, "session": [str(one.pk)]})
        assert [each.title for each in Session.objects.filter(state=SessionState.DRAFT)] == ["On 12"]

    def test_backwards_is_refused_and_strangers_copy_nothing(
        self, cast: Cast, programme: Programme, sign_in: SignIn
    ) -> None:
        lay(programme, date(2027, 1, 12))
        client, page = sign_in(cast.coordinator), reverse("admin:cpd_session_halfterm")
        spans = {"to_term": number_of(client, page, THIS), "from_term": number_of(client, page, NEXT)}
        assert "Choose a half-term after" in client.post(page, spans).content.decode()
        assert sign_in(cast.head).get(page).status_code == 403
        ticked = [str(each) for each in Session.objects.values_list("pk", flat=True)]
        far = sign_in(cast.far_coordinator)
        far.post(page, {"from_term": "0", "to_term": "1", "session": ticked})
        assert Session.objects.count() == 1


def number_of(client: Client, page: str, span: HalfTermSpan) -> str:
    spans = client.get(page).context["form"].spans
    return str([each.starts_on for each in spans].index(span.starts_on))


class TestRepeat:
    def test_a_holiday_is_skipped_and_said(self, cast: Cast, programme: Programme, sign_in: SignIn) -> None:
        BankHoliday.objects.create(on=date(2027, 1, 19), title="A holiday")
        for day, title in ((12, "Skipped"), (13, "Made"), (31 + 8, "Too late")):
            lay(programme, date(2027, 1, 1) + timedelta(days=day - 1), title=title)
        response = sign_in(cast.coordinator).post(
            reverse("admin:cpd_session_changelist"),
            {"action": "copy_a_week", "_selected_action": [str(each.pk) for each in Session.objects.all()]},
            follow=True,
        )
        shown = response.content.decode()
        assert "1 draft is made" in shown
        assert "Not copied: “Skipped”. Tuesday 19 January is a bank holiday" in shown
        assert "Not copied: “Too late”. Monday 15 February is outside term." in shown
        assert [each.title for each in Session.objects.filter(state=SessionState.DRAFT)] == ["Made"]


class TestOffer:
    def test_each_is_looked_at_once_more(self, cast: Cast, programme: Programme, sign_in: SignIn) -> None:
        draft: dict[str, Any] = {"state": SessionState.DRAFT}
        lay(programme, date(2027, 1, 12), title="Good", venue=cast.junior, **draft)
        lay(programme, date(2027, 1, 13), title="No address", **draft)
        lay(
            programme,
            date(2027, 1, 14),
            title="Late",
            venue=cast.junior,
            decide_on=date(2027, 1, 14),
            **draft,
        )
        past = timezone.localdate() - timedelta(days=3)
        lay(programme, past, title="Past", venue=cast.junior, **draft)
        Session.objects.update(online_at="")
        response = sign_in(cast.coordinator).post(
            reverse("admin:cpd_session_changelist"),
            {"action": "offer_them", "_selected_action": [str(each.pk) for each in Session.objects.all()]},
            follow=True,
        )
        shown = response.content.decode()
        assert "1 session is offered now." in shown
        for said in (
            "Not offered: “No address”, Wednesday 13 January. An online session needs its address",
            "Not offered: “Late”, Thursday 14 January. It must be decided before the day of the session.",
            "“Past”",
        ):
            assert said in shown, said
        assert [each.title for each in Session.objects.filter(state=SessionState.OFFERED)] == ["Good"]

    def test_a_room_is_the_same_in_any_case(self, cast: Cast, programme: Programme) -> None:
        lay(programme, date(2027, 1, 12), venue=cast.junior, room="Hall")
        with pytest.raises(IntegrityError), transaction.atomic():
            lay(programme, date(2027, 1, 12), venue=cast.junior, room="hall")
        lay(programme, date(2027, 1, 12), venue=cast.secondary, room="hall")
        assert Session.objects.count() == 2


class TestPlanning:
    def post(self, client: Client, programme: Programme, day: date, **how: str) -> Any:
        start = f"{day:%Y-%m-%d}"
        data = {
            "programme": str(programme.pk), "title": "", "capacity": "9", "cancel_days": "2", "venue": "", "room": "",
            "online_at": "", "facilitator": "", "led_by": "", "bring": "", "access": "", "materials": "",
            "share_cap": "", "share_until": "", "minimum": "", "decide_on": "", "starts_at_0": start,
            "starts_at_1": "15:45:00", "ends_at_0": start, "ends_at_1": "17:00:00", "opens_at_0": "2026-11-01",
            "opens_at_1": "09:00:00", "closes_at_0": start, "closes_at_1": "12:00:00", **how,
        }  # fmt: skip
        return client.post(reverse("admin:cpd_session_add"), data)

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            (date(2027, 1, 19), "Tuesday 19 January is a bank holiday (A holiday)."),
            (date(2027, 2, 16), "Tuesday 16 February is outside term."),
            (date(2027, 1, 16), "Saturday 16 January is at a weekend."),
        ],
    )
    def test_a_closed_day_is_asked_about_once(
        self, cast: Cast, programme: Programme, sign_in: SignIn, day: date, said: str
    ) -> None:
        BankHoliday.objects.create(on=date(2027, 1, 19), title="A holiday")
        client = sign_in(cast.coordinator)
        response = self.post(client, programme, day)
        assert said in response.content.decode()
        assert 'type="checkbox" name="any_day"' in response.content.decode()
        assert not Session.objects.exists()
        assert self.post(client, programme, day, any_day="on").status_code == 302
        assert Session.objects.count() == 1

    def test_an_open_day_is_not(self, cast: Cast, programme: Programme, sign_in: SignIn) -> None:
        client = sign_in(cast.coordinator)
        shown = client.get(reverse("admin:cpd_session_add")).content.decode()
        assert 'type="checkbox" name="any_day"' not in shown
        assert self.post(client, programme, date(2027, 1, 12)).status_code == 302

    @pytest.mark.parametrize(
        ("field", "value"),
        [("decide_on", "2027-01-12"), ("share_until", "2027-01-13")],
    )
    def test_dates_in_order(
        self, cast: Cast, programme: Programme, sign_in: SignIn, field: str, value: str
    ) -> None:
        more = {"share_cap": "3"} if field == "share_until" else {"minimum": "3"}
        response = self.post(
            sign_in(cast.coordinator), programme, date(2027, 1, 12), **{field: value}, **more
        )
        assert field in response.context["adminform"].form.errors

    def test_a_clash_names_the_other(self, cast: Cast, programme: Programme, sign_in: SignIn) -> None:
        lay(programme, date(2027, 1, 12), venue=cast.junior, room="Hall")
        response = self.post(
            sign_in(cast.coordinator), programme, date(2027, 1, 12), venue=str(cast.junior.pk), room="hall"
        )
        assert response.context["adminform"].form.errors == {
            "room": [
                "Another session has this room at that time: “Calm after break”, Tuesday 12 January, 15:45 to 16:45."
            ]
        }

    def test_a_clash_that_they_cannot_see_is_told_without_the_other(
        self, cast: Cast, programme: Programme, sign_in: SignIn
    ) -> None:
        far = ProgrammeFactory(partnership=cast.far_cluster, title=f"{CANARY} course")
        lay(far, date(2027, 1, 12), venue=cast.junior, room="Hall")
        response = self.post(
            sign_in(cast.coordinator), programme, date(2027, 1, 12), venue=str(cast.junior.pk), room="hall"
        )
        assert response.context["adminform"].form.errors == {
            "room": ["Another partnership has this room at that time."]
        }
        assert CANARY not in response.content.decode()
        assert Session.objects.count() == 1

    def test_the_list_tells_places_from_the_queue(
        self, cast: Cast, programme: Programme, sign_in: SignIn
    ) -> None:
        session = lay(programme, date(2027, 1, 12), capacity=1)
        client, page = sign_in(cast.coordinator), reverse("admin:cpd_session_changelist")
        assert "0 of 1" in client.get(page).content.decode()
        for person in (cast.senco, cast.support_staff):
            BookingFactory(
                session=Session.objects.get(pk=session.pk), person=person, organisation=cast.junior
            )
        assert "1 of 1, 1 waiting" in client.get(page).content.decode()


def test_a_place_without_terms_knows_nothing_against_a_day(cast: Cast) -> None:
    HalfTerm.objects.all().delete()
    calendar = calendar_at(cast.cluster.pk, cast.junior.pk, today=timezone.localdate())
    assert against(date(2027, 7, 31), calendar, venue_id=cast.junior.pk) == ""


class TestMessages:
    """What coordinators see of messages about a session, and what the database keeps from them."""

    @pytest.fixture
    def told(self, cast: Cast, programme: Programme) -> Session:
        """Called off at home and far away, and the one booked has a message about a child as well."""
        for who, school, of in (
            (cast.support_staff, cast.junior, programme),
            (cast.stranger_support_staff, cast.far_junior, ProgrammeFactory(partnership=cast.far_cluster)),
        ):
            session = lay(of, date(2027, 1, 12))
            booking = BookingFactory(session=session, person=who, organisation=school)
            keeping.tell_booked(session, keeping.CALLED_OFF, at=timezone.now())
            for kind in ("cpd.talk", "transitions.late"):
                Message.objects.create(
                    key=f"{kind}:{booking.pk}", kind=kind, recipient=who, facts={"subject": str(booking.pk), "x": CANARY},
                    urgency="now", due_at=timezone.now(),
                )  # fmt: skip
        return Session.objects.get(programme=programme)

    def test_to_whom_and_when_and_never_the_words(self, cast: Cast, told: Session, sign_in: SignIn) -> None:
        page = reverse("admin:cpd_session_messages", args=[told.pk])
        client = sign_in(cast.coordinator)
        shown = client.get(page).content.decode()
        assert "Support Staff" in shown
        assert "Called off" in shown
        assert "not yet" in shown
        assert CANARY not in shown
        Message.objects.filter(kind="cpd.called_off").update(read_at=timezone.now())
        assert "not yet" not in client.get(page).content.decode()
        assert sign_in(cast.far_coordinator).get(page).status_code == 404
        assert sign_in(cast.head).get(page).status_code == 403

    def test_the_database_opens_those_of_ones_own_sessions_alone(self, cast: Cast, told: Session) -> None:
        everything = rls.uuid_array(Booking.objects.values_list("pk", flat=True))

        def kinds() -> list[str]:
            return list(Message.objects.exclude(recipient=cast.coordinator).values_list("kind", flat=True))

        with rls.acting_as(cast.coordinator.pk):
            assert kinds() == [], "nothing without asking about a session"
            with rls.widened(told=everything):
                assert kinds() == ["cpd.called_off"], "neither of the far cluster nor of another kind"
        with rls.acting_as(cast.head.pk), rls.widened(told=everything):
            assert kinds() == []
