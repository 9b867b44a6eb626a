"""Makers for programmes, sessions and bookings."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from cpd.enums import Came, DayState, SessionState
from cpd.models import Attendance, Booking, Day, Programme, Session

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class ProgrammeFactory(DjangoModelFactory[Programme]):
    class Meta:
        model = Programme

    title = factory.Sequence(lambda n: f"Talking in threes {n}")
    aims = "Begin a conversation that a child can finish."
    audience = "Teaching assistants of Years 5 to 8"


class SessionFactory(DjangoModelFactory[Session]):
    """Offered, a fortnight from now, booking open until the day before, twenty places, no shares."""

    class Meta:
        model = Session

    programme = factory.SubFactory(ProgrammeFactory)
    starts_at = NOW + timedelta(days=14)
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + timedelta(minutes=90))
    opens_at = NOW - timedelta(days=7)
    closes_at = factory.LazyAttribute(lambda session: session.starts_at - timedelta(days=1))
    capacity = 20
    state = SessionState.OFFERED


class BookingFactory(DjangoModelFactory[Booking]):
    """A booking with the number after the session's last."""

    class Meta:
        model = Booking

    partnership_id = factory.SelfAttribute("session.partnership_id")
    by = factory.SelfAttribute("person")
    at = NOW

    @factory.lazy_attribute
    def number(self) -> int:
        self.session.last_number += 1
        self.session.save()
        return int(self.session.last_number)


class AttendanceFactory(DjangoModelFactory[Attendance]):
    """A line of a register: somebody was there."""

    class Meta:
        model = Attendance

    partnership_id = factory.SelfAttribute("session.partnership_id")
    came = Came.PRESENT
    by = factory.SelfAttribute("person")
    at = NOW


class DayFactory(DjangoModelFactory[Day]):
    """Offered, three weeks from today; choosing is open until two days before."""

    class Meta:
        model = Day

    title = factory.Sequence(lambda n: f"INSET day {n}")
    on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=21))
    begins, ends = time(9), time(15, 30)
    opening = "Welcome in the hall"
    opens_at = factory.LazyFunction(lambda: timezone.now().replace(microsecond=0) - timedelta(days=2))
    closes_at = factory.LazyFunction(lambda: timezone.now().replace(microsecond=0) + timedelta(days=18))
    state = DayState.OFFERED
