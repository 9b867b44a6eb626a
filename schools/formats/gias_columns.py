"""The columns of GIAS we read, by our field. Whatever is not named here is never looked at."""

from __future__ import annotations

from schools.formats.columns import Column

COLUMNS = (
    Column("urn", "URN", required=True),
    Column("name", "EstablishmentName", required=True),
    Column("la_code", "LA (code)"),
    Column("la_name", "LA (name)"),
    Column("establishment_number", "EstablishmentNumber"),
    Column("type_code", "TypeOfEstablishment (code)"),
    Column("type_name", "TypeOfEstablishment (name)"),
    Column("type_group", "EstablishmentTypeGroup (name)"),
    Column("status_code", "EstablishmentStatus (code)"),
    Column("status_name", "EstablishmentStatus (name)"),
    Column("phase_code", "PhaseOfEducation (code)"),
    Column("phase_name", "PhaseOfEducation (name)"),
    Column("low_age", "StatutoryLowAge"),
    Column("high_age", "StatutoryHighAge"),
    Column("gender", "Gender (name)"),
    Column("religious_character", "ReligiousCharacter (name)"),
    Column("sixth_form", "OfficialSixthForm (name)"),
    Column("nursery", "NurseryProvision (name)"),
    Column("pupils", "NumberOfPupils"),
    Column("capacity", "SchoolCapacity"),
    Column("street", "Street"),
    Column("locality", "Locality"),
    Column("address3", "Address3"),
    Column("town", "Town"),
    Column("county", "County (name)"),
    Column("postcode", "Postcode"),
    Column("telephone", "TelephoneNum"),
    Column("website", "SchoolWebsite"),
    Column("trust_flag", "TrustSchoolFlag (name)"),
    Column("trust_uid", "Trusts (code)"),
    Column("trust_name", "Trusts (name)"),
    Column("ukprn", "UKPRN"),
    Column("opened_on", "OpenDate"),
    Column("opened_reason", "ReasonEstablishmentOpened (name)"),
    Column("closed_on", "CloseDate"),
    Column("closed_reason", "ReasonEstablishmentClosed (name)"),
    Column("easting", "Easting"),
    Column("northing", "Northing"),
)

# At least one column of each must be there, else it is some other list with URNs in it.
NEEDED = (
    (frozenset({"la_code"}), "LA (code)"),
    (frozenset({"establishment_number"}), "EstablishmentNumber"),
    (frozenset({"type_code", "type_name"}), "TypeOfEstablishment (name)"),
    (frozenset({"status_code", "status_name"}), "EstablishmentStatus (name)"),
)

# What we work out: our field, and the columns of which any (first) or all (second) are needed.
_FROM_ANY = {
    "type_code": {"type_code", "type_name"},
    "type_name": {"type_code", "type_name"},
    "type_group": {"type_code", "type_name", "type_group"},
    "status": {"status_code", "status_name"},
    "phase": {"phase_code", "phase_name"},
    "stage": {"phase_code", "phase_name"},
    "phase_group": {"phase_code", "phase_name"},
    "trust_kind": {"trust_flag"},
}
_FROM_ALL = {
    "stage": {"low_age", "high_age"},
    "phase_group": {"low_age", "high_age"},
    "latitude": {"easting", "northing"},
    "longitude": {"easting", "northing"},
}
_RAW_ONLY = {"status_code", "status_name", "phase_code", "phase_name", "trust_flag", "type_code", "type_name"}


def present_fields(columns: frozenset[str]) -> frozenset[str]:
    """The fields of a record the file speaks about, given which of our columns it has."""
    fields = set(columns) - _RAW_ONLY
    for field in _FROM_ANY.keys() | _FROM_ALL.keys():
        any_of, all_of = _FROM_ANY.get(field, set(columns)), _FROM_ALL.get(field, set[str]())
        if columns & any_of and all_of <= columns:
            fields.add(field)
        else:
            fields.discard(field)
    return frozenset(fields)
