"""England's bank holidays and the duties that hold until a partnership enters its own."""

from datetime import date
from typing import Any

from django.db import migrations

GOV_UK = "gov.uk/bank-holidays.json, England and Wales"

BANK_HOLIDAYS = {
    "New Year’s Day": ["2025-01-01", "2026-01-01", "2027-01-01"],
    "New Year’s Day (substitute day)": ["2028-01-03"],
    "Good Friday": ["2025-04-18", "2026-04-03", "2027-03-26", "2028-04-14"],
    "Easter Monday": ["2025-04-21", "2026-04-06", "2027-03-29", "2028-04-17"],
    "Early May bank holiday": ["2025-05-05", "2026-05-04", "2027-05-03", "2028-05-01"],
    "Spring bank holiday": ["2025-05-26", "2026-05-25", "2027-05-31", "2028-05-29"],
    "Summer bank holiday": ["2025-08-25", "2026-08-31", "2027-08-30", "2028-08-28"],
    "Christmas Day": ["2025-12-25", "2026-12-25", "2028-12-25"],
    "Christmas Day (substitute day)": ["2027-12-27"],
    "Boxing Day": ["2025-12-26", "2028-12-26"],
    "Boxing Day (substitute day)": ["2026-12-28", "2027-12-28"],
}

WISH = "The partnership's own wish; each partnership sets its own"

# code, title, kind, owner role, source, period: (amount, unit) or (month, day)
DUTIES = [
    ("destination_known_by", "The next school is known", "partnership", "school_office",
     f"{WISH}. After the offer days of 1 March (secondary) and 16 April (primary)", (4, 30)),
    ("handover_begun_by", "The SEND handover is begun", "partnership", "senco", WISH, (3, 15)),
    ("handover_shared_by", "The SEND handover is shared", "partnership", "senco", WISH, (5, 15)),
    ("received_within", "A shared handover is read and received", "partnership", "senco", WISH, (5, "school_days")),
    ("talked_within", "The conversation is held after receipt", "partnership", "senco", WISH, (10, "school_days")),
    ("conversation_tomorrow", "A conversation is announced beforehand", "partnership", "senco", WISH,
     (1, "school_days")),
    ("accepted_within", "The handover is accepted after the conversation", "partnership", "senco", WISH,
     (5, "school_days")),
    ("settled_by", "The child has settled by the end of the first half-term", "partnership", "senco", WISH,
     (1, "half_terms")),
    ("head_told_after", "The head is told of what is late", "partnership", "head", WISH, (5, "school_days")),
    ("ctf_within", "Common transfer file and educational record sent after a pupil leaves", "law", "school_office",
     "SI 2005/1437 reg 9(3); law for maintained schools, good practice for academies", (15, "school_days")),
    ("ehc_amended_by", "EHC plan reviewed and amended before 15 February of the year of transfer", "law", "la_officer",
     "SEND Regulations 2014 reg 18(1)(b); the last day before the date in the regulation", (2, 14)),
    ("post16_amended_by", "EHC plan reviewed and amended before 31 March for a move to a college", "law", "la_officer",
     "SEND Regulations 2014 reg 18(1)(a); for colleges, not school sixth forms; the last day before the date", (3, 30)),
    ("latest_safe_meeting", "Latest safe review meeting before the date in law", "statutory_guidance", "senco",
     "SEND Regulations 2014 reg 22(3); L v Devon [2022] EWHC 493 (Admin): 12 weeks from meeting to final plan",
     (12, "weeks")),
    ("invitation_valid", "An invitation can be taken up", "partnership", "", "How this platform keeps invitations",
     (10, "school_days")),
    ("upload_kept", "An uploaded file is kept", "partnership", "", "How this platform keeps files", (24, "hours")),
]  # fmt: skip


YEARS = range(2024, 2041)
"""School years one can enter half-terms for, by the calendar year in which they begin."""


def seed(apps: Any, schema_editor: Any) -> None:
    """Put in what is missing; a row somebody has changed stays as they left it."""
    for starts_in in YEARS:
        apps.get_model("schools", "AcademicYear").objects.get_or_create(starts_in=starts_in)
    holidays = apps.get_model("schools", "BankHoliday").objects
    for title, days in BANK_HOLIDAYS.items():
        for day in days:
            holidays.get_or_create(on=date.fromisoformat(day), defaults={"title": title, "source": GOV_UK})
    duties = apps.get_model("schools", "Duty").objects
    for code, title, kind, owner_role, source, (first, second) in DUTIES:
        period = (
            {"amount": first, "unit": second}
            if isinstance(second, str)
            else {"month": first, "day": second, "unit": "day_of_year"}
        )
        duties.get_or_create(
            code=code,
            partnership=None,
            effective_from=date(2020, 9, 1),
            defaults={"title": title, "kind": kind, "owner_role": owner_role, "source": source, **period},
        )


def unseed(apps: Any, schema_editor: Any) -> None:
    """Take out the defaults and these years' bank holidays, and nothing that a partnership entered."""
    apps.get_model("schools", "AcademicYear").objects.filter(half_terms__isnull=True).delete()
    days = [date.fromisoformat(day) for several in BANK_HOLIDAYS.values() for day in several]
    apps.get_model("schools", "BankHoliday").objects.filter(on__in=days, source=GOV_UK).delete()
    codes = [row[0] for row in DUTIES]
    apps.get_model("schools", "Duty").objects.filter(
        code__in=codes, partnership=None, effective_from=date(2020, 9, 1)
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_initial")]

    operations = [migrations.RunPython(seed, unseed)]
