"""The children who leave this year, as the transfer file of each school would bring them."""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from partnership.home.world import places
from partnership.home.world.places import LA_CODE, Place
from schools.formats.upn import check_letter
from transitions.formats.ctf import write_ctf
from transitions.formats.ctf.records import (
    AttendanceYear,
    CtfHeader,
    CtfSchool,
    PupilRecord,
    SchoolStay,
    SenNeed,
    SenProvision,
)

FORENAMES = [
    "Aaliyah",
    "Abel",
    "Ada",
    "Adam",
    "Aisha",
    "Alfie",
    "Amelia",
    "Anaya",
    "Arlo",
    "Asha",
    "Ayaan",
    "Bea",
    "Ben",
    "Blessing",
    "Callum",
    "Carys",
    "Chidi",
    "Clara",
    "Dara",
    "Dylan",
    "Ebony",
    "Eddie",
    "Eira",
    "Elif",
    "Elsie",
    "Emre",
    "Esme",
    "Ethan",
    "Evie",
    "Farah",
    "Felix",
    "Finn",
    "Freya",
    "George",
    "Grace",
    "Hana",
    "Harry",
    "Ibrahim",
    "Ines",
    "Isaac",
    "Isla",
    "Ivy",
    "Jakub",
    "Jasmine",
    "Jonah",
    "Kai",
    "Kezia",
    "Layla",
    "Leo",
    "Lily",
    "Luca",
    "Maeve",
    "Maja",
    "Malik",
    "Mateo",
    "Maya",
    "Mia",
    "Milo",
    "Musa",
    "Nadia",
    "Niamh",
    "Noor",
    "Oisin",
    "Oliver",
    "Omar",
    "Poppy",
    "Quinn",
    "Rania",
    "Reuben",
    "Rosa",
    "Ruby",
    "Rukhsar",
    "Samir",
    "Seren",
    "Simone",
    "Sofia",
    "Tariq",
    "Theo",
    "Tilly",
    "Uma",
    "Wren",
    "Xanthe",
    "Yara",
    "Yusuf",
    "Zara",
    "Zofia",
]
SURNAMES = [
    "Abbott",
    "Adeyemi",
    "Ahmed",
    "Akhtar",
    "Allsop",
    "Baptiste",
    "Barnes",
    "Begum",
    "Bell",
    "Bianchi",
    "Blackwood",
    "Boateng",
    "Brennan",
    "Carter",
    "Chen",
    "Clarke",
    "Cohen",
    "Costa",
    "Cox",
    "Dalton",
    "Davies",
    "Dhillon",
    "Doyle",
    "Ellis",
    "Evans",
    "Farouk",
    "Fletcher",
    "Gallagher",
    "Gill",
    "Goddard",
    "Grant",
    "Hall",
    "Hassan",
    "Hughes",
    "Hussain",
    "Ivanov",
    "Jackson",
    "Jones",
    "Kaur",
    "Kelly",
    "Khan",
    "Kowalska",
    "Lam",
    "Lewis",
    "Lowe",
    "MacLeod",
    "Mahmood",
    "Marsh",
    "Mensah",
    "Mistry",
    "Moore",
    "Murphy",
    "Nguyen",
    "Novak",
    "O'Brien",
    "Okonkwo",
    "Oyelaran",
    "Parekh",
    "Patel",
    "Pereira",
    "Popescu",
    "Quaye",
    "Rahman",
    "Reid",
    "Rossi",
    "Sandhu",
    "Shaw",
    "Singh",
    "Smith",
    "Suleiman",
    "Tanner",
    "Taylor",
    "Thapa",
    "Turner",
    "Ward",
    "Watts",
    "Williams",
    "Wilson",
    "Wójcik",
    "Wright",
    "Yilmaz",
    "Young",
]
NEEDS = ("SLCN", "SEMH", "ASD", "MLD", "SPLD", "HI", "PD", "VI")


@dataclass(frozen=True, slots=True)
class Child:
    """One child of the fictional world with the class they sit in."""

    record: PupilRecord
    place: Place
    class_name: str

    @property
    def name(self) -> str:
        return f"{self.record.forename} {self.record.surname}"


