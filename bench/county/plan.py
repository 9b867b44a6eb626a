"""How large a county is, and what share of its children stands where."""

from __future__ import annotations

from dataclasses import dataclass

YEARS_BACK, YEARS_ON = 3, 1
"""Five years of entry: three past ones, the one that began in September, the coming one."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Schools of one stage: how many, their ages, and how many children leave each of them in a year."""

    stage: str
    count: int
    low: int
    high: int
    leavers: int
    boundary: str
    to: str
    group: str


WHOLE = (
    Kind("infant", 40, 4, 7, 60, "infant_junior", "junior", "primary"),
    Kind("junior", 40, 7, 11, 45, "primary_secondary", "secondary", "primary"),
    Kind("primary", 200, 4, 11, 45, "primary_secondary", "secondary", "primary"),
    Kind("secondary", 55, 11, 16, 82, "secondary_post16", "sixteen_plus", "secondary"),
    Kind("special", 10, 2, 19, 29, "in_year", "primary", "other"),
    Kind("sixteen_plus", 5, 16, 99, 0, "", "", "fe"),
)
"""350 schools, 18,000 moves a year."""

HUNDREDTH = (
    Kind("infant", 1, 4, 7, 60, "infant_junior", "junior", "primary"),
    Kind("primary", 1, 4, 11, 45, "primary_secondary", "secondary", "primary"),
    Kind("junior", 1, 7, 11, 45, "primary_secondary", "secondary", "primary"),
    Kind("secondary", 1, 11, 16, 30, "secondary_post16", "sixteen_plus", "secondary"),
    Kind("sixteen_plus", 1, 16, 99, 0, "", "", "fe"),
)
"""A cluster of the same schools: what one school holds stays as it is, the county around it is a hundredth."""

SCALES = {"1": WHOLE, "0.01": HUNDREDTH}
KNOWN = 4 / 3
"""Pupils known for each one with a move: 24,000 a year beside 18,000 moves."""
SEN = (("E", 0.045), ("K", 0.155))
STAFF_ROLES = (
    ["head", "deputy_head", "senco", "dsl", "deputy_dsl", "transition_lead", "school_office", "school_office"]
    + ["class_teacher"] * 12
    + ["support_staff"] * 13
    + ["governor", "dpo"]
)

SESSIONS, ATTENDED = 2_400, 25
"""CPD of one year in the county, and how many come to a session: 60,000 bookings."""

HANDED_OVER = {"past": 0.80, "now": 0.75, "next": 0.19}
"""Children with a handover, by when they move; with SEND first."""
SEND_NEXT = 0.6
"""Of the children with SEND who move next September, those whose handover is begun."""

DESTINATIONS_NEXT = (
    ("none", 0.45),
    ("expected", 0.25),
    ("offered", 0.10),
    ("accepted", 0.18),
    ("named", 0.02),
)
STATES_NOW = (("settled", 0.55), ("accepted", 0.25), ("met", 0.12), ("shared", 0.08))
STATES_NEXT = (("draft", 0.8), ("shared", 0.15), ("met", 0.05))

FORENAMES = (
    "Ada", "Ben", "Cleo", "Dev", "Elin", "Femi", "Grace", "Hugo", "Isla", "Jamal", "Kit", "Lena", "Milo", "Nia", "Omar",
    "Pip", "Quin", "Rosa", "Sami", "Tess", "Uma", "Viv", "Wren", "Xan", "Yusuf", "Zoë", "Aoife", "Bashir", "Chidi", "Daisy",
)  # fmt: skip
SURNAMES = (
    "Ash", "Birch", "Cove", "Dale", "Eddy", "Fell", "Glen", "Heath", "Isle", "Jetty", "Knoll", "Lea", "Marsh", "Nook",
    "Oak", "Pool", "Quarry", "Ridge", "Shore", "Thorn", "Upton", "Vale", "Weir", "Yarrow", "O’Brook", "de Ford", "Élan",
)  # fmt: skip
ENDINGS = (
    "",
    "ley",
    "ton",
    "wick",
    "ham",
    "worth",
    "field",
    "er",
    "s",
    "man",
    "shaw",
    "by",
    "gate",
    "combe",
    "stead",
)
PLACES = (
    "Wend",
    "Castle",
    "Mill",
    "Brook",
    "North",
    "South",
    "Long",
    "Kings",
    "Harrow",
    "Orchard",
    "Abbey",
    "Church",
)
ENDS = ("bridge", "ford", "field", "mere", "hill", "stow", "thorpe", "bury", "den", "well", "over", "ing")
SENTENCES = (
    "Instructions one at a time, written on a sticky note, and a seat by the door.",
    "Say hello by name at the gate and give two minutes’ warning before a change.",
    "Remembers every detail of a story and reads to Reception on Fridays.",
    "Late on Mondays, since there is a long way to come from the other home.",
    "Ten minutes of phonics each morning with a teaching assistant.",
    "Fire alarms and supply teachers are hard; the first sign is a hood up.",
    "Trusts Mr Bell at lunch club and moves with two good friends.",
    "A phone call after half past three is better than a letter.",
    "We wonder about hearing: it goes better in a quiet room.",
)
