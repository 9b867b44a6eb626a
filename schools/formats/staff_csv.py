"""The staff list: who holds which post, from when. Someone without an e-mail address is welcome."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from schools.formats.columns import Column, template
from schools.formats.errors import Parsed, Problem
from schools.formats.refs import SchoolRef
from schools.formats.roles import ROLE_LABELS, role_code, service_code
from schools.formats.sheet import Sheet, SheetRow

COLUMNS = (
    Column("name", "Name", ("Full name", "Staff name", "Staff member"), required=True),
    Column("email", "E-mail", ("Email address", "E-mail address", "Work email", "Mail")),
    Column("role", "Role", ("Post", "Job title", "Position"), required=True),
    Column("service", "Service", ("LA service", "Team")),
    Column("school", "School", ("URN", "School URN", "Organisation", "Establishment", "School name")),
    Column("starts_on", "From", ("Start date", "Starts", "Start", "From date")),
)
TEMPLATE = template(COLUMNS)

_EMAIL = re.compile(r"^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}$")
_SHARED = re.compile(
    r"^(?:head|headteacher|senco|sendco|send|office|admin|dsl|safeguarding|info|enquiries|enquiry|mail|contact"
    r"|reception|school|principal|governors?|clerk|dpo)@"
)


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """One post. `email` is lower case or ""; `starts_on` None means from the day of the import."""

    name: str
    email: str
    role: str
    service: str
    school: SchoolRef | None
    starts_on: date | None


class StaffFile:
    """Read at once; a post that stands twice is taken once."""

    def __init__(self, source: bytes) -> None:
        self._sheet = Sheet(source, COLUMNS, called="staff list", dates=("starts_on",))
        self.present = self._sheet.headings.present
        self.rows = self._sheet.count

    @property
    def warnings(self) -> list[str]:
        """Complete once all rows have been read."""
        return self._sheet.notes.sentences()

    def __iter__(self) -> Iterator[Parsed[StaffRecord]]:
        posts: dict[tuple[object, ...], int] = {}
        owners: dict[str, tuple[str, int]] = {}
        for row in self._sheet:
            reading = SheetRow(self._sheet, row)
            record = _record(reading)
            if record is None:
                yield Parsed(row.line, None, tuple(reading.problems), tuple(reading.notes))
                continue
            key = (record.name.casefold(), record.email, record.role, record.service, record.school)
            if key in posts:
                self._sheet.notes.add("A post stood twice in the list and was taken once", row.line)
                continue
            posts[key] = row.line
            owner = owners.setdefault(record.email, (record.name.casefold(), row.line))
            if record.email and owner[0] != record.name.casefold():
                reason = f"Line {owner[1]} gives this address to someone else: each has their own, or none"
                yield Parsed(row.line, None, (Problem(row.line, "E-mail", record.email, reason),))
                continue
            yield Parsed(row.line, record, (), tuple(reading.notes))


def read_staff(source: bytes) -> StaffFile:
    """Raises FileRefused for what is no staff list."""
    return StaffFile(source)


def _record(reading: SheetRow) -> StaffRecord | None:
    name = reading.needed("name", "The name is blank")
    email = _email(reading)
    said = reading.needed("role", "The role is blank")
    role = role_code(said) if said else None
    if said and role is None:
        known = ", ".join(ROLE_LABELS.values())
        reading.fault("role", f"This is none of the roles we know: {known}")
    service = _service(reading, said, role)
    school, starts_on = reading.school("school"), reading.day("starts_on")
    if reading.problems or role is None:
        return None
    return StaffRecord(name, email, role, service, school, starts_on)


def _email(reading: SheetRow) -> str:
    email = reading.text("email", 260).lower().removeprefix("mailto:")
    if email in ("", "-", "none", "no", "n/a"):
        return ""
    if len(email) > 254 or not _EMAIL.match(email) or ".." in email:
        reading.fault("email", "This is not an e-mail address: correct it, or leave it blank")
    elif _SHARED.match(email):
        reading.note("A shared mailbox is nobody's own sign-in: give the person's own address")
    return email


def _service(reading: SheetRow, said: str, role: str | None) -> str:
    """An LA officer's service, from its own column or from the role ("Virtual school officer")."""
    written = reading.text("service")
    service = service_code(written) or (service_code(said) if role == "la_officer" else None)
    if written and service is None:
        reading.fault("service", "Write SEND, virtual school, admissions, attendance, safeguarding or other")
    if role == "la_officer" and service is None and not written:
        reading.note("An LA officer without a service: “other” is taken, which sees no pupil by name")
    return (service or "other") if role == "la_officer" else ""
