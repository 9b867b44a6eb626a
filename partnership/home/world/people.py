"""Who works in the cluster: a staff list as an office would send it, and the people one can sign in as."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from partnership.home.world import places
from partnership.home.world.places import CLUSTER, NORTHFIELD, Place


@dataclass(frozen=True, slots=True)
class Worker:
    """One line of the staff list. `says` makes them a persona of the demo: what they have to do."""

    name: str
    role: str
    at: Place | str
    email: str = ""
    service: str = ""
    says: str = ""

    @property
    def where(self) -> str:
        return self.at if isinstance(self.at, str) else self.at.name


def mail(name: str, place: Place | str) -> str:
    host = place.slug if isinstance(place, Place) else place.lower().replace("the ", "").replace(" ", "-")
    return f"{name.split()[0].lower()}.{name.split()[-1].lower()}@{host}.example"


def persona(name: str, role: str, at: Place | str, says: str, service: str = "") -> Worker:
    return Worker(name, role, at, mail(name, at), service, says)


M, N = places.MILLBROOK, NORTHFIELD
PERSONAS = (
    persona("Helen Ashworth", "Head teacher", N, "Head of the secondary: who is late, and whose move it is"),
    persona("Daniel Osei", "Head teacher", M, "Head of a junior school: children leaving and joining"),
    persona(
        "Anneke Visser",
        "Head teacher",
        places.LITTLE_WEND,
        "Head of an infant school: reads and accepts the sharing agreement, so that children can come in",
    ),
    persona("Jo Obi", "SENCO", N, "SENCO who receives: reads, meets, accepts"),
    persona("Priya Nair", "SENCO", M, "SENCO who sends: writes, shares, sees that it was read"),
    persona("Mark Ellison", "Transition lead", N, "Runs Year 7: the joining board"),
    persona("Tom Reilly", "Class teacher", M, "Year 6 teacher: the grid of class 6M"),
    persona(
        "Sue Whitlock",
        "School office",
        M,
        "School office: brings in the transfer file and the offers; lets in Maureen Gill, who has no mail, by a code",
    ),
    persona("Karen Boyd", "School office", N, "School office of the secondary: the joining list"),
    persona("Wendy Pocock", "Teaching assistant", M, "Teaching assistant: books CPD on her phone"),
    persona(
        "Shabana Mirza", "Teaching assistant", N, "Teaching assistant of the secondary: waits for a place"
    ),
    persona(
        "Miriam Kane",
        "Community partner",
        CLUSTER,
        "Educational psychologist: leads sessions, and takes their registers on a phone",
    ),
    persona("Amara Cole", "DSL", M, "Safeguarding lead: reads, can withdraw; a training of hers runs out"),
    persona(
        "Ruth Calder",
        "Coordinator",
        CLUSTER,
        "Keeps the partnership's records in the admin; sees no child by name",
    ),
    persona(
        "Graham Pike", "LA officer", places.LA_NAME, "LA officer: counts alone, small ones suppressed", "SEND"
    ),
    persona("Nadia Hussain", "Trust leader", places.TRUST, "Trust leader: counts for the trust's schools"),
)

HEADS = {
    places.ASHGROVE: "Claire Dunmore", places.OAKFIELD: "Peter Lindqvist", places.WYSTANS: "Revathi Menon",
    places.HARROW: "Simon Achebe", places.BRINDLE: "Maggie Thorne", places.MILLBROOK_INFANT: "Lorna Keane",
    places.ASHGROVE_INFANT: "Beth Ormerod", places.HARROW_INFANT: "Yusuf Darr",
}  # fmt: skip
SENCOS = {
    places.ASHGROVE: "Fiona Mbeki", places.OAKFIELD: "Laura Szabo", places.WYSTANS: "Gareth Prior",
    places.HARROW: "Imogen Bright", places.BRINDLE: "Kate Sorensen", places.MILLBROOK_INFANT: "Nell Farrow",
    places.ASHGROVE_INFANT: "Fiona Mbeki", places.HARROW_INFANT: "Imogen Bright",
}  # fmt: skip
"""Fiona Mbeki and Imogen Bright serve two schools each; Little Wend's post is empty."""
DSLS = {
    N: "Owen Fairley", places.ASHGROVE: "Claire Dunmore", places.OAKFIELD: "Peter Lindqvist",
    places.WYSTANS: "Revathi Menon", places.HARROW: "Simon Achebe", places.BRINDLE: "Maggie Thorne",
    places.MILLBROOK_INFANT: "Lorna Keane", places.ASHGROVE_INFANT: "Beth Ormerod",
    places.HARROW_INFANT: "Yusuf Darr", places.LITTLE_WEND: "Anneke Visser",
}  # fmt: skip
OFFICES = {
    places.ASHGROVE: "Jean Priddy", places.OAKFIELD: "Moira Lund", places.WYSTANS: "Ann Tolley",
    places.HARROW: "Denise Marr", places.BRINDLE: "Hilary Webb", places.MILLBROOK_INFANT: "Sheila Toms",
    places.ASHGROVE_INFANT: "Jean Priddy", places.HARROW_INFANT: "Denise Marr", places.LITTLE_WEND: "Val Embry",
}  # fmt: skip
TEACHERS = {
    places.ASHGROVE: "Rory Blake", places.OAKFIELD: "Sana Iqbal", places.WYSTANS: "Ellen Cope",
    places.HARROW: "Marcus Hale", places.BRINDLE: "Tess Okafor", places.MILLBROOK_INFANT: "Hattie Moss",
    places.ASHGROVE_INFANT: "Lily Crane", places.HARROW_INFANT: "Dev Rana", places.LITTLE_WEND: "Polly Sweet",
}  # fmt: skip
ASSISTANTS = {
    N: ("Colin Drewe", "Trish Hollis"), M: ("Aled Parry", "Maureen Gill"),
    places.ASHGROVE: ("Sandra Coyle", "Nikita Shah"), places.OAKFIELD: ("Gemma Fox", "Bola Ade"),
    places.WYSTANS: ("Joy Pember",), places.HARROW: ("Carol Nyst", "Mina Popov"), places.BRINDLE: ("Steph Lowry",),
    places.MILLBROOK_INFANT: ("Rita Vance", "Ola Kasprzak"), places.ASHGROVE_INFANT: ("June Abbot",),
    places.HARROW_INFANT: ("Pam Deacon",), places.LITTLE_WEND: ("Chloe Arden",),
}  # fmt: skip


def workers() -> list[Worker]:
    """Everybody on the list. Most support staff have no work mail: they exist without a sign-in."""
    found = list(PERSONAS)
    for role, people in (
        ("Head teacher", HEADS), ("SENCO", SENCOS), ("DSL", DSLS), ("School office", OFFICES), ("Class teacher", TEACHERS),
    ):  # fmt: skip
        first: dict[str, Place] = {}
        for place, name in people.items():
            home = first.setdefault(name, place)
            known = HEADS.get(place) == name
            found.append(Worker(name, role, place, mail(name, place if known else home)))
    found += [
        Worker(name, "Teaching assistant", place) for place, names in ASSISTANTS.items() for name in names
    ]
    found.append(Worker("Leila Farsi", "Class teacher", N, mail("Leila Farsi", N)))
    return found


def staff_file() -> bytes:
    """The staff list of the whole cluster, as a CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["Name", "E-mail", "Role", "Service", "School", "From"])
    for worker in workers():
        where = worker.at if isinstance(worker.at, str) else worker.at.urn
        writer.writerow([worker.name, worker.email, worker.role, worker.service, where, "01/09/2024"])
    return out.getvalue().encode()
