"""Files of children, made by the project's own writers, and what the tests ask of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from schools.formats.upn import check_letter
from schools.models import Organisation
from transitions.formats.ctf import CtfHeader, CtfSchool, PupilRecord, SenNeed, SenProvision, write_ctf

MADE = datetime(2026, 11, 16, 15, 30)  # noqa: DTZ001  (a CTF gives the sender's local time without a zone)


def upn(serial: int) -> str:
    """A UPN of LA 899, establishment 0001, which no child can have."""
    rest = f"899000126{serial:03d}"
    return check_letter(rest) + rest


def in_header(school: Organisation | None, **rest: Any) -> CtfSchool:
    if school is None:
        return CtfSchool("XXX", "XXXX")
    return CtfSchool(school.la_code, school.establishment_number, school.urn, school.name, **rest)


def ctf(
    sender: Organisation, receiver: Organisation | None, *pupils: PupilRecord, academic_year: int = 2026
) -> bytes:
    header = CtfHeader(
        version="25.0",
        made_at=MADE,
        qualifier="full",
        source=in_header(sender, academic_year=academic_year),
        destination=in_header(receiver),
    )
    return write_ctf(header, [replace(pupil, place=place) for place, pupil in enumerate(pupils, 1)])


def child(serial: int = 1, **over: Any) -> PupilRecord:
    """Ada Marsh of Year 6, with SEN support and two needs."""
    facts: dict[str, Any] = {
        "place": 1,
        "upn": upn(serial),
        "upn_is_temporary": False,
        "surname": "Marsh",
        "forename": f"Ada{chr(96 + serial)}" if serial > 1 else "Ada",
        "born_on": date(2016, 3, 14),
        "year_group": "6",
        "sen_now": "K",
        "sen_history": (SenProvision("N", date(2021, 9, 6)), SenProvision("K", date(2024, 9, 2))),
        "needs": (SenNeed("SLCN", 1, date(2024, 9, 2)), SenNeed("SEMH", 2, date(2025, 1, 6))),
    }
    return PupilRecord(**{**facts, **over})


def file_name(sender: Organisation, receiver: Organisation | None) -> str:
    to = f"{receiver.la_code}{receiver.establishment_number}" if receiver else "XXXXXXX"
    return f"{sender.la_code}{sender.establishment_number}_CTF_{to}_001.xml"
