"""Who can be met in the demo: shown by `make demo` and on the demo's sign-in page, nowhere else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """A person of the demo world with something to do. `url` is the path that signs in as them, in the demo alone."""

    name: str
    email: str
    role: str
    school: str
    url: str


PERSONAS: tuple[Persona, ...] = ()


def personas() -> list[Persona]:
    return list(PERSONAS)
