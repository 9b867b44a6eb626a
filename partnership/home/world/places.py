"""The schools of Wendlebury, as a GIAS extract would list them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

LA_CODE, LA_NAME = "899", "Wendlebury"
TRUST, TRUST_UID = "The Orchard Trust", "90001"
COUNTY, CLUSTER = "Wendlebury Education Partnership", "Northfield Cluster"

ACADEMY = ("34", "Academy converter", "Academies")
COMMUNITY = ("1", "Community school", "Local authority maintained schools")
CONTROLLED = ("3", "Voluntary controlled school", "Local authority maintained schools")
SPECIAL = ("7", "Community special school", "Special schools")
UNIT = ("14", "Pupil referral unit", "Local authority maintained schools")
NURSERY = ("15", "Local authority nursery school", "Local authority maintained schools")
COLLEGE = ("18", "Further education", "Colleges")
INDEPENDENT = ("11", "Other independent school", "Independent schools")


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the extract. `east` and `north` are metres from the town's market cross."""

    urn: int
    number: str
    name: str
    low: int
    high: int
    roll: int
    east: int
    north: int
    kind: tuple[str, str, str] = COMMUNITY
    phase: tuple[str, str] = ("2", "Primary")
    in_trust: bool = False
    cluster: bool = False
    town: str = "Wendlebury"
    closed: str = ""

    @property
    def slug(self) -> str:
        """The first words of the name, for addresses: 'millbrook-junior'."""
        plain = self.name.lower().replace("'", "").replace("’", "").removesuffix(" school").replace(" ", "-")
        return plain.replace("-school", "")


SECONDARY = ("4", "Secondary")
NONE = ("0", "Not applicable")
SIXTEEN = ("6", "16 plus")

NORTHFIELD = Place(
    900001, "4001", "Northfield School", 11, 16, 1596, 900, 700, ACADEMY, SECONDARY, True, True
)
MILLBROOK = Place(900002, "2001", "Millbrook Junior School", 7, 11, 236, 350, -400, cluster=True)
ASHGROVE = Place(900003, "2002", "Ashgrove Junior School", 7, 11, 241, 1900, 300, cluster=True)
OAKFIELD = Place(900004, "2003", "Oakfield Primary School", 4, 11, 418, -700, 1500, cluster=True)
WYSTANS = Place(
    900005, "3001", "St Wystan's CofE Primary School", 4, 11, 206, 2400, 1900, CONTROLLED, cluster=True
)
HARROW = Place(
    900006, "2004", "Harrow Lane Junior School", 7, 11, 228, 150, 2100, ACADEMY, in_trust=True, cluster=True
)
BRINDLE = Place(900007, "2005", "Brindle Primary School", 4, 11, 203, -1500, -900, cluster=True)
MILLBROOK_INFANT = Place(900008, "2006", "Millbrook Infant School", 4, 7, 176, 250, -550, cluster=True)
ASHGROVE_INFANT = Place(900009, "2007", "Ashgrove Infant School", 4, 7, 180, 2050, 150, cluster=True)
HARROW_INFANT = Place(
    900010, "2008", "Harrow Lane Infant School", 4, 7, 169, 60, 2250, ACADEMY, in_trust=True, cluster=True
)
LITTLE_WEND = Place(
    900011, "2009", "Little Wend Infant and Nursery School", 3, 7, 131, 1200, 2900, cluster=True
)

JUNIORS = (MILLBROOK, ASHGROVE, OAKFIELD, WYSTANS, HARROW, BRINDLE)
INFANTS = (MILLBROOK_INFANT, ASHGROVE_INFANT, HARROW_INFANT, LITTLE_WEND)
NEXT_OF_INFANT = {
    MILLBROOK_INFANT: MILLBROOK,
    ASHGROVE_INFANT: ASHGROVE,
    HARROW_INFANT: HARROW,
    LITTLE_WEND: HARROW,
}

