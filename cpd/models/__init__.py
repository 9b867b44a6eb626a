from cpd.models.bookings import Booking, BookingQuerySet
from cpd.models.sessions import Programme, ProgrammeQuerySet, Session, SessionQuerySet

__all__ = ["Booking", "BookingQuerySet", "Programme", "ProgrammeQuerySet", "Session", "SessionQuerySet"]
