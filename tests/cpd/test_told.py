"""Who is told what: those who have a place at that moment, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cpd.actions import booking as acts
from cpd.enums import SessionState
from cpd.models import Session
from cpd.reminders import due_came_free, due_soon
from partnership.access import rls
from partnership.outbox.models import Message
from tests.cast import Cast, SignIn
from tests.factories.cpd import BookingFactory, ProgrammeFactory, SessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(cast: Cast) -> Session:
    now = timezone.now()
    return SessionFactory(
        programme=ProgrammeFactory(partnership=cast.cluster),
        starts_at=now + timedelta(days=1),
        opens_at=now - timedelta(days=9),
        closes_at=now + timedelta(hours=3),
        capacity=1,
    )


def test_a_reminder_goes_to_those_with_a_place_alone(cast: Cast, session: Session) -> None:
    gone = BookingFactory(session=session, person=cast.senco, organisation=cast.junior)
    with rls.acting_as(cast.senco.pk) as viewer:
        acts.cancel(gone, by=viewer, at=timezone.now())
    BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
    BookingFactory(session=session, person=cast.class_teacher, organisation=cast.junior)
    told = list(due_soon(today=timezone.localdate()))
    assert [each.recipient_id for each in told] == [cast.support_staff.pk]


def test_none_for_what_is_called_off(cast: Cast, session: Session) -> None:
    BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
    assert list(due_soon(today=timezone.localdate()))
    Session.objects.filter(pk=session.pk).update(state=SessionState.CALLED_OFF)
    assert not list(due_soon(today=timezone.localdate()))


def test_who_waited_hears_that_a_place_came_free(cast: Cast, session: Session, sign_in: SignIn) -> None:
    held = BookingFactory(session=session, person=cast.senco, organisation=cast.junior)
    with rls.acting_as(cast.support_staff.pk, mfa=False) as viewer:
        acts.book(
            session,
            people=[cast.support_staff.pk],
            organisation_id=cast.junior.pk,
            by=viewer,
            at=timezone.now(),
        )
    assert not list(due_came_free(today=timezone.localdate()))
    with rls.acting_as(cast.senco.pk) as viewer:
        acts.cancel(held, by=viewer, at=timezone.now())
    assert [each.recipient_id for each in due_came_free(today=timezone.localdate())] == [
        cast.support_staff.pk
    ]


def test_calling_off_tells_everybody_once(cast: Cast, session: Session, sign_in: SignIn) -> None:
    for person in (cast.support_staff, cast.class_teacher):
        BookingFactory(session=session, person=person, organisation=cast.junior)
    client = sign_in(cast.coordinator)
    for _ in range(2):
        client.post(reverse("cpd:call_off", args=[session.pk]), {"why": "Snow."})
    told = Message.objects.filter(kind="cpd.called_off")
    assert {each.recipient for each in told} == {cast.support_staff, cast.class_teacher}
    assert told.count() == 2
    shown = sign_in(cast.support_staff, mfa=False).get(reverse("inbox:list")).content.decode()
    assert "Called off" in shown
    assert "Snow." in shown


def test_a_move_in_the_admin_is_told(cast: Cast, session: Session, sign_in: SignIn) -> None:
    BookingFactory(session=session, person=cast.support_staff, organisation=cast.junior)
    later = timezone.localtime(session.starts_at) + timedelta(days=2)
    end = later + timedelta(hours=1)
    local = {name: timezone.localtime(getattr(session, name)) for name in ("opens_at", "closes_at")}
    data = {
        "programme": str(session.programme_id), "title": "", "capacity": "1", "cancel_days": "2", "venue": "", "room": "",
        "online_at": "https://meet.example/a", "any_day": "on", "facilitator": "", "led_by": "",
        "bring": "", "access": "", "share_cap": "", "share_until": "",
        "minimum": "", "decide_on": "", "starts_at_0": f"{later:%Y-%m-%d}", "starts_at_1": f"{later:%H:%M:%S}",
        "ends_at_0": f"{end:%Y-%m-%d}", "ends_at_1": f"{end:%H:%M:%S}",
        **{f"{name}_0": f"{value:%Y-%m-%d}" for name, value in local.items()},
        **{f"{name}_1": f"{value:%H:%M:%S}" for name, value in local.items()},
    }  # fmt: skip
    response = sign_in(cast.coordinator).post(reverse("admin:cpd_session_change", args=[session.pk]), data)
    assert response.status_code == 302, response.context["errors"]
    session.refresh_from_db()
    assert session.revision == 1
    assert Message.objects.get(kind="cpd.moved").recipient == cast.support_staff
