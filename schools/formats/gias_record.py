"""One establishment as GIAS describes it, head teachers' names left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SchoolRecord:
    """One establishment. Only the fields in `present` were in the file: leave the others as they are.

    Codes of `status`, `stage` and `phase_group` are those of `schools.enums`; blank text and None mean that
    GIAS has nothing. `establishment_number` has four digits, `la_code` three ("" outside England's LAs).
    """

    present: frozenset[str]
    urn: int
    name: str
    la_code: str = ""
    la_name: str = ""
    establishment_number: str = ""
    type_code: str = ""
    type_name: str = ""
    type_group: str = ""
    status: str = ""
    phase: str = ""
    stage: str = ""
    phase_group: str = ""
    low_age: int | None = None
    high_age: int | None = None
    gender: str = ""
    religious_character: str = ""
    sixth_form: bool | None = None
    nursery: bool | None = None
    pupils: int | None = None
    capacity: int | None = None
    street: str = ""
    locality: str = ""
    address3: str = ""
    town: str = ""
    county: str = ""
    postcode: str = ""
    telephone: str = ""
    website: str = ""
    trust_uid: str = ""
    trust_name: str = ""
    trust_kind: str = ""
    ukprn: str = ""
    opened_on: date | None = None
    opened_reason: str = ""
    closed_on: date | None = None
    closed_reason: str = ""
    easting: int | None = None
    northing: int | None = None
    latitude: float | None = None
    longitude: float | None = None
