"""Taking a register: ticks from one or several phones, in whatever order they arrive, as often as they are sent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from cpd.actions.booking import Refused
from cpd.enums import Came
from cpd.models import Attendance, Session
from cpd.queries import register as read
from cpd.rules import may_take_register
from cpd.rules.register import Tick, bounded
from partnership.access.guards import ensure, user_id_of
from partnership.access.viewer import Viewer
from partnership.audit.models import record
from partnership.lib.names import fold
from partnership.outbox.notices import Notice, enqueue

UNKNOWN = "They are not booked, and not on the staff list of a school of this partnership. Add them by name and school."
NO_SCHOOL = "Choose a school of this partnership."
TAKEN = "This line could not be kept. Add the person once more."
CLOCK = "The clock of this phone is wrong: a tick of it counts from when it was sent, or from the day of the session."
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(slots=True)
class Outcome:
    """What became of a batch: how many lines are new, how many another; which ticks cannot stand, and why."""

    new: int = 0
    changed: int = 0
    refused: dict[uuid.UUID, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@transaction.atomic
def take(session: Session, ticks: Sequence[Tick], *, by: Viewer, at: datetime) -> Outcome:
    """Write what these ticks say. The later tick of a line stands, so that a batch sent twice, or late, changes nothing
    that was said since. A tick that cannot stand hinders no other. Raises Refused, PermissionDenied."""
    ensure(
        may_take_register(by, facilitator_id=session.facilitator_id, partnership_id=session.partnership_id)
    )
    Attendance.objects.hold(session.pk)
    book = Book.of(session, ticks, by=by, at=at)
    if closed := book.register.closed:
        raise Refused(closed)
    for tick in sorted(ticks, key=lambda each: each.at):
        book.write(tick)
    book.keep()
    return book.outcome


WITHDRAWN = "cpd.withdrawn"


def tell_absent(rows: Sequence[Attendance], *, at: datetime) -> None:
    """To whoever was there and, by a correction, was not: it is shown to those who have made a certificate, which only they
    can see."""
    enqueue(
        *(
            Notice(
                key=f"{WITHDRAWN}:{row.pk}:{timezone.localdate(at)}",
                kind=WITHDRAWN,
                recipient_id=row.person_id,
                facts={"subject": row.session_id},
                due_at=at,
            )
            for row in rows
            if row.person_id is not None
        )
    )


class Book:
    """A register while it is written: what stands, and what a batch makes of it."""

    def __init__(self, session: Session, register: read.Register, *, by: Viewer, at: datetime) -> None:
        self.session, self.register, self.at = session, register, at
        self.by_id = user_id_of(by)
        self.first = timezone.make_aware(datetime.combine(register.day, time.min))
        self.outcome = Outcome()
        self.rows = {each.pk: each for each in Attendance.objects.filter(session=session)}
        self.was = {pk: each.came for pk, each in self.rows.items()}
        self.touched: set[uuid.UUID] = set()
        self.schools: set[uuid.UUID] = set()
        self.staff: dict[uuid.UUID, uuid.UUID] = {}

    @classmethod
    def of(cls, session: Session, ticks: Sequence[Tick], *, by: Viewer, at: datetime) -> Book:
        """With what these ticks need to be understood, in as many queries for few as for many."""
        book = cls(session, read.register_of(by, session, now=at), by=by, at=at)
        today = timezone.localdate(at)
        strangers = {each.person_id for each in ticks if each.person_id} - {
            line.key for line in book.register.lines
        }
        if strangers:
            for found in read.staff_among(session, strangers, on=today):
                book.staff.setdefault(found.person_id, found.organisation_id)
        if any(each.person_id is None for each in ticks):
            book.schools = {pk for pk, _ in read.schools_of(session, on=today)}
        return book

    def write(self, tick: Tick) -> None:
        at = bounded(tick.at, first=self.first, now=self.at)
        if abs(at - tick.at) > CLOCKS_DIFFER and CLOCK not in self.outcome.notes:
            self.outcome.notes.append(CLOCK)
        if tick.person_id is not None:
            self.write_person(tick, tick.person_id, at)
        else:
            self.write_name(tick, at)

    def write_person(self, tick: Tick, person_id: uuid.UUID, at: datetime) -> None:
        row = next((each for each in self.rows.values() if each.person_id == person_id), None)
        line = self.register.line(person_id)
        school_id = line.organisation_id if line else self.staff.get(person_id)
        if row is not None:
            self.change(row, tick.came, at)
        elif school_id is None:
            self.outcome.refused[tick.id] = UNKNOWN
        else:
            booked = line is not None and line.stood in ("placed", "waiting")
            self.add(tick, at, person_id=person_id, organisation_id=school_id, walked_in=not booked)

    def write_name(self, tick: Tick, at: datetime) -> None:
        """A line of this id, else one of this name at this school, else that school's only member of staff of that
        name: two phones that add the same person make one line."""
        school_id, row = tick.organisation_id, self.rows.get(tick.id)
        if row is not None:
            self.change(row, tick.came, at)
            return
        if school_id not in self.schools or school_id is None:
            self.outcome.refused[tick.id] = NO_SCHOOL
            return
        name = fold(tick.name)
        called = {
            line.key
            for line in self.register.lines
            if line.person_id and line.organisation_id == school_id and fold(line.name) == name
        }
        by_name = (each for each in self.rows.values() if each.person_id is None)
        same = next(
            (each for each in by_name if each.organisation_id == school_id and fold(each.name) == name), None
        )
        if same is not None:
            self.change(same, tick.came, at)
            return
        today = timezone.localdate(self.at)
        staff = read.staff_called(self.session, tick.name, school_id=school_id, on=today)
        people = {each.person_id for each in staff} | called
        if len(people) == 1:
            person_id = people.pop()
            self.staff.setdefault(person_id, school_id)
            self.write_person(tick, person_id, at)
        else:
            self.add(tick, at, name=tick.name, organisation_id=school_id, walked_in=True)

    def add(self, tick: Tick, at: datetime, **whose: object) -> None:
        row = Attendance(
            id=tick.id,
            session=self.session,
            partnership_id=self.session.partnership_id,
            came=tick.came,
            by_id=self.by_id,
            at=at,
            **whose,
        )
        self.rows[row.pk] = row
        self.touched.add(row.pk)

    def change(self, row: Attendance, came: str, at: datetime) -> None:
        if at > row.at:
            self.touched.add(row.pk)
            row.came, row.at, row.by_id = came, at, self.by_id

    def keep(self) -> None:
        """One insert, one update, one line in the audit: ids and codes, what was and what is."""
        new = [self.rows[pk] for pk in self.touched - self.was.keys()]
        again = [self.rows[pk] for pk in self.touched & self.was.keys()]
        changed = [row for row in again if row.came != self.was[row.pk]]
        try:
            with transaction.atomic():
                Attendance.objects.bulk_create(new)
        except IntegrityError:  # an id that another register has: no browser of ours made it
            self.outcome.refused |= {row.pk: TAKEN for row in new}
            new = []
        Attendance.objects.bulk_update(again, ["came", "at", "by"])
        self.outcome.new, self.outcome.changed = len(new), len(changed)
        if self.session.ends_at <= self.at:
            tell_absent([row for row in changed if row.came == Came.ABSENT], at=self.at)
        for kind, rows in (("register.marked", new), ("register.corrected", changed)):
            if rows:
                record(
                    kind,
                    by=self.by_id,
                    subject=self.session,
                    organisation=self.session.partnership_id,
                    at=self.at,
                    facts={
                        str(row.person_id or row.pk): [self.was.get(row.pk, ""), row.came] for row in rows
                    },
                )
