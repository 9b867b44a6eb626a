"""The fixed words of the shared ground. Codes are stored; labels are what people read."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices


class OrganisationKind(TextChoices):
    SCHOOL = "school", "School or college"
    TRUST = "trust", "Academy trust"
    LOCAL_AUTHORITY = "local_authority", "Local authority"
    PARTNERSHIP = "partnership", "Partnership or cluster"
    COMMUNITY = "community", "Community partner"


class SchoolStatus(TextChoices):
    """EstablishmentStatus of GIAS."""

    OPEN = "open", "Open"
    PROPOSED_TO_CLOSE = "proposed_to_close", "Open, but proposed to close"
    PROPOSED_TO_OPEN = "proposed_to_open", "Proposed to open"
    CLOSED = "closed", "Closed"


class Stage(TextChoices):
    """Derived from the age range: GIAS's phase knows neither infant nor junior, and leaves special schools blank."""

    NURSERY = "nursery", "Nursery"
    INFANT = "infant", "Infant"
    JUNIOR = "junior", "Junior"
    FIRST = "first", "First"
    MIDDLE = "middle", "Middle"
    PRIMARY = "primary", "Primary"
    SECONDARY = "secondary", "Secondary"
    UPPER = "upper", "Upper"
    ALL_THROUGH = "all_through", "All-through"
    SIXTEEN_PLUS = "sixteen_plus", "Sixth form or FE"
    SPECIAL = "special", "Special"
    ALTERNATIVE = "alternative", "Alternative provision"
    OTHER = "other", "Other"


class PhaseGroup(TextChoices):
    """The four groups of the map, in the colours partnerships already use."""

    PRIMARY = "primary", "Primary"
    SECONDARY = "secondary", "Secondary"
    FE = "fe", "Further education"
    OTHER = "other", "Other"


class Role(TextChoices):
    HEAD = "head", "Head teacher"
    DEPUTY_HEAD = "deputy_head", "Deputy head"
    SENCO = "senco", "SENCO"
    DSL = "dsl", "Designated safeguarding lead"
    DEPUTY_DSL = "deputy_dsl", "Deputy DSL"
    TRANSITION_LEAD = "transition_lead", "Head of year or transition lead"
    CLASS_TEACHER = "class_teacher", "Class teacher"
    SUPPORT_STAFF = "support_staff", "Support staff"
    SCHOOL_OFFICE = "school_office", "School office"
    COORDINATOR = "coordinator", "Coordinator"
    LA_OFFICER = "la_officer", "LA officer"
    TRUST_LEADER = "trust_leader", "Trust leader"
    GOVERNOR = "governor", "Governor or trustee"
    DPO = "dpo", "Data protection officer"
    COMMUNITY_PARTNER = "community_partner", "Community partner"
    OBSERVER = "observer", "Observer"


class LAService(TextChoices):
    """An LA post carries its service (practice P12, P13)."""

    SEND = "send", "SEND"
    VIRTUAL_SCHOOL = "virtual_school", "Virtual school"
    ADMISSIONS = "admissions", "Admissions"
    ATTENDANCE = "attendance", "Attendance"
    SAFEGUARDING = "safeguarding", "Safeguarding"
    OTHER = "other", "Other"


class SenProvision(TextChoices):
    """SENprovision of the census and the CTF."""

    NONE = "N", "No SEN"
    SUPPORT = "K", "SEN support"
    EHC_PLAN = "E", "EHC plan"


class SignInKind(TextChoices):
    """Whose accounts an organisation may let its people sign in with (practice P20)."""

    MICROSOFT = "microsoft", "Microsoft"
    GOOGLE = "google", "Google"


class ControllerKind(TextChoices):
    """Who can be the controller of a school's data (practice P1)."""

    GOVERNING_BODY = "governing_body", "Governing body"
    TRUST = "trust", "Academy trust"
    LOCAL_AUTHORITY = "la", "Local authority"
    OTHER = "other", "Another body"


class HalfTermNumber(IntegerChoices):
    """The six teaching blocks of a school year."""

    AUTUMN_1 = 1, "Autumn 1"
    AUTUMN_2 = 2, "Autumn 2"
    SPRING_1 = 3, "Spring 1"
    SPRING_2 = 4, "Spring 2"
    SUMMER_1 = 5, "Summer 1"
    SUMMER_2 = 6, "Summer 2"


class Weekday(IntegerChoices):
    """Working days, as ISO 8601 numbers them."""

    MONDAY = 1, "Monday"
    TUESDAY = 2, "Tuesday"
    WEDNESDAY = 3, "Wednesday"
    THURSDAY = 4, "Thursday"
    FRIDAY = 5, "Friday"


class DutyKind(TextChoices):
    """What stands behind a date (practice P17)."""

    LAW = "law", "Law"
    STATUTORY_GUIDANCE = "statutory_guidance", "Statutory guidance"
    LA_RULE = "la_rule", "Local authority rule"
    PARTNERSHIP = "partnership", "The partnership's own wish"


class PeriodUnit(TextChoices):
    SCHOOL_DAYS = "school_days", "school days"
    DAYS = "days", "days"
    WEEKS = "weeks", "weeks of seven days"
    HOURS = "hours", "hours"
    DAY_OF_YEAR = "day_of_year", "a day of the year"
    HALF_TERMS = "half_terms", "half-terms"


BY_THE_CLOCK = (PeriodUnit.HOURS, PeriodUnit.DAYS, PeriodUnit.WEEKS)
"""Units that a clock can count without a calendar."""


class ImportKind(TextChoices):
    GIAS = "gias", "Schools from GIAS"
    GIAS_LINKS = "gias_links", "School links from GIAS"
    GROUP_LINKS = "group_links", "Trust membership from GIAS"
    STAFF = "staff", "Staff list"
    CTF = "ctf", "Common transfer file"
    PUPILS = "pupils", "Pupil list"
    OFFERS = "offers", "Offer list"


class ImportState(TextChoices):
    """An import is read by a job, then waits to be applied. A refused one says why and goes no further."""

    QUEUED = "queued", "Waiting to be read"
    READING = "reading", "Being read"
    READY = "ready", "Ready to apply"
    APPLIED = "applied", "Applied"
    REFUSED = "refused", "Refused"
    DISCARDED = "discarded", "Discarded"


class RowOutcome(TextChoices):
    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    REFUSED = "refused", "Refused"
    UNDECIDED = "undecided", "To be decided"
    DROPPED = "dropped", "Not kept"
