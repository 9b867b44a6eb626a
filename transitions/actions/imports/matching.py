"""Which child a row means: by UPN, else by name, birth date and present school (practice P2, P22)."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db import connection

from partnership.lib.names import fold
from transitions.actions.imports.facts import Facts
from transitions.actions.imports.known import Known, Named, known_children


@dataclass(frozen=True, slots=True)
class Match:
    """One child, or several who might be meant, or a child of that UPN who is at another school."""

    pupil: Known | None = None
    candidates: tuple[Known, ...] = ()
    elsewhere: Known | None = None
    apart: tuple[uuid.UUID, ...] = ()
    """Whose near name is not meant, since the file names them outright in another row."""


def lock_pupils() -> None:
    """One import of children at a time, until this transaction ends: what was matched stays so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('transitions.import.pupils'))")


class Matcher:
    """Everybody who might be meant by one file, fetched in one query however long the file is."""

    def __init__(self, school_ids: Iterable[uuid.UUID], incoming: Iterable[Facts]) -> None:
        rows = list(incoming)
        upns = {facts["upn"] for facts in rows if facts.get("upn")}
        born = {facts["born_on"] for facts in rows if facts.get("born_on")}
        schools = set(school_ids)
        self._by_upn: dict[str, Known] = {}
        self._by_birth: dict[tuple[uuid.UUID, str], list[Known]] = defaultdict(list)
        self.everyone: dict[uuid.UUID, Known] = {}
        """All who might be meant."""
        for pupil in known_children(upns=upns, schools=schools, born=born):
            self.everyone[pupil.pk] = pupil
            if pupil.upn in upns:
                self._by_upn[pupil.upn] = pupil
            if pupil.school_id in schools and pupil.born in born:
                self._by_birth[pupil.school_id, pupil.born].append(pupil)
        self._rows = rows

    def with_upn(self, upn: str) -> Known | None:
        """The child of this UPN, wherever they are."""
        return self._by_upn.get(upn) if upn else None

    def near(self, school_id: uuid.UUID, facts: Facts) -> Iterator[uuid.UUID]:
        """Whose facts decide what becomes of a row."""
        if (known := self.with_upn(facts.get("upn", ""))) is not None:
            yield known.pk
        for pupil in self._by_birth.get((school_id, facts.get("born_on", "")), ()):
            yield pupil.pk

    def match(self, school_id: uuid.UUID, facts: Facts, apart: Collection[str] = ()) -> Match:
        """At this school. A child known under another UPN is never taken for this one without being asked about.

        `apart` are those whom another row of the file was found to name."""
        upn = facts.get("upn", "")
        if (known := self.with_upn(upn)) is not None:
            return Match(pupil=known) if known.school_id == school_id else Match(elsewhere=known)
        here = self._by_birth.get((school_id, facts.get("born_on", "")))
        if not here:
            return NOBODY
        named = [pupil for pupil in here if same_name(pupil, facts)]
        certain = [pupil for pupil in named if not contradict(upn, pupil.upn)]
        if len(certain) == 1 and len(named) == 1:
            return Match(pupil=certain[0])
        if named:
            return Match(candidates=tuple(named))
        near = [pupil for pupil in here if not contradict(upn, pupil.upn) and nearly_named(pupil, facts)]
        others = {pupil.pk for pupil in near if str(pupil.pk) in apart or self._has_own_row(pupil)}
        return Match(
            candidates=tuple(pupil for pupil in near if pupil.pk not in others), apart=tuple(sorted(others))
        )

    @cached_property
    def _named(self) -> set[tuple[str, str]]:
        births = {birth for _school, birth in self._by_birth}
        return {
            (facts["born_on"], full_name(facts)) for facts in self._rows if facts.get("born_on") in births
        }

    def _has_own_row(self, pupil: Known) -> bool:
        """Whether the file names this child outright in some row: then a near name is somebody else, a twin perhaps."""
        return (pupil.born, fold(f"{pupil.forename} {pupil.surname}")) in self._named


NOBODY = Match()


def is_temporary(upn: str) -> bool:
    """A temporary UPN ends in a letter and gives way to a permanent one."""
    return upn[-1:].isalpha()


def contradict(one: str, other: str) -> bool:
    """Whether two UPNs tell two children apart: both known, both permanent. Who matches by UPN is not asked here."""
    return bool(one and other) and not (is_temporary(one) or is_temporary(other))


def full_name(facts: Facts) -> str:
    return fold(f"{facts['forename']} {facts['surname']}")


def same_name(pupil: Named, facts: Facts) -> bool:
    """Both names alike but for case, accents and spaces; the everyday name counts as well."""
    return full_name(facts) in (fold(f"{pupil.forename} {pupil.surname}"), fold(pupil.known_as))


def nearly_named(pupil: Known, facts: Facts) -> bool:
    """One name alike and the other different: a changed surname or a short first name. Twins are not this."""
    forename, surname = fold(facts["forename"]), fold(facts["surname"])
    mine, ours = fold(pupil.forename), fold(pupil.surname)
    if forename == mine and surname != ours:
        return True
    return surname == ours and forename != mine and forename[:3] == mine[:3]


def agrees(pupil: Named, facts: Facts) -> bool:
    """Whether what a stranger's file says besides the UPN shows that the child is really known to it."""
    born = facts.get("born_on")
    if born and date.fromisoformat(born) != pupil.born_on:
        return False
    if facts.get("surname") and facts.get("forename"):
        alike = same_name(pupil, facts) or fold(facts["surname"]) == fold(pupil.surname)
        return alike and bool(born or same_name(pupil, facts))
    return False
