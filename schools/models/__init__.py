"""The shared ground: organisations, people's posts, the calendar, pupils, imports."""

from schools.models.calendar import AcademicYear, BankHoliday, Closure, Duty, HalfTerm
from schools.models.governance import Acceptance, Agreement, Controller
from schools.models.hours import WorkingHours, WorkingHoursQuerySet
from schools.models.imports import Import, ImportFile, ImportRow
from schools.models.organisations import Membership, Organisation, SchoolLink
from schools.models.people import Invitation, Post
from schools.models.pupils import ClassGroup, ClassPlace, Pupil
from schools.models.sealed import SealedPupil
from schools.models.sign_in import SignInMethod

__all__ = [
    "AcademicYear",
    "Acceptance",
    "Agreement",
    "BankHoliday",
    "ClassGroup",
    "ClassPlace",
    "Closure",
    "Controller",
    "Duty",
    "HalfTerm",
    "Import",
    "ImportFile",
    "ImportRow",
    "Invitation",
    "Membership",
    "Organisation",
    "Post",
    "Pupil",
    "SchoolLink",
    "SealedPupil",
    "SignInMethod",
    "WorkingHours",
    "WorkingHoursQuerySet",
]