WEND_VALLEY = Place(
    900020, "4002", "Wend Valley Academy", 11, 18, 1210, 6200, -2100, ACADEMY, SECONDARY, True
)
LARKSPUR = Place(900022, "7001", "Larkspur School", 2, 19, 142, -2600, 2600, SPECIAL, NONE)

PLACES = (
    NORTHFIELD,
    *JUNIORS,
    *INFANTS,
    WEND_VALLEY,
    Place(900021, "4003", "Kingsmere High School", 11, 18, 1034, -9300, 4100, COMMUNITY, SECONDARY, town="Kingsmere"),
    LARKSPUR,
    Place(900023, "1101", "The Bridge", 5, 16, 48, 1600, -1800, UNIT, NONE),
    Place(900024, "1001", "Marlow Road Nursery School", 2, 4, 78, 500, 250, NURSERY, ("1", "Nursery")),
    Place(900025, "8001", "Wendlebury College", 16, 99, 2310, 1100, -700, COLLEGE, SIXTEEN),
    Place(900026, "2010", "Castle Hill First School", 4, 9, 187, 12800, 5200, phase=("2", "Primary"), town="Castle Wend"),
    Place(
        900027, "4004", "Castle Hill Middle School", 9, 13, 402, 13100, 5400, phase=("5", "Middle deemed secondary"),
        town="Castle Wend",
    ),
    Place(900028, "4005", "Castle Upper School", 13, 18, 780, 13400, 5000, COMMUNITY, SECONDARY, town="Castle Wend"),
    Place(900029, "2011", "Kingsmere Primary School", 4, 11, 398, -9100, 3800, town="Kingsmere"),
    Place(900030, "2012", "Thornby Primary School", 4, 11, 97, -5200, 8200, town="Thornby"),
    Place(900031, "2013", "Wend Bridge Primary School", 4, 11, 312, 6000, -2500),
    Place(900032, "6001", "Eastcote House School", 3, 18, 268, 8100, 7300, INDEPENDENT, NONE, town="Eastcote"),
    Place(900033, "2014", "Old Market Primary School", 4, 11, 0, 300, 120, closed="31-08-2019"),
    Place(
        900034, "4006", "Eastcote Free School", 4, 16, 640, 8000, 6900, ("35", "Free schools", "Free Schools"),
        ("7", "All-through"), town="Eastcote",
    ),
)  # fmt: skip
CLUSTER_PLACES = tuple(place for place in PLACES if place.cluster)

HEADER = (
    "URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "TypeOfEstablishment (code)",
    "TypeOfEstablishment (name)", "EstablishmentTypeGroup (name)", "EstablishmentStatus (code)",
    "EstablishmentStatus (name)", "OpenDate", "CloseDate", "PhaseOfEducation (code)", "PhaseOfEducation (name)",
    "StatutoryLowAge", "StatutoryHighAge", "NumberOfPupils", "Trusts (code)", "Trusts (name)", "UKPRN", "Street",
    "Town", "County (name)", "Postcode", "SchoolWebsite", "TelephoneNum", "Easting", "Northing",
)  # fmt: skip
CROSS = (468_000, 251_000)
"""The market cross on the national grid: open country, in truth."""


def gias_file() -> bytes:
    """The extract, in the register's own encoding and line ends."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for place in PLACES:
        code, name, group = place.kind
        writer.writerow(
            [
                place.urn, LA_CODE, LA_NAME, place.number, place.name, code, name, group,
                "2" if place.closed else "1", "Closed" if place.closed else "Open", "", place.closed, *place.phase,
                place.low, place.high, place.roll or "", TRUST_UID if place.in_trust else "",
                TRUST.upper() if place.in_trust else "", "", f"{place.urn % 90} School Lane", place.town, "Wendshire",
                "", f"www.{place.slug}.example", "", CROSS[0] + place.east, CROSS[1] + place.north,
            ]
        )  # fmt: skip
    return out.getvalue().encode("cp1252")
