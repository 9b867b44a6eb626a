"""Who can be met in the demo: shown by `make demo` and on the demo's sign-in page, nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from partnership.home.world.people import PERSONAS


@dataclass(frozen=True)
class Persona:
    """A person of the demo world with something to do. `url` is the path that signs in as them, in the demo alone."""

    name: str
    email: str
    role: str
    school: str
    url: str
    hint: str = ""


def personas() -> list[Persona]:
    """In the order in which one would meet them."""
    return [
        Persona(
            name=worker.name,
            email=worker.email,
            role=worker.role,
            school=worker.where,
            url=f"/demo/{quote(worker.email)}/",
            hint=worker.says,
        )
        for worker in PERSONAS
    ]
