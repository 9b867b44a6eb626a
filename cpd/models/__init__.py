from cpd.models.attendance import Attendance, AttendanceQuerySet
from cpd.models.bookings import Booking, BookingQuerySet
from cpd.models.sessions import Programme, ProgrammeQuerySet, Session, SessionQuerySet
from cpd.models.talks import Talk, TalkQuerySet

__all__ = [
    "Attendance",
    "AttendanceQuerySet",
    "Booking",
    "BookingQuerySet",
    "Programme",
    "ProgrammeQuerySet",
    "Session",
    "SessionQuerySet",
    "Talk",
    "TalkQuerySet",
]
