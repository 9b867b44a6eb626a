"""The common transfer file, uploaded by its sender's or its receiver's office (practice P2).

Header, file name and the uploader's school are checked against each other; the header is what we go by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone

from partnership.lib.names import within_a_sentence
from schools.actions.imports.base import Applying, Guide, ImportRefused, Staging, Tick, refused, stored
from schools.enums import ImportKind, OrganisationKind
from schools.formats.errors import FileRefused, Parsed
from schools.models import Organisation
from schools.queries.finding import Finder, Found
from transitions.actions.imports import facts as said
from transitions.actions.imports.planning import JOINING, OWN
from transitions.actions.imports.staged import Incoming, stage_all
from transitions.actions.imports.writing import write_children
from transitions.actions.imports.years import Moves, school_year, year_from_birth
from transitions.enums import DestinationSource, DestinationState
from transitions.formats.ctf import CtfHeader, CtfSchool, PupilRecord, name_warnings, read_ctf

ACCEPTED, IN_YEAR = "accepted", "in_year"


@dataclass(frozen=True, slots=True)
class Parties:
    """Who sends, who receives as far as known, and for whom of the two the file is read."""

    sender: Organisation
    receiver: Organisation | None
    mode: str


class CtfImporter:
    """Keeps only the children of a leaving year, or all where they move in-year; the rest is counted and dropped."""

    kind = ImportKind.CTF
    guide = Guide(
        title="Common transfer file (CTF)",
        hint="The XML file that your records system makes for School to School. The sender's or the receiver's "
        "office can upload it.",
        accept=".xml",
        after=(
            ("transitions:leaving", "Look at who is leaving"),
            ("transitions:joining", "Look at who is joining"),
        ),
        ticks=(
            Tick(
                ACCEPTED,
                "The families have accepted these places",
                "For the sender: without the tick the next school is recorded as expected.",
            ),
            Tick(
                IN_YEAR,
                "These children move during the school year",
                "Without the tick only children in a leaving year are kept.",
            ),
        ),
    )

    def stage(self, staging: Staging) -> None:
        file = read_ctf(staging.source)
        staging.warn(*name_warnings(staging.importing.file_name, file.header))
        parties = find_parties(file.header, staging)
        parsed = list(file)
        staging.warn(*file.warnings)
        incoming, dropped = [], 0
        reading = CtfReading(file.header, parties, staging)
        for each in parsed:
            row = reading.incoming(each)
            dropped += row is None
            if row is not None:
                incoming.append(row)
        staging.facts |= {"sender": parties.sender.name, "mode": parties.mode}
        staging.facts["receiver"] = parties.receiver.name if parties.receiver else ""
        stage_all(staging, incoming, dropped=dropped)

    def apply(self, applying: Applying) -> dict[str, int]:
        if name := applying.facts.get("stand_in"):
            raise ImportRefused(
                f"The sending school, {name}, is not on the list: import it from GIAS, then its controller accepts the "
                "sharing agreement."
            )
        return write_children(applying)


class CtfReading:
    """Turns the pupils of one file into rows to plan."""

    def __init__(self, header: CtfHeader, parties: Parties, staging: Staging) -> None:
        self._parties = parties
        self._today = timezone.localtime(staging.at).date()
        self._made_on = header.made_at.date() if header.made_at else self._today
        self._year = header.source.academic_year or school_year(self._made_on)
        self._moves = Moves(of_year=self._year, today=self._today)
        self._options = staging.options
        self._warn = staging.warn

    def incoming(self, parsed: Parsed[PupilRecord]) -> Incoming | None:
        """None for a child who is not kept."""
        record = parsed.record
        if record is None:
            return Incoming(parsed.line, None, refused(parsed.line, *stored(parsed.problems)))
        facts = said.facts_of_ctf(record)
        if "year_group" not in facts:
            facts["year_group"] = year_from_birth(record.born_on, self._year)
            self._warn("Where the file gives no year group it was worked out from the birth date.")
        sender, receiver = self._parties.sender, self._parties.receiver
        asked = bool(self._options.get(IN_YEAR))
        leaving = self._moves.leaving(facts["year_group"], sender, receiver, in_year=asked)
        in_year = leaving.in_year
        if in_year and not asked:
            return None
        joining = self._parties.mode == JOINING
        to = self._destination()
        detail = ", ".join(filter(None, (detail_of(facts, record.born_on), going_to(to))))
        data: dict[str, Any] = {
            "show": {"title": f"{record.forename} {record.surname}", "detail": detail},
            "mode": self._parties.mode,
            "school": str(sender.pk),
            "facts": facts,
            "move": leaving.data,
            "to": to,
            "because": "joining_list" if joining else "in_year" if in_year else "leaving_year",
        }
        return Incoming(parsed.line, data, None, repeated=stored(parsed.problems))

    def _destination(self) -> dict[str, Any] | None:
        receiver = self._parties.receiver
        if receiver is None:
            return None
        state = DestinationState.EXPECTED
        if self._parties.mode == JOINING:
            state = DestinationState.OFFERED
        elif self._options.get(ACCEPTED):
            state = DestinationState.ACCEPTED
        return {
            "school": str(receiver.pk),
            "name": receiver.name,
            "state": state.value,
            "source": DestinationSource.CTF.value,
            "on": min(self._made_on, self._today).isoformat(),
        }


def going_to(to: Mapping[str, Any] | None) -> str:
    """'to Northfield School, accepted': what the row will say of the destination, shown before it does."""
    return f"to {to['name']}, {within_a_sentence(str(DestinationState(to['state']).label))}" if to else ""


def detail_of(facts: said.Facts, born_on: date | None) -> str:
    """What the preview says beside the name: from this file, and nothing else."""
    return detail_words(
        born_on, facts.get("year_group"), facts.get("sen_provision", ""), bool(facts.get("upn"))
    )


@lru_cache(maxsize=4096)
def detail_words(born_on: date | None, year_group: int | None, sen_provision: str, has_upn: bool) -> str:
    """The same for all children alike."""
    parts = []
    if born_on:
        parts.append(f"born {said.day_words(born_on.isoformat())}")
    if year_group is not None:
        parts.append(said.year_words(year_group))
    if sen_provision in ("K", "E"):
        parts.append(said.in_words("sen_provision", sen_provision))
    if not has_upn:
        parts.append("without a UPN")
    return ", ".join(parts)


def find_parties(header: CtfHeader, staging: Staging) -> Parties:
    """Raises FileRefused where the file is neither from nor to the uploader's school, or its sender is not known."""
    finder = Finder()
    sent_by = found_school(finder, header.source)
    sent_to = found_school(finder, header.destination) if header.destination.kind == "school" else Found()
    own, sender, receiver = staging.organisation, sent_by.organisation, sent_to.organisation
    if header.destination.kind == "school" and receiver is None:
        staging.warn(
            f"The next school, {called(header.destination)}, is not on the list: no destination is set."
        )
    elif header.destination.kind == "outside":
        staging.warn("The file goes to a school outside the maintained sector: no destination is set.")
    if sender is None and staging.lenient and sent_by.unknown:
        sender = stand_in(header.source)
        staging.warn(
            f"The sending school, {called(header.source)}, is not on the list of schools: until the file of schools "
            "from GIAS has brought it in, this one cannot be applied."
        )
        staging.facts["stand_in"] = sender.name
    if sender is None:
        raise FileRefused(
            f"The sending school, {called(header.source)}, cannot be told: {sent_by.reason[0].lower()}{sent_by.reason[1:]}."
        )
    if receiver is not None and receiver.pk == sender.pk:
        receiver = None
    if own is None or own.pk == sender.pk:
        return Parties(sender, receiver, OWN)
    if receiver is not None and own.pk == receiver.pk:
        return Parties(sender, receiver, JOINING)
    to = receiver.name if receiver else "a school that is not known"
    raise FileRefused(
        f"The file goes from {sender.name} to {to}, and you upload it for {own.name}: it is neither's file."
    )


def found_school(finder: Finder, school: CtfSchool) -> Found:
    return finder.by_dfe_number(school.la_code, school.establishment_number, school.urn)


def called(school: CtfSchool) -> str:
    """A school as the header names it."""
    number = f"{school.la_code}/{school.establishment_number}"
    return f"{school.name} ({number})" if school.name else number


def stand_in(school: CtfSchool) -> Organisation:
    """A sender nobody knows, met on the command line: never saved, so that a preview can tell what the file says."""
    return Organisation(
        kind=OrganisationKind.SCHOOL,
        name=school.name or called(school),
        la_code=school.la_code,
        establishment_number=school.establishment_number,
        urn=school.urn,
    )
