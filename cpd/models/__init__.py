from cpd.models.attendance import Attendance, AttendanceQuerySet
from cpd.models.bookings import Booking, BookingQuerySet
from cpd.models.days import Day, DayQuerySet
from cpd.models.feeds import Feed, FeedQuerySet
from cpd.models.releases import Release, ReleaseQuerySet, SchoolRule, SchoolRuleQuerySet
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
    "Release",
    "ReleaseQuerySet",
    "SchoolRule",
    "SchoolRuleQuerySet",
    "Session",
    "SessionQuerySet",
    "Talk",
    "TalkQuerySet",
]
