"""Feedback: from whoever was there, once each, and so kept that nobody learns who wrote what."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cpd.actions import feedback as acts
from cpd.enums import Came, Step
from cpd.models import Attendance, Feedback, FeedbackGiven, Session
from cpd.queries import feedback
from cpd.reminders.afterwards import due_feedback
from partnership.access import rls
from partnership.accounts.models import User
from partnership.audit.models import Event
from partnership.outbox.models import Message
from partnership.outbox.notices import enqueue
from schools.models import Duty, Post
from tests.cast import CANARY, Cast, SignIn
from tests.cpd.afterwards import came, held, staff, text
from tests.factories.cpd import BookingFactory, SessionFactory

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)


@pytest.fixture
def session(cast: Cast) -> Session:
    """Over since two days; the person who led it is the deputy head of the other school."""
    made = held(cast.cluster, ago=2 * DAYS, facilitator=cast.next_deputy_head)
    came(made, cast.support_staff, cast.class_teacher, school=cast.junior)
    came(made, cast.senco, school=cast.junior, came=Came.ABSENT)
    return made


def answer(session: Session, person: User, *, score: int = 4, practice: str = "", step: str = "day") -> None:
    with rls.acting_as(person.pk, mfa=False) as viewer:
        acts.give(session.pk, step, score=score, practice=practice, wish="", by=viewer, at=timezone.now())


def address(session: Session, step: str = "day") -> str:
    return reverse("cpd:feedback", args=[session.pk, step])


class TestGiving:
    def test_on_a_phone_without_a_second_factor(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        asked = text(client.get(address(session)))
        assert "How useful was it for your work?" in asked
        last = timezone.localdate(session.ends_at) + 14 * DAYS
        assert f"Open until {last.day} {last:%B}." in asked
        shown = client.post(
            address(session), {"score": "5", "practice": "Wait first.", "wish": ""}, follow=True
        )
        assert "without your name" in text(shown)
        assert Feedback.objects.get().practice == "Wait first."
        assert "Wait first." in text(client.get(address(session)))
        client.post(address(session), {"score": "3", "practice": "Wait, then ask.", "wish": ""})
        assert Feedback.objects.get().practice == "Wait, then ask.", "changed, not a second one"
        assert FeedbackGiven.objects.count() == 1

    def test_a_number_is_asked_for_beside_its_field(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        shown = text(client.post(address(session), {"practice": "Kept words"}))
        assert "Choose a number from 1 to 5." in shown
        assert "Kept words" in shown
        for score in ("0", "6", "x"):
            client.post(address(session), {"score": score})
        assert not Feedback.objects.exists()

    @pytest.mark.parametrize(
        "who", ["senco", "head", "coordinator", "next_deputy_head", "stranger_support_staff"]
    )
    def test_whoever_was_not_there_is_not_asked(
        self, cast: Cast, session: Session, sign_in: SignIn, who: str
    ) -> None:
        client = sign_in(cast.people[who])
        assert client.get(address(session)).status_code == 404
        assert client.post(address(session), {"score": "1"}).status_code == 404
        assert not Feedback.objects.exists()

    def test_it_closes_and_the_day_is_data(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        Duty.objects.filter(code="cpd_feedback_open").update(amount=1)
        assert client.get(address(session)).status_code == 404
        with rls.acting_as(cast.support_staff.pk) as viewer, pytest.raises(PermissionDenied):
            acts.give(session.pk, "day", score=1, practice="", wish="", by=viewer, at=timezone.now())

    def test_steps_are_the_programmes(self, cast: Cast, session: Session, sign_in: SignIn) -> None:
        client = sign_in(cast.support_staff, mfa=False)
        assert client.get(address(session, "impact")).status_code == 404, "not before its day"
        for step in ("before", "after", "nonsense"):
            assert client.get(address(session, step)).status_code == 404
        session.programme.asks = "none"
        session.programme.save()
        assert client.get(address(session)).status_code == 404

    def test_weeks_later_ones_own_words_come_back(self, cast: Cast, sign_in: SignIn) -> None:
        session = held(cast.cluster, ago=5 * DAYS)
        came(session, cast.support_staff, cast.class_teacher, school=cast.junior)
        answer(session, cast.support_staff, practice="Wait ten seconds.")
        Session.objects.update(
            **{
                name: getattr(session, name) - 40 * DAYS
                for name in ("starts_at", "ends_at", "opens_at", "closes_at")
            }
        )
        shown = text(sign_in(cast.support_staff, mfa=False).get(address(session, "impact")))
        assert "Wait ten seconds." in shown
        assert "Wait ten seconds." not in text(sign_in(cast.class_teacher).get(address(session, "impact")))

    def test_before_it_who_has_a_place_is_asked(self, cast: Cast, sign_in: SignIn) -> None:
        session = held(cast.cluster, ago=-3 * DAYS, capacity=1)
        BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
        BookingFactory(session=session, person=cast.class_teacher, organisation=cast.junior)
        assert "How sure" in text(sign_in(cast.support_staff, mfa=False).get(address(session, "before")))
        assert sign_in(cast.class_teacher).get(address(session, "before")).status_code == 404, "in the queue"
        answer(session, cast.support_staff, step="before")
        assert Feedback.objects.get().step == Step.BEFORE

    def test_who_left_the_partnership_can_still_answer(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        Post.objects.filter(user=cast.support_staff).update(
            starts_on=date(2020, 1, 1), ends_on=timezone.localdate() - DAYS
        )
        client = sign_in(cast.support_staff, mfa=False)
        assert client.post(address(session), {"score": "4"}).status_code == 302
        assert Feedback.objects.count() == 1


class TestNobodyLearnsWhoWroteWhat:
    @pytest.fixture
    def closed(self, cast: Cast) -> Session:
        """Six have answered a fortnight ago and a seventh was there and has not."""
        made = held(cast.cluster, ago=2 * DAYS, facilitator=cast.next_deputy_head)
        people = staff(cast.junior, 7)
        came(made, *people, school=cast.junior)
        for number, person in enumerate(people[:6]):
            answer(made, person, score=3 + number % 2, practice=f"{9 - number} try {CANARY}")
        Session.objects.update(
            **{
                name: getattr(made, name) - 20 * DAYS
                for name in ("starts_at", "ends_at", "opens_at", "closes_at")
            }
        )
        made.refresh_from_db()
        return made

    @pytest.mark.parametrize("who", ["next_deputy_head", "coordinator"])
    def test_six_and_closed_are_shown_without_a_name(
        self, cast: Cast, closed: Session, sign_in: SignIn, who: str
    ) -> None:
        shown = text(sign_in(cast.people[who]).get(reverse("cpd:feedback_results", args=[closed.pk])))
        assert "3.5 of 5" in shown
        assert "6 answers." in shown
        places = [shown.index(f"{number} try {CANARY}") for number in range(4, 10)]
        assert places == sorted(places), "by the alphabet, not as they came in"
        assert "Aide" not in shown

    def test_five_are_not_shown_nor_how_many(self, cast: Cast, closed: Session, sign_in: SignIn) -> None:
        Feedback.objects.order_by("pk").first().delete()
        shown = text(sign_in(cast.coordinator).get(reverse("cpd:feedback_results", args=[closed.pk])))
        assert "Fewer than 6" in shown
        assert CANARY not in shown
        assert "5 answers" not in shown

    def test_a_programme_may_ask_for_more_but_never_for_fewer(self, cast: Cast, closed: Session) -> None:
        closed.programme.fewest = 7
        closed.programme.save()
        with rls.acting_as(cast.coordinator.pk) as viewer:
            found = feedback.results_of(viewer, closed, now=timezone.now())
        assert not any(each.shown for each in found)
        closed.programme.fewest = 5
        with pytest.raises(DatabaseError), transaction.atomic():
            closed.programme.save()

    def test_none_before_it_has_closed(self, cast: Cast, closed: Session, sign_in: SignIn) -> None:
        Duty.objects.filter(code="cpd_feedback_open").update(amount=60)
        shown = text(sign_in(cast.coordinator).get(reverse("cpd:feedback_results", args=[closed.pk])))
        assert CANARY not in shown
        assert "Open until" in shown

    @pytest.mark.parametrize(
        "who", ["head", "support_staff", "next_head", "far_coordinator", "stranger_head"]
    )
    def test_the_results_are_not_there_for_others(
        self, cast: Cast, closed: Session, sign_in: SignIn, who: str
    ) -> None:
        client = sign_in(cast.people[who])
        assert client.get(reverse("cpd:feedback_results", args=[closed.pk])).status_code == 404

    def test_the_database_tells_nobody_whose_an_answer_is(self, cast: Cast, closed: Session) -> None:
        columns = {each.attname for each in Feedback._meta.concrete_fields}
        assert columns == {"id", "session_id", "partnership_id", "step", "score", "practice", "wish"}
        for who in (cast.coordinator, cast.next_deputy_head, cast.head, cast.superuser):
            with rls.acting_as(who.pk):
                assert not Feedback.objects.exists(), who
                assert not FeedbackGiven.objects.exists(), who
        for who in (cast.head, cast.far_coordinator):
            with rls.acting_as(who.pk), rls.widened(summed=rls.uuid_array({closed.pk})):
                assert not Feedback.objects.exists(), who
        with rls.acting_as(cast.coordinator.pk), rls.widened(summed=rls.uuid_array({closed.pk})):
            assert Feedback.objects.count() == 6

    def test_the_audit_says_that_and_not_what(self, cast: Cast, session: Session) -> None:
        answer(session, cast.support_staff, practice=CANARY)
        event = Event.objects.get(kind="feedback.given")
        assert event.facts == {"step": "day"}
        assert event.subject_id == session.pk

    def test_nobody_writes_for_another(self, cast: Cast, session: Session) -> None:
        """Nor at all for a session they were not in, whatever Python lets through."""
        key = feedback.key_of(cast.support_staff.pk, session.pk, "day")
        row: dict[str, Any] = {
            "session": session,
            "partnership_id": session.partnership_id,
            "step": "day",
            "score": 1,
        }
        with (
            rls.acting_as(cast.senco.pk),
            rls.widened(answer=str(key)),
            pytest.raises(DatabaseError),
            transaction.atomic(),
        ):
            Feedback.objects.create(pk=key, **row)
        with rls.acting_as(cast.class_teacher.pk), pytest.raises(DatabaseError), transaction.atomic():
            Feedback.objects.create(pk=key, **row)
        with rls.acting_as(cast.class_teacher.pk), pytest.raises(DatabaseError), transaction.atomic():
            FeedbackGiven.objects.create(session=session, person=cast.support_staff, step="day")


class TestReminders:
    def test_once_to_whoever_was_there_and_has_not_answered(
        self, cast: Cast, session: Session, sign_in: SignIn
    ) -> None:
        told = list(due_feedback(today=timezone.localdate()))
        assert {each.recipient_id for each in told} == {cast.support_staff.pk, cast.class_teacher.pk}
        answer(session, cast.support_staff)
        assert [each.recipient_id for each in due_feedback(today=timezone.localdate())] == [
            cast.class_teacher.pk
        ]
        enqueue(*told)
        assert "How was “Calm after break”?" in text(sign_in(cast.class_teacher).get(reverse("inbox:list")))
        assert "How was" not in text(sign_in(cast.support_staff, mfa=False).get(reverse("inbox:list")))
        assert Message.objects.filter(kind="cpd.feedback", recipient=cast.class_teacher).count() == 1

    def test_the_days_and_weeks_are_data(self, cast: Cast, session: Session) -> None:
        today = timezone.localdate()
        Duty.objects.filter(code="cpd_feedback_first").update(amount=3)
        assert not list(due_feedback(today=today))
        assert list(due_feedback(today=today + DAYS))
        steps = {each.facts["step"] for each in due_feedback(today=today + 41 * DAYS)}
        assert steps == {"impact"}
        Duty.objects.filter(code="cpd_impact_after").update(amount=3)
        assert not list(due_feedback(today=today + 41 * DAYS))
        assert {each.facts["step"] for each in due_feedback(today=today + 20 * DAYS)} == {"impact"}

    def test_none_to_the_absent_the_walked_in_without_account_or_a_programme_that_does_not_ask(
        self, cast: Cast, session: Session
    ) -> None:
        Attendance.objects.update(came=Came.ABSENT)
        Attendance.objects.create(
            session=session, partnership=cast.cluster, name="Walk In", organisation=cast.junior,
            came=Came.PRESENT, by=cast.coordinator, at=timezone.now(),
        )  # fmt: skip
        assert not list(due_feedback(today=timezone.localdate()))
        quiet = held(cast.cluster, ago=2 * DAYS, title="Quiet", asks="none")
        came(quiet, cast.support_staff, school=cast.junior)
        assert not list(due_feedback(today=timezone.localdate()))

    def test_the_worker_reads_who_has_answered_and_never_what(self, cast: Cast, session: Session) -> None:
        answer(session, cast.support_staff)
        with rls.as_worker():
            assert len(list(due_feedback(today=timezone.localdate()))) == 1
        with rls.as_worker(), pytest.raises(DatabaseError), transaction.atomic():
            Feedback.objects.exists()

    def test_as_many_statements_for_many_sessions_as_for_one(self, cast: Cast, session: Session) -> None:
        from django.test.utils import CaptureQueriesContext

        def asked() -> int:
            with CaptureQueriesContext(connection) as found:
                list(due_feedback(today=timezone.localdate()))
            return len(found)

        few = asked()
        for number in range(5):
            other = SessionFactory(
                programme=session.programme,
                **{
                    name: getattr(session, name) - number * timedelta(hours=3)
                    for name in ("starts_at", "ends_at", "opens_at", "closes_at")
                },
            )
            came(other, cast.class_teacher, school=cast.junior)
        assert asked() == few
