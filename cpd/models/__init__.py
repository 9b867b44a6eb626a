from cpd.models.attendance import Attendance, AttendanceQuerySet
from cpd.models.bookings import Booking, BookingQuerySet
from cpd.models.days import Day, DayQuerySet
from cpd.models.feeds import Feed, FeedQuerySet
from cpd.models.sessions import Programme, ProgrammeQuerySet, Session, SessionQuerySet
from cpd.models.talks import Talk, TalkQuerySet

__all__ = [
    "Attendance",
    "AttendanceQuerySet",
    "Booking",
    "BookingQuerySet",
    "Day",
    "DayQuerySet",
    "Feed",
    "FeedQuerySet",
    "Programme",
    "ProgrammeQuerySet",
    "Session",
    "SessionQuerySet",
    "Talk",
    "TalkQuerySet",
]