def children_of(place: Place, *, today: date, count: int, with_sen: int, with_plan: int) -> list[Child]:
    """The leaving children of a school: always the same ones on the same day."""
    rng = random.Random(place.urn)  # noqa: S311 - fiction, not secrecy
    infant = place in places.INFANTS
    year_group = 2 if infant else 6
    starts_in = today.year if today.month >= 9 else today.year - 1
    birth_start = date(starts_in - year_group - 5, 9, 1)
    made: list[Child] = []
    names: set[tuple[str, str]] = set()
    while len(made) < count:
        name = (rng.choice(FORENAMES), rng.choice(SURNAMES))
        if name in names:
            continue
        names.add(name)
        index = len(made)
        sen = "E" if index < with_plan else "K" if index < with_sen else "N"
        record = make_record(
            place, index, forename=name[0], surname=name[1], sen=sen, rng=rng, year_group=year_group,
            born_on=birth_start + timedelta(days=rng.randrange(364)), starts_in=starts_in,
        )  # fmt: skip
        made.append(Child(record, place, ("2" if infant else "6") + place.name[0]))
    return made


def make_record(
    place: Place,
    index: int,
    *,
    forename: str,
    surname: str,
    sen: str,
    rng: random.Random,
    year_group: int,
    born_on: date,
    starts_in: int,
) -> PupilRecord:
    """One pupil of a transfer file."""
    since = date(starts_in - rng.choice((1, 2, 3)), 9, 4)
    history = [SenProvision("N", date(starts_in - 4, 9, 4))]
    needs: list[SenNeed] = []
    if sen != "N":
        history.append(SenProvision("K", since))
        needs = [
            SenNeed(code, rank, since)
            for rank, code in enumerate(rng.sample(NEEDS, rng.choice((1, 1, 2))), 1)
        ]
    if sen == "E":
        history.append(SenProvision("E", date(starts_in, 1, 15)))
    possible = 372
    language = rng.choice(("ENG", "ENG", "ENG", "ENG", "PNJ", "URD", "POL", "YOR"))
    missed = rng.choice((4, 8, 10, 14, 18, 22, 40)) + (12 if sen != "N" else 0)
    unauthorised = missed // 4
    return PupilRecord(
        place=index + 1,
        upn=upn(place, index, year=starts_in - year_group - 1),
        upn_is_temporary=False,
        surname=surname,
        forename=forename,
        born_on=born_on,
        preferred_forename="Ollie" if forename == "Oliver" else "",
        sex=rng.choice("FM"),
        year_group=str(year_group),
        enrol_status="C",
        sen_now=sen,
        sen_since=since if sen != "N" else None,
        sen_history=tuple(history),
        needs_now=tuple(need.code for need in needs),
        needs=tuple(needs),
        first_language=language,
        languages=(("F", language),),
        fsm_now=rng.random() < 0.2,
        in_care=index == 3 and place is places.OAKFIELD,
        care_authority=LA_CODE if index == 3 and place is places.OAKFIELD else "",
        medical_flag=index % 5 == 1,
        attendance=(
            AttendanceYear(
                starts_in, LA_CODE, place.number, place.name, possible, possible - missed, missed - unauthorised,
                unauthorised,
            ),
        ),
        school_history=(SchoolStay(LA_CODE, place.number, place.name, date(starts_in - 3, 9, 4), None),),
    )  # fmt: skip


def upn(place: Place, index: int, *, year: int) -> str:
    """A UPN that no child can have: LA 899 was never given out; its establishment is the place's number."""
    rest = f"{LA_CODE}{place.number}{year % 100:02d}{index + 1:03d}"
    return check_letter(rest) + rest


def transfer_file(place: Place, children: list[Child], *, now: datetime) -> tuple[str, bytes]:
    """(file name, content) of a school's common transfer file without a destination, as sent out in autumn."""
    starts_in = now.year if now.month >= 9 else now.year - 1
    header = CtfHeader(
        version="25.0",
        made_at=now.replace(tzinfo=None, microsecond=0),
        qualifier="full",
        source=CtfSchool(LA_CODE, place.number, place.urn, place.name, starts_in),
        destination=CtfSchool("XXX", "XXXX"),
        supplier="DEMO",
        description="Fictional pupils",
    )
    return f"{LA_CODE}{place.number}_CTF_XXXXXXX_001.xml", write_ctf(
        header, [child.record for child in children]
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """One line of an offer list."""

    child: Child
    to: Place
    state: str
    on: date


def offers_file(offers: list[Offer]) -> bytes:
    """The LA's offer list."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(
        [
            "UPN",
            "Legal surname",
            "Legal forename",
            "Date of birth",
            "Present school",
            "Offered school",
            "State",
            "Date",
        ]
    )
    for offer in offers:
        record = offer.child.record
        writer.writerow(
            [
                record.upn, record.surname, record.forename, f"{record.born_on:%d/%m/%Y}", offer.child.place.urn,
                offer.to.urn, offer.state, f"{offer.on:%d/%m/%Y}",
            ]
        )  # fmt: skip
    return out.getvalue().encode()
