"""How a record of GIAS becomes columns of an organisation, and how people read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from schools.enums import PhaseGroup, SchoolStatus, Stage
from schools.formats.gias_record import SchoolRecord

FIELDS: dict[str, tuple[str, str, str]] = {
    "name": ("name", "Name", "text"),
    "name_key": ("name", "", "text"),
    "la_code": ("la_code", "LA code", "text"),
    "establishment_number": ("establishment_number", "Establishment number", "text"),
    "ukprn": ("ukprn", "UKPRN", "text"),
    "type_name": ("type_name", "Type", "text"),
    "type_group": ("type_group", "Group of types", "text"),
    "status": ("status", "Status", "text"),
    "phase": ("phase", "Phase", "text"),
    "stage": ("stage", "Stage", "text"),
    "phase_group": ("phase_group", "Phase on the map", "text"),
    "low_age": ("low_age", "Lowest age", "int"),
    "high_age": ("high_age", "Highest age", "int"),
    "number_on_roll": ("pupils", "Pupils", "int"),
    "opened_on": ("opened_on", "Opened", "date"),
    "closed_on": ("closed_on", "Closed", "date"),
    "street": ("street", "Street", "text"),
    "locality": ("locality", "Locality", "text"),
    "town": ("town", "Town", "text"),
    "county": ("county", "County", "text"),
    "postcode": ("postcode", "Postcode", "text"),
    "telephone": ("telephone", "Telephone", "text"),
    "website": ("website", "Website", "text"),
    "easting": ("easting", "Easting", "int"),
    "northing": ("northing", "Northing", "int"),
    "latitude": ("latitude", "Latitude", "float8"),
    "longitude": ("longitude", "Longitude", "float8"),
}
"""Our column: the record's field whose presence it follows, its label, its type in the database."""

LONGEST = {
    "name": 200,
    "name_key": 220,
    "ukprn": 8,
    "type_name": 120,
    "type_group": 120,
    "phase": 60,
    "street": 200,
    "locality": 200,
    "town": 100,
    "county": 100,
    "postcode": 8,
    "telephone": 20,
    "website": 400,
    "establishment_number": 4,
}
WORDS: dict[str, dict[str, str]] = {
    "status": dict(SchoolStatus.choices),
    "stage": dict(Stage.choices),
    "phase_group": dict(PhaseGroup.choices),
}


def columns_of(record: SchoolRecord, name_key: str) -> dict[str, Any]:
    """The columns the file speaks about, as JSON. Ages in the wrong order are taken as unknown."""
    found: dict[str, Any] = {}
    for column, (source, _label, _type) in FIELDS.items():
        if source not in record.present:
            continue
        value = name_key if column == "name_key" else getattr(record, source)
        if isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, str) and column in LONGEST:
            value = "" if column == "website" and len(value) > LONGEST[column] else value[: LONGEST[column]]
        found[column] = value
    low, high = found.get("low_age"), found.get("high_age")
    if "low_age" in found and "high_age" in found:
        if low is not None and high is not None and low > high:
            found["low_age"] = found["high_age"] = None
    else:  # one age without the other cannot be checked against it
        found.pop("low_age", None)
        found.pop("high_age", None)
    return found


def in_words(column: str, value: Any) -> str:
    """A value as people read it; a blank is said."""
    if value is None or value == "":
        return "blank"
    if column in WORDS:
        return WORDS[column].get(str(value), str(value))
    if FIELDS[column][2] == "date":
        day = date.fromisoformat(str(value))
        return f"{day.day} {day:%B %Y}"
    if isinstance(value, float):
        return f"{value:.5f}"
    return str(value)


def same(column: str, before: Any, after: Any) -> bool:
    """Whether nothing changed; co-ordinates are compared to about a metre."""
    if isinstance(before, date):
        before = before.isoformat()
    if isinstance(before, float) and isinstance(after, float):
        return abs(before - after) < 0.00001
    return bool(before == after)


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[str]]:
    """{label: [before, after]} of what the file changes."""
    changed: dict[str, list[str]] = {}
    for column, value in after.items():
        label = FIELDS[column][1]
        old = before[column]
        if label and not same(column, old, value):
            old = old.isoformat() if isinstance(old, date) else old
            changed[label] = [in_words(column, old), in_words(column, value)]
    return changed
