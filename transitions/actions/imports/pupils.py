"""The pupil list of a school whose records system gives no CTF yet (practice P2)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from schools.actions.imports.base import Applying, Guide, Staging, Tick, problem, refused, stored
from schools.enums import ImportKind
from schools.formats.errors import FileRefused, Parsed
from schools.formats.refs import SchoolRef
from schools.models import Organisation
from schools.queries.finding import Finder
from transitions.actions.imports import facts as said
from transitions.actions.imports.ctf import ACCEPTED, IN_YEAR, detail_of, going_to
from transitions.actions.imports.planning import OWN
from transitions.actions.imports.staged import Incoming, stage_all
from transitions.actions.imports.writing import write_children
from transitions.actions.imports.years import Moves, school_year, year_from_birth
from transitions.enums import DestinationSource, DestinationState
from transitions.formats.pupil_csv import TEMPLATE, PupilCsvRecord, read_pupils


class PupilsImporter:
    """The present school's own children. Of those not in a leaving year only the number is told."""

    kind = ImportKind.PUPILS
    guide = Guide(
        title="Pupil list",
        hint="For a school whose records system gives no CTF yet. One row a child; a UPN may be blank.",
        template=TEMPLATE,
        after=(("transitions:leaving", "Look at who is leaving"),),
        ticks=(
            Tick(
                ACCEPTED,
                "The families have accepted the places under “Going to”",
                "Without the tick they are recorded as expected.",
            ),
            Tick(
                IN_YEAR,
                "These children move during the school year",
                "Without the tick only children in a leaving year are kept.",
            ),
        ),
    )

    def stage(self, staging: Staging) -> None:
        if staging.organisation is None:
            raise FileRefused("A pupil list does not say which school it is from: name the school.")
        file = read_pupils(staging.content())
        reading = ListReading(staging, staging.organisation, file.present)
        incoming, dropped = [], 0
        for parsed in file:
            row = reading.incoming(parsed)
            dropped += row is None
            if row is not None:
                incoming.append(row)
        staging.warn(*file.warnings)
        stage_all(staging, incoming, dropped=dropped)

    def apply(self, applying: Applying) -> dict[str, int]:
        return write_children(applying)


class ListReading:
    """Turns the rows of one list into rows to plan."""

    def __init__(self, staging: Staging, school: Organisation, present: frozenset[str]) -> None:
        self._staging = staging
        self._school = school
        self._present = present
        self._today = timezone.localtime(staging.at).date()
        self._year = school_year(self._today)
        self._moves = Moves(of_year=self._year, today=self._today)
        self._finder = Finder()

    def incoming(self, parsed: Parsed[PupilCsvRecord]) -> Incoming | None:
        """None for a child who is not kept."""
        record = parsed.record
        if record is None:
            return Incoming(parsed.line, None, refused(parsed.line, *stored(parsed.problems)))
        facts = said.facts_of_list(record, self._present)
        if "year_group" not in facts:
            facts["year_group"] = year_from_birth(record.born_on, self._year)
            self._staging.warn("Where the list gives no year group it was worked out from the birth date.")
        title = f"{record.forename} {record.surname}"
        receiver, fault = self._receiver(record.destination, parsed.line)
        if fault:
            return Incoming(parsed.line, None, refused(parsed.line, fault, shown={"title": title}))
        asked = bool(self._staging.options.get(IN_YEAR))
        leaving = self._moves.leaving(facts["year_group"], self._school, receiver, in_year=asked)
        in_year = leaving.in_year
        if in_year and not asked:
            return None
        to = self._destination(receiver)
        detail = ", ".join(filter(None, (detail_of(facts, record.born_on), going_to(to))))
        data: dict[str, Any] = {
            "show": {"title": title, "detail": detail},
            "mode": OWN,
            "school": str(self._school.pk),
            "facts": facts,
            "move": leaving.data,
            "to": to,
            "to_column": "Going to",
            "because": "in_year" if in_year else "leaving_year",
        }
        return Incoming(parsed.line, data, None, repeated=stored(parsed.problems))

    def _receiver(
        self, ref: SchoolRef | None, line: int
    ) -> tuple[Organisation | None, dict[str, Any] | None]:
        if ref is None:
            return None, None
        found = self._finder.find(ref)
        if found.organisation is not None:
            if found.organisation.pk == self._school.pk:
                return None, None
            return found.organisation, None
        shown = ref.name or ref.dfe_number or str(ref.urn)
        if found.unknown and self._staging.lenient:
            self._staging.warn(
                f"The next school in line {line} is not on the list: no destination is set for the child."
            )
            return None, None
        return None, problem(line, "Going to", shown, found.reason)

    def _destination(self, receiver: Organisation | None) -> dict[str, Any] | None:
        if receiver is None:
            return None
        state = (
            DestinationState.ACCEPTED if self._staging.options.get(ACCEPTED) else DestinationState.EXPECTED
        )
        return {
            "school": str(receiver.pk),
            "name": receiver.name,
            "state": state.value,
            "source": DestinationSource.PRESENT_SCHOOL.value,
            "on": self._today.isoformat(),
        }
