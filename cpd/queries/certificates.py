"""Certificates: one's own, and what a code tells whoever holds it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from cpd.enums import Came, SessionState, Step
from cpd.models import Attendance, Certificate, FeedbackGiven, Session
from cpd.queries.attended import was_in
from cpd.rules.codes import spaced
from cpd.rules.hours import hours_of, hours_words
from partnership.access import rls
from partnership.access.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Proof:
    """All that a certificate says. It stands while the register says that the person was there."""

    session_id: uuid.UUID
    name: str
    title: str
    programme: str
    partnership: str
    school: str
    held_on: date
    hours: float
    came: str
    code: str
    issued_on: date

    @property
    def valid(self) -> bool:
        return self.came != Came.ABSENT

    @property
    def spaced_code(self) -> str:
        return spaced(self.code)

    @property
    def hours_words(self) -> str:
        return hours_words(self.hours)

    @property
    def came_words(self) -> str:
        """Late and early are said, not subtracted: nobody measured the minutes."""
        return {Came.LATE.value: "came late", Came.LEFT_EARLY.value: "left early"}.get(self.came, "")


def proof_of(certificate: Certificate, attendance: Attendance, session: Session, name: str) -> Proof:
    return Proof(
        session_id=session.pk,
        name=name,
        title=session.name,
        programme=session.programme.title,
        partnership=session.partnership.name,
        school=attendance.organisation.name,
        held_on=timezone.localdate(session.starts_at),
        hours=hours_of(session.starts_at, session.ends_at),
        came=attendance.came,
        code=certificate.code,
        issued_on=certificate.issued_on,
    )


def my_attendance(viewer: Viewer, session_id: uuid.UUID) -> Attendance | None:
    """The viewer's own line of a register, whatever it says."""
    rows = Attendance.objects.filter(person=viewer.user_id, session=session_id)
    return rows.select_related("organisation", "person").first()


def my_proof(viewer: Viewer, session_id: uuid.UUID) -> Proof | None:
    """The viewer's own certificate for a session, standing or withdrawn; None where none was made."""
    mine = Certificate.objects.visible_to(viewer).filter(attendance__session=session_id)
    certificate = mine.select_related("attendance__organisation", "person").first()
    if certificate is None:
        return None
    session = session_by_id(session_id)
    return proof_of(certificate, certificate.attendance, session, certificate.person.name)


def session_by_id(session_id: uuid.UUID) -> Session:
    """A session one's own or a shown certificate is for, also of a partnership one has left."""
    with rls.widened(attended=rls.uuid_array({session_id})):
        return Session.objects.select_related("programme", "partnership", "venue").get(pk=session_id)


@dataclass(frozen=True, slots=True)
class Claimable:
    """A session the viewer was in, and what stands between them and a certificate."""

    session: Session
    attendance: Attendance
    over: bool
    waits_for_feedback: bool

    @property
    def ready(self) -> bool:
        return self.over and not self.waits_for_feedback


def claimable(viewer: Viewer, session_id: uuid.UUID, *, now: datetime) -> Claimable | None:
    """None for whoever was not in the room."""
    attendance = my_attendance(viewer, session_id)
    session = was_in(viewer, session_id)
    if attendance is None or session is None or session.state != SessionState.OFFERED:
        return None
    given = FeedbackGiven.objects.filter(person=viewer.user_id, session=session_id, step=Step.DAY).exists()
    return Claimable(
        session=session,
        attendance=attendance,
        over=session.ends_at <= now,
        waits_for_feedback=session.programme.certificate_asks and not given,
    )


def proof_by_code(code: str) -> Proof | None:
    """What anyone who holds the code is told; None for a code that was never given."""
    with rls.widened(code=code):
        certificate = Certificate.objects.filter(code=code).select_related("person").first()
    if certificate is None:
        return None
    with rls.widened(proved=rls.uuid_array({certificate.attendance_id})):
        attendance = Attendance.objects.select_related("organisation").get(pk=certificate.attendance_id)
    session = session_by_id(attendance.session_id)
    return proof_of(certificate, attendance, session, certificate.person.name)
