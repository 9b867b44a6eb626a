from cpd.models.attendance import Attendance, AttendanceQuerySet
from cpd.models.bookings import Ahead, Booking, BookingQuerySet
from cpd.models.certificates import Certificate, CertificateQuerySet
from cpd.models.days import Day, DayQuerySet
from cpd.models.feedback import Feedback, FeedbackGiven
from cpd.models.feeds import Feed, FeedQuerySet
from cpd.models.passport import PassportEntry, PassportEntryQuerySet
from cpd.models.releases import Release, ReleaseQuerySet, SchoolRule, SchoolRuleQuerySet
from cpd.models.sessions import Programme, ProgrammeQuerySet, Session, SessionQuerySet
from cpd.models.slips import Slip, SlipQuerySet
from cpd.models.talks import Talk, TalkQuerySet
from cpd.models.training import TrainingKind, TrainingKindQuerySet

__all__ = [
    "Ahead",
    "Attendance",
    "AttendanceQuerySet",
    "Booking",
    "BookingQuerySet",
    "Certificate",
    "CertificateQuerySet",
    "Day",
    "DayQuerySet",
    "Feed",
    "FeedQuerySet",
    "Feedback",
    "FeedbackGiven",
    "PassportEntry",
    "PassportEntryQuerySet",
    "Programme",
    "ProgrammeQuerySet",
    "Release",
    "ReleaseQuerySet",
    "SchoolRule",
    "SchoolRuleQuerySet",
    "Session",
    "SessionQuerySet",
    "Slip",
    "SlipQuerySet",
    "Talk",
    "TalkQuerySet",
    "TrainingKind",
    "TrainingKindQuerySet",
]
