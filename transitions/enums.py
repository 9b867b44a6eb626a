"""The fixed words of moves between phases. Codes are stored; labels are what people read."""

from __future__ import annotations

from django.db.models import TextChoices


class Boundary(TextChoices):
    """Which boundary a move crosses; it follows from the two schools' ages (practice P22)."""

    NURSERY_RECEPTION = "nursery_reception", "Nursery to Reception"
    INFANT_JUNIOR = "infant_junior", "Year 2 to Year 3"
    FIRST_MIDDLE = "first_middle", "Year 4 to Year 5"
    PRIMARY_SECONDARY = "primary_secondary", "Year 6 to Year 7"
    MIDDLE_SECONDARY = "middle_secondary", "Year 8 to Year 9"
    LOWER_UPPER = "lower_upper", "Year 9 to Year 10"
    SECONDARY_POST16 = "secondary_post16", "Year 11 to Year 12"
    IN_YEAR = "in_year", "In-year move"


class DestinationState(TextChoices):
    """How sure the next school is (practice P3). It sees a name from *offered*, content from *accepted* or *named*."""

    NONE = "none", "Not known yet"
    EXPECTED = "expected", "Expected"
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    NAMED = "named", "Named in the EHC plan"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DestinationSource(TextChoices):
    PRESENT_SCHOOL = "present_school", "The present school"
    NEXT_SCHOOL = "next_school", "The next school's list"
    LA_LIST = "la_list", "The local authority's offer list"
    CTF = "ctf", "A common transfer file"
    EHC_PLAN = "ehc_plan", "The EHC plan"
    FAMILY = "family", "The family"


class Elsewhere(TextChoices):
    """Ends of a move that are not a school here (practice P22): nothing is shared, and the office owes the LA a word."""

    OUTSIDE_ENGLAND = "outside_england", "A school outside England"
    UNLISTED_SCHOOL = "unlisted_school", "A school not on the list"
    HOME_EDUCATION = "home_education", "Educated at home"
    UNKNOWN = "unknown", "Not known where"


class HandoverKind(TextChoices):
    """A SEND handover goes all the way to *settled*; a class note is written in the grid and shared."""

    SEND = "send", "SEND handover"
    CLASS = "class", "Class note"


class HandoverState(TextChoices):
    DRAFT = "draft", "Being written"
    SHARED = "shared", "Shared"
    MET = "met", "Talked over"
    ACCEPTED = "accepted", "Accepted"
    SETTLED = "settled", "Settled"
    WITHDRAWN = "withdrawn", "Withdrawn"


class SectionKind(TextChoices):
    """The sections of a handover, in reading order."""

    ABOUT_ME = "about_me", "About me"
    STRENGTHS = "strengths", "Strengths"
    CONNECT = "connect", "How to connect"
    HELPS = "helps", "What helps"
    TRIGGERS = "triggers", "Triggers and early signs"
    FRIENDS = "friends", "Friends"
    SEATING = "seating", "Who to sit with, who to keep apart"
    LEARNING = "learning", "Learning"
    ATTENDANCE = "attendance", "Attendance"
    FAMILY = "family", "Family"
    IN_PLACE = "in_place", "What is in place"
    HEALTH = "health", "Health, care and kit"
    OPEN_QUESTIONS = "open_questions", "What we have not worked out yet"


class Voice(TextChoices):
    """How the child's words came about (practice P23)."""

    SAID = "said", "Said"
    DRAWN = "drawn", "Drawn"
    CHOSEN = "chosen", "Chosen from pictures"
    WRITTEN = "written", "Written by the child"


class ConversationWay(TextChoices):
    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "By video"
    PHONE = "phone", "By telephone"
    CPD = "cpd", "At a CPD session"


class Rectifying(TextChoices):
    """The two ways in which words that were kept may change (practice P5). They are moves in the history, too."""

    CORRECT = "correct", "Correct them"
    REDACT = "redact", "Redact them"


class IdentityOrder(TextChoices):
    """What stands behind a new identity (practice P5)."""

    ADOPTION = "adoption", "An adoption order"
    PROTECTION = "protection", "An order of a court, or of the police, for protection"


class TellingWay(TextChoices):
    """How a family heard that the next school has changed."""

    LETTER = "letter", "By letter"
    PHONE = "phone", "By telephone"
    IN_PERSON = "in_person", "In person"


NEED_WORDS = {
    "SPLD": "Specific learning difficulty",
    "MLD": "Moderate learning difficulty",
    "SLD": "Severe learning difficulty",
    "PMLD": "Profound and multiple learning difficulty",
    "SEMH": "Social, emotional and mental health",
    "SLCN": "Speech, language and communication",
    "HI": "Hearing impairment",
    "VI": "Visual impairment",
    "MSI": "Multi-sensory impairment",
    "PD": "Physical disability",
    "ASD": "Autistic spectrum disorder",
    "DS": "Down syndrome",
    "OTH": "Other difficulty or disability",
    "NSA": "SEN support, type of need not yet assessed",
}
"""Types of need in the school census (DfE, SEN 2018 technical document; DS announced January 2024)."""


def need_words(code: str) -> str:
    """A need in words; a code we do not know stays as it came."""
    return NEED_WORDS.get(code, code)


class BoardName(TextChoices):
    """The two boards, as an export names them."""

    LEAVING = "leaving", "Leaving"
    JOINING = "joining", "Joining"


class ExportFormat(TextChoices):
    XLSX = "xlsx", "Excel"
    CSV = "csv", "CSV"


class ExportState(TextChoices):
    """A file is made by a job, fetched once, and gone after that or when its time is over."""

    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FETCHED = "fetched", "Fetched"
    FAILED = "failed", "Not made"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Not fetched in time"
